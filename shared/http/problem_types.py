"""GET /problems and /problems/{code}: what a problem's `type` refers to. The list is made from the
error classes themselves, so it is never out of date.
"""

from fastapi import APIRouter
from starlette.responses import Response

from shared.documents.faults import explained
from shared.http.errors import status_of
from shared.http.replies import json_reply
from shared.kernel.errors import NotFound, Text, known_kinds
from shared.kernel.json import JsonObject

problem_types_api = APIRouter(include_in_schema=False)


@problem_types_api.get("/problems")
async def list_problems() -> Response:
    return json_reply({"items": sorted(_all().values(), key=lambda p: str(p["code"]))})


@problem_types_api.get("/problems/{code}")
async def get_problem(code: str) -> Response:
    known = _all().get(code)
    if known is None:
        raise NotFound
    return json_reply(known)


def _all() -> dict[str, JsonObject]:
    found = {code: _explanation(code, text, fix, None) for code, text, fix in explained()}
    for kind in known_kinds():
        found[kind.code] = _explanation(kind.code, kind.text, kind.fix, status_of(kind))
    return found


def _explanation(code: str, text: Text, fix: Text, status: int | None) -> JsonObject:
    return {
        "code": code,
        "status": status,
        "text": {"en": text.en, "zh-CN": text.zh},
        "fix": {"en": fix.en, "zh-CN": fix.zh},
    }
