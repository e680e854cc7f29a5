"""The change feed and the export over HTTP."""

import gzip
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx2 import AsyncClient

from services.catalog.api import changes
from shared.http.streams import Streams
from tests.support.worlds.catalog import Merchant, a_product, refused

PRODUCTS = "catalog.product.updated,catalog.product.deleted"


async def _all(
    client: AsyncClient, cursor: str | None = None, **asked: Any
) -> tuple[list[Any], str]:
    """Everything until there is no more, and where to go on."""
    items: list[Any] = []
    while True:
        params = asked | ({"cursor": cursor} if cursor else {})
        answer = await client.get("/v1/changes", params=params)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        items += body["items"]
        cursor = body["next"]
        if not body["has_more"]:
            return items, cursor


async def test_changes_come_in_order_with_their_data_deletions_included(merchant: Merchant) -> None:
    product_id = await merchant.stocked("A-1", 5)
    etag = (await merchant.client.get("/v1/products/A-1")).headers["etag"]
    await merchant.client.patch(
        "/v1/products/A-1", json={"battery": True}, headers={"If-Match": etag}
    )
    await merchant.client.delete("/v1/products/A-1", headers={"If-Match": "*"})

    items, _ = await _all(merchant.client, limit=2)

    told = [(one["event_type"], one["subject"], one["version"]) for one in items]
    assert told == [
        (event["type"], event["aggregate_id"], event["aggregate_version"])
        for event in await merchant.events()
    ]
    assert ("catalog.product.deleted", product_id, 3) in told
    changed = next(one for one in items if one["version"] == 2)
    assert (changed["data"]["battery"], changed["data"]["sku"]) == (True, "A-1")


async def test_a_cursor_goes_on_where_it_was_for_ever(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    _, cursor = await _all(merchant.client)
    nothing, later = await _all(merchant.client, cursor)
    await merchant.stocked("A-2", 0)

    for one in (cursor, later):
        items, _ = await _all(merchant.client, one, event_types=PRODUCTS)
        assert [item["data"]["sku"] for item in items] == ["A-2"]
    assert nothing == []


async def test_an_export_and_the_feed_from_its_cursor_are_the_whole(merchant: Merchant) -> None:
    for number in range(3):
        await merchant.stocked(f"A-{number}", 0)
    export = await merchant.client.get("/v1/products:export")
    await merchant.client.delete("/v1/products/A-1", headers={"If-Match": "*"})
    await merchant.stocked("A-9", 0)

    lines = [json.loads(line) for line in export.text.splitlines()]
    items, _ = await _all(merchant.client, export.headers["airlane-changes-cursor"])

    assert [line["sku"] for line in lines] == ["A-0", "A-1", "A-2"]
    assert lines[0] == (await merchant.client.get("/v1/products/A-0")).json()
    assert [(one["event_type"], one["data"]["sku"]) for one in items] == [
        ("catalog.product.deleted", "A-1"),
        ("catalog.product.updated", "A-9"),
    ]


async def test_an_export_of_several_pages_has_each_product_once(merchant: Merchant) -> None:
    for start in range(0, 1200, 400):
        items = [a_product(sku=f"P-{start + n}") for n in range(400)]
        answer = await merchant.client.post("/v1/products:batch", json={"items": items})
        assert answer.status_code == 207

    async with merchant.client.stream(
        "GET", "/v1/products:export", headers={"Accept-Encoding": "gzip"}
    ) as export:
        assert export.headers["content-encoding"] == "gzip"
        raw = b"".join([chunk async for chunk in export.aiter_raw()])

    skus = [json.loads(line)["sku"] for line in gzip.decompress(raw).splitlines()]
    assert len(skus) == len(set(skus)) == 1200


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip", True),
        ("br, GZIP ; q=0.5", True),
        ("gzip;q=0", False),
        ("identity, gzip;q=0.0, br", False),
        ("", False),
        ("notgzip", False),
    ],
)
async def test_an_export_is_packed_for_those_who_take_it(
    merchant: Merchant, accepted: str, is_packed: bool
) -> None:
    answer = await merchant.client.get("/v1/products:export", headers={"Accept-Encoding": accepted})
    assert ("content-encoding" in answer.headers) is is_packed
    assert "accept-encoding" in answer.headers["vary"].lower()


async def test_a_merchant_takes_one_export_at_a_time(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "_EXPORTS", Streams(at_once=9, of_one=0))
    refused(await merchant.client.get("/v1/products:export"), 429, "request.too_many_at_once")


async def test_others_see_nothing_of_it(
    merchant: Merchant, new_merchant: Callable[[], Awaitable[Merchant]]
) -> None:
    other_merchant = await new_merchant()
    await merchant.stocked("A-1", 0)
    _, cursor = await _all(merchant.client)

    items, _ = await _all(other_merchant.client)
    foreign = await other_merchant.client.get("/v1/changes", params={"cursor": cursor})

    assert [one for one in items if one["event_type"].startswith("catalog.product")] == []
    refused(foreign, 422, "request.bad_cursor", "/query/cursor")


@pytest.mark.parametrize(
    ("asked", "code", "pointer"),
    [
        (
            {"event_types": "catalog.product.updated,nonsense"},
            "catalog.changes.unknown_type",
            "/query/event_types",
        ),
        ({"event_types": ""}, "catalog.changes.unknown_type", "/query/event_types"),
        ({"cursor": "nonsense"}, "request.bad_cursor", "/query/cursor"),
        ({"cursor": "W10"}, "request.bad_cursor", "/query/cursor"),
        ({"cursor": "W10" * 2000}, "field.too_long", "/query/cursor"),
        ({"limit": 0}, "field.too_small", "/query/limit"),
    ],
)
async def test_what_is_asked_wrongly_is_refused(
    merchant: Merchant, asked: dict[str, Any], code: str, pointer: str
) -> None:
    refused(await merchant.client.get("/v1/changes", params=asked), 422, code, pointer)
