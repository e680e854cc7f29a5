"""Malicious texts, members and cursors, on every operation that takes them."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

import pytest

from shared.http.pages import encode_cursor
from tests.contract.examples import BODIES, AllServices
from tests.contract.operations import Operation, operations

# Each would do something if it ever became a part of a statement, a pattern or a page.
TEXTS: Final = (
    "' OR '1'='1",
    "x'; DROP TABLE orders; --",
    '" OR ""="',
    "%",
    "_",
    "\\",
    "$1",
    "*",
    "{0.__class__}",
    "\u202e\u200b",
    "\ud7ff\uffff",
    "a\x00b",
)
PAGES: Final = [o for o in operations() if o.is_page]
NAMED: Final = [o for o in operations() if o.path_params]
BODIED: Final = [o for o in operations() if str(o) in BODIES]


@pytest.mark.parametrize("operation", PAGES, ids=str)
async def test_no_text_of_a_filter_finds_what_is_not_so_called(
    operation: Operation, world: AllServices
) -> None:
    for name in operation.query - {"limit", "cursor"}:
        for text in TEXTS:
            # A search box finds the words among the signs.
            if name == "q" and any(character.isalnum() for character in text):
                continue
            answer = await world.send(operation, params={name: text})
            assert answer.status_code in (200, 422), f"{name}={text!r}: {answer.text}"
            if answer.status_code == 200:
                # Figures of nothing are zero.
                found = [item for item in answer.json()["items"] if item.get("value") != 0]
                assert found == [], f"{name}={text!r}"


@pytest.mark.parametrize("operation", NAMED, ids=str)
async def test_no_text_in_a_path_names_anything(operation: Operation, world: AllServices) -> None:
    body = BODIES[str(operation)](world) if str(operation) in BODIES else None
    condition = {"If-Match": "*"} if operation.is_conditional else {}
    for text in TEXTS:
        quoted = "".join(f"%{byte:02X}" for byte in text.encode())
        address = operation.path.format_map(dict.fromkeys(operation.path_params, quoted))
        answer = await world.send(operation, address=address, json=body, headers=condition)
        assert answer.status_code in (404, 412, 422), f"{text!r}: {answer.text}"


@pytest.mark.parametrize("operation", PAGES, ids=str)
async def test_no_cursor_but_its_own_is_taken(operation: Operation, world: AllServices) -> None:
    foreign = encode_cursor(("ord_0",), {"of": "another list"})
    for cursor in ("", "x", "====", "A" * 1024, "W10", "bnVsbA", "W1tbW1tb", foreign, foreign[:-2]):
        answer = await world.send(operation, params={"cursor": cursor})
        assert answer.status_code == 422, f"{cursor}: {answer.text}"
        assert answer.json()["errors"][0]["pointer"] == "/query/cursor"


def objects(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where the objects of a body are, itself first."""
    if isinstance(value, dict):
        yield place
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in parts:
        if isinstance(part, dict | list):
            yield from objects(part, (*place, key))


def with_member(body: Any, place: tuple[str | int, ...], name: str) -> Any:
    whole = deepcopy(body)
    inner = whole
    for step in place:
        inner = inner[step]
    inner[name] = "mine"
    return whole


# What they are sent is kept before anybody reads it.
KEPT_FIRST: Final = ("customs POST /v1/receipts",)
# What the service itself keeps, or what other languages trip over.
MEMBERS: Final = ("tenant_id", "version", "is_operator", "__proto__", "constructor")


@pytest.mark.parametrize("operation", BODIED, ids=str)
async def test_a_member_nobody_asked_for_is_refused_anywhere_in_a_body(
    operation: Operation, world: AllServices
) -> None:
    for name in ("sku", "declaration_id", "return_id", "bill_id"):
        await world.resource(name)
    address = await world.address(operation)
    body = BODIES[str(operation)](world)
    condition = {"If-Match": "*"} if operation.is_conditional else {}
    for place in objects(body):
        for name in MEMBERS:
            wrong = with_member(body, place, name)
            answer = await world.send(operation, address=address, json=wrong, headers=condition)
            said = f"{name} at {place}: {answer.text}"
            if answer.status_code == 207:
                (item,) = answer.json()["items"]
                assert item["status"] == 422, said
            elif str(operation) in KEPT_FIRST:
                assert (answer.status_code, answer.json()["status"]) == (202, "refused"), said
            else:
                assert answer.status_code == 422, said
