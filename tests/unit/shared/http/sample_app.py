"""A small API with one route of each kind."""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import Response

from shared.http import (
    Call,
    Page,
    PageOf,
    call,
    json_reply,
    problems,
)
from shared.kernel.errors import Conflict, Text
from shared.kernel.identity import Role

SampleApp = Callable[..., FastAPI]


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class LineIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    sku: str = Field(min_length=1, max_length=8)
    quantity: int = Field(ge=1, le=1000)
    unit_price: Decimal = Field(max_digits=10, decimal_places=2)


class ThingIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=40, examples=["lamp"])
    colour: Colour = Colour.RED
    made_at: AwareDatetime | None = None
    lines: list[LineIn] = Field(default=[], max_length=3)
    notes: dict[str, Any] = {}


class ThingOut(BaseModel):
    id: str
    name: str


class ThingTaken(Conflict):
    code = "sample.thing.taken"
    text = Text("The name {name} is taken.", "名称 {name} 已被占用。")
    fix = Text("Choose another one.", "请更换名称。")


Read = Annotated[Call, Depends(call("sample:read"))]
Write = Annotated[Call, Depends(call("sample:write"))]
Operator = Annotated[Call, Depends(call("sample:write", roles={Role.OPERATOR}))]


def sample_router() -> APIRouter:  # noqa: C901 - a list of routes
    api = APIRouter(prefix="/v1")

    @api.post("/things", status_code=201, responses=problems(409), response_model=ThingOut)
    async def make_thing(body: ThingIn, call: Write) -> Response:
        if body.name == "taken":
            raise ThingTaken(name=body.name)
        return json_reply(ThingOut(id=call.tenant, name=body.name), 201, location="/v1/things/1")

    @api.post("/things:batch", status_code=207)
    async def make_things(body: list[Any], call: Write) -> Response:
        return json_reply({"items": len(body)}, 207)

    @api.get("/things/{number}", response_model=ThingOut)
    async def get_thing(number: int, call: Read) -> Response:
        return json_reply(ThingOut(id=str(number), name="n"))

    @api.put("/things/{number}")
    async def put_thing(number: int, body: ThingIn, call: Write) -> Response:
        call.check_unchanged(ThingOut(id=str(number), name="n") if number else None)
        return json_reply({"name": body.name})

    @api.get("/things", response_model=Page[ThingOut])
    async def list_things(
        call: Read,
        page: PageOf,
        colour: Annotated[Colour | None, Query()] = None,
    ) -> Response:
        asked = page.of({"colour": colour}, int)
        (after,) = asked.window.after or (0,)
        rows = [n for n in range(1, 8) if n > int(str(after))][: asked.window.rows_max]
        things = asked.page(rows, lambda n: ThingOut(id=str(n), name="n"), key=lambda n: (n,))
        return json_reply(things)

    @api.get("/whoami")
    async def who_am_i(call: Read) -> Response:
        return json_reply({"subject": call.principal.subject, "tenant": call.tenant})

    @api.post("/announcements")
    async def announce(call: Operator) -> Response:
        return json_reply({"tenant": call.tenant})

    @api.get("/counted")
    async def counted(number: Annotated[int, Header(ge=1)]) -> Response:
        return json_reply({"number": number})

    @api.get("/broken")
    async def broken() -> Response:
        raise RuntimeError("secret detail")

    return api
