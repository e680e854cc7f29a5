"""Whatever is done to goods in whatever order: each change of what a GET shows is one event with
all of it, and what changes nothing is none. Versions of an aggregate count from 1 without gaps.
"""

from collections import defaultdict
from random import Random
from typing import Any

import pytest
from httpx2 import AsyncClient

from shared.kernel.ids import new_id
from tests.support.worlds.catalog import Merchant, a_parent, a_product, a_product_type, an_overlay

ANY = {"If-Match": "*"}
PARENT, PRODUCT = "/v1/parents/P", "/v1/products/A"
MARKET = f"{PRODUCT}/markets/DE"
PRICES = f"{MARKET}/prices"
# Where, and what tells which aggregate it is.
PLACES = (PARENT, PRODUCT, MARKET, PRICES)
MEDIA = [{"url": "https://media.example/1.jpg", "role": "main", "alt": {"en": "Wig"}}]


def _a_body(chance: Random, path: str, product_type: str) -> dict[str, Any]:
    """One of few, so that many are the same again."""
    brand = chance.choice([None, "A", "B"])
    media = chance.choice([[], MEDIA])
    if path == PARENT:
        typed = chance.choice([{}, {"product_type": product_type}])
        return a_parent(brand=brand, media=media, synthetic=chance.random() < 0.5, **typed)
    if path == MARKET:
        return an_overlay(brand=brand, media=media, status=chance.choice(["draft", "active"]))
    if path == PRICES:
        amounts = chance.choice([["1.00"], ["2.00"], []])
        return {"prices": [{"amount": amount, "currency": "EUR"} for amount in amounts]}
    length = {"length_in": chance.choice([5, 5.0, 6])}
    with_type = {"product_type": product_type, "attributes": length}
    variant = {"parent_sku": "P", "options": {"colour": chance.choice(["red", "blue"])}}
    return a_product(
        brand=brand,
        media=media,
        battery=chance.random() < 0.5,
        **chance.choice([{}, with_type]),
        **chance.choice([{}, variant]),
    )


async def _change(client: AsyncClient, chance: Random, path: str, product_type: str) -> None:
    body = _a_body(chance, path, product_type)
    ways = ["put", "patch", "delete"] if path != PRICES else ["put"]
    way = chance.choice([*ways, "put"])
    if way == "put" and path == PRODUCT and chance.random() < 0.5:
        answer = await client.post("/v1/products:batch", json={"items": [body | {"sku": "A"}]})
    elif way == "put":
        exists = (await client.get(path)).status_code == 200
        answer = await client.put(path, json=body, headers=ANY if exists else {})
    elif way == "patch":
        patch = {name: body[name] for name in ("brand", "media")}
        answer = await client.patch(path, json=patch, headers=ANY)
    else:
        answer = await client.delete(path, headers=ANY)
    # A parent with variants stays; a variant without its parent is refused; nothing is not there.
    assert answer.status_code in (200, 201, 204, 207, 404, 409, 412, 422), answer.text


async def _shown(client: AsyncClient) -> dict[str, dict[str, Any]]:
    """What there is, by the id of its aggregate."""
    found = {}
    for path in PLACES:
        answer = await client.get(path)
        if answer.status_code == 200:
            found[answer.json()["id"]] = answer.json()
    return found


def _is_told(shown: dict[str, Any], told: dict[str, Any]) -> None:
    common = (shown.keys() & told.keys()) - {"prices"}
    assert {name: shown[name] for name in common} == {name: told[name] for name in common}
    if "prices" in shown:
        minor = [int(one["amount"].replace(".", "")) for one in shown["prices"]]
        assert [one["amount_minor"] for one in told["prices"]] == minor


@pytest.mark.parametrize("seed", range(6))
async def test_events_are_the_changes_of_the_state(
    merchant: Merchant, operator: AsyncClient, seed: int
) -> None:
    chance = Random(seed)
    product_type = f"t_{new_id('typ')[-12:]}"
    made = await operator.put(f"/v1/product-types/{product_type}", json=a_product_type())
    assert made.status_code == 201
    before: dict[str, dict[str, Any]] = {}
    told_before = len(await merchant.events())
    versions: dict[str, int] = defaultdict(int)

    for _ in range(60):
        await _change(merchant.client, chance, chance.choice(PLACES), product_type)

        after = await _shown(merchant.client)
        events = (await merchant.events())[told_before:]
        told_before += len(events)
        by_id = {event["aggregate_id"]: event for event in events}
        assert len(by_id) == len(events)
        # `effective` of prices follows from the product's own price.
        state = [
            {at: {n: v for n, v in one.items() if n != "effective"} for at, one in found.items()}
            for found in (before, after)
        ]
        changed = {at for at in before | after if state[0].get(at) != state[1].get(at)}
        assert by_id.keys() == changed
        for at, event in by_id.items():
            versions[at] += 1
            assert event["aggregate_version"] == versions[at]
            assert event["data"]["merchant_id"] == merchant.id
            assert event["data"]["sku"] == (after.get(at) or before[at])["sku"]
            if at in after:
                assert event["aggregate_version"] == after[at]["version"]
                _is_told(after[at], event["data"])
            else:
                assert event["type"].endswith("deleted") or event["data"]["prices"] == []
        before = after
