"""A route answers the same by its lean handler and by FastAPI's own, whatever the request has."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Query
from fastapi._compat import ModelField
from fastapi.routing import APIRoute
from httpx2 import ASGITransport, AsyncClient, Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.responses import Response as StarletteResponse

from shared.documents.fields import AnyInstant
from shared.http import PageOf, TotalWanted, admission, fields_of, handlers, json_reply
from shared.http.chosen import Fields
from shared.kernel.errors import Invalid, Text
from tests.unit.shared.http.sample_app import Colour, SampleApp, ThingIn, ThingOut


class Clashing(Invalid):
    code = "sample.clashing"
    text = Text("Either one or the other.", "两者只能选一。")
    fix = Text("Leave one out.", "请去掉一个。")


@dataclass
class Wanted:
    name: Annotated[str | None, Query(pattern="^[a-z]{1,5}$")] = None
    colours: Annotated[list[Colour] | None, Query(max_length=3)] = None
    since: Annotated[AnyInstant | None, Query()] = None
    is_open: Annotated[bool | None, Query(alias="open")] = None

    def __post_init__(self) -> None:
        if self.name is not None and self.is_open is not None:
            raise Clashing(pointer="/query/name")


def _router() -> APIRouter:
    api = APIRouter()

    @api.get("/echo/{number}")
    async def echo(
        number: int,
        wanted: Annotated[Wanted, Depends()],
        page: PageOf,
        total: TotalWanted,
        fields: Annotated[Fields | None, Depends(fields_of(ThingOut))],
        *,
        must: Annotated[int, Query(ge=0)],
        weight: Annotated[float, Query()] = 1.5,
        colour: Colour = Colour.RED,
        shade: Annotated[int | None, Header(ge=1, le=9)] = None,
    ) -> StarletteResponse:
        said = [number, wanted, page, total, fields, must, weight, colour, shade]
        return json_reply({"said": repr(said)})

    @api.put("/echo/{number}")
    async def keep(number: int, body: ThingIn, colour: Colour = Colour.RED) -> StarletteResponse:
        return json_reply({"said": repr([number, body, colour])})

    @api.put("/perhaps")
    async def perhaps(body: ThingIn | None = None) -> StarletteResponse:
        return json_reply({"said": repr(body)})

    return api


Clients = tuple[AsyncClient, AsyncClient]


@pytest.fixture
async def clients(sample_app: SampleApp, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clients]:
    """The same API with lean handlers and with those of FastAPI."""
    lean = sample_app(more=_router())
    with monkeypatch.context() as patch:
        patch.setattr(admission, "handler_of", APIRoute.get_route_handler)
        plain = sample_app(more=_router())
    async with _client(lean) as one, _client(plain) as other:
        yield one, other


def _client(app: FastAPI) -> AsyncClient:
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://sample")


def _told(answer: Response) -> tuple[int, Any]:
    body = answer.json()
    body.pop("trace_id", None)
    return answer.status_code, body


_VALUES: Final[dict[str, list[str]]] = {
    "must": ["0", "7", "-1", "x", "", "1e3"],
    "name": ["abc", "ABC", "", "abcdefg", "\x00"],
    "colours": ["red", "blue", "green", ""],
    "since": ["2026-01-01T00:00:00Z", "2026-01-01", "0", "1000-01-01T00:00:00Z"],
    "open": ["true", "1", "off", "perhaps"],
    "weight": ["2", "0.5", "nan", "heavy"],
    "colour": ["blue", "none"],
    "limit": ["1", "200", "201", "0", "ten"],
    "cursor": ["abc", "x" * 1100],
    "fields": ["id", "id,name", "size", "(", ""],
    "unknown": ["1"],
}
QUERIES: Final = st.lists(
    st.sampled_from([(name, value) for name, values in _VALUES.items() for value in values]),
    max_size=7,
)
HEADERS: Final = st.dictionaries(
    st.sampled_from(["shade", "prefer"]),
    st.sampled_from(["5", "0", "x", "return=total-count", "y" * 300]),
)
_SAME_CLIENTS: Final = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@_SAME_CLIENTS
@given(st.sampled_from(["7", "x", "-0", "1.0"]), QUERIES, HEADERS, st.booleans())
async def test_parameters_are_read_as_fastapi_reads_them(
    clients: Clients, number: str, query: list[tuple[str, str]], headers: dict[str, str], must: bool
) -> None:
    asked = urlencode([*query, ("must", "3")] if must else query)
    lean, plain = [
        _told(await client.get(f"/echo/{number}?{asked}", headers=headers)) for client in clients
    ]

    assert lean == plain


BODIES: Final = st.sampled_from(
    [b"", b"{}", b'{"name": "lamp"}', b'{"name": ""}', b'{"name": "a", "size": 1}', b"null", b"[]"]
)
KINDS: Final = st.sampled_from(
    ["application/json", "application/merge-patch+json", "text/plain", "application/x+json; a=b"]
)


@_SAME_CLIENTS
@given(st.sampled_from(["/echo/7", "/echo/x", "/perhaps"]), BODIES, KINDS, QUERIES)
async def test_bodies_are_read_as_fastapi_reads_them(
    clients: Clients, path: str, body: bytes, kind: str, query: list[tuple[str, str]]
) -> None:
    lean, plain = [
        _told(
            await client.put(
                f"{path}?{urlencode(query)}", content=body, headers={"Content-Type": kind}
            )
        )
        for client in clients
    ]

    assert lean == plain


async def test_what_is_right_is_not_read_a_second_time(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    validated: list[str] = []
    validate = ModelField.validate

    def counting(field: ModelField, *args: Any, **more: Any) -> Any:
        validated.append(field.alias)
        return validate(field, *args, **more)

    monkeypatch.setattr(ModelField, "validate", counting)
    answer = await clients[0].get("/echo/7?must=3&open=true&colours=red&colours=blue")

    assert answer.status_code == 200, answer.text
    assert sorted(validated) == ["colours", "must", "number", "open"]


def _route(endpoint: Callable[..., Any]) -> APIRoute:
    return APIRoute("/x", endpoint, methods=["GET"], response_model=None)


async def _not_an_answer() -> dict[str, int]:
    return {}


async def _list_by_default(many: Annotated[list[int], Query()] = []) -> StarletteResponse:  # noqa: B006
    return json_reply(many)


def _may_take_its_time(name: str = "") -> str:
    return name


async def _with_a_function(
    name: Annotated[str, Depends(_may_take_its_time)],
) -> StarletteResponse:
    return json_reply(name)


async def _default_is_checked(
    number: Annotated[int, Query(validate_default=True, ge=9)] = 1,
) -> StarletteResponse:
    return json_reply(number)


@pytest.mark.parametrize(
    "endpoint", [_not_an_answer, _list_by_default, _with_a_function, _default_is_checked]
)
def test_what_is_not_known_is_left_to_fastapi(endpoint: Callable[..., Any]) -> None:
    with pytest.raises(handlers._NotKnownHere):
        handlers._Endpoint.of(_route(endpoint))
