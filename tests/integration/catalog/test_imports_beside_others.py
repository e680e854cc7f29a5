"""What an import shares with everybody else: the events, the rules, and products that others change
at the same time.
"""

import asyncio
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.domain.imports.outcomes import Outcome
from services.catalog.use_cases.imports.products import Prepared, ProductRows
from shared.db import UnitOfWork
from tests.support.worlds.catalog import a_product
from tests.support.worlds.importing import Importing, a_csv, a_row

_TEXT = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=20
).filter(lambda text: text.strip() == text)
_LISTS = st.dictionaries(
    st.sampled_from(["en", "de", "zh-CN"]), st.lists(_TEXT, min_size=1, max_size=3), max_size=2
)
_PRODUCTS = st.fixed_dictionaries(
    {
        "title": st.builds(
            lambda en, more: {"en": en, **more},
            _TEXT,
            st.dictionaries(st.sampled_from(["de", "zh-CN"]), _TEXT, max_size=2),
        ),
        "net_weight_g": st.integers(1, 500),
        "gross_weight_g": st.integers(500, 10_000_000),
        "battery": st.booleans(),
        "synthetic": st.booleans(),
    },
    optional={
        "brand": _TEXT,
        "material": _TEXT,
        "gtin": st.sampled_from(["6901234567892", "4006381333931"]),
        "description": st.dictionaries(st.sampled_from(["en", "fr"]), _TEXT, max_size=2),
        "highlights": _LISTS,
        "warnings": _LISTS,
        "media": st.just(
            [{"url": "https://media.example/1.jpg", "role": "main", "alt": {"en": "Front"}}]
        ),
        "classifications": st.builds(
            lambda confidence: [
                {"scheme": "CN", "code": "9603300000", "confidence": confidence, "source": "broker"}
            ],
            st.floats(0, 1),
        ),
    },
)


async def _compare(importing: Importing, start: int, products: list[dict[str, Any]]) -> None:
    """The same products by a batch and by a file."""
    whole = [a_product(hs_code="960330", **one) for one in products]
    put = [{**one, "sku": f"PUT-{n}"} for n, one in enumerate(whole, start)]
    answer = await importing.client.post("/v1/products:batch", json={"items": put})
    assert all(item["status"] in (200, 201) for item in answer.json()["items"]), answer.text
    lines = [json.dumps({**one, "sku": f"FILE-{n}"}) for n, one in enumerate(whole, start)]
    body = await importing.done("\n".join(lines).encode())
    assert body["progress"]["rows"]["failed"] == 0, await importing.findings(body["id"])
    for n in range(start, start + len(whole)):
        assert await _last_event(importing, f"FILE-{n}") == await _last_event(importing, f"PUT-{n}")


async def test_events_written_by_the_database_are_those_of_a_put(importing: Importing) -> None:
    for start, products in enumerate(_some(_PRODUCTS, 40)):
        await _compare(importing, start * 10, products)


def _some(strategy: st.SearchStrategy[Any], count: int) -> list[list[Any]]:
    found: list[Any] = []

    @settings(max_examples=count, deadline=None, database=None, derandomize=True)
    @given(strategy)
    def collect(one: Any) -> None:
        found.append(one)

    collect()
    return [found[at : at + 10] for at in range(0, len(found), 10)]


async def _last_event(importing: Importing, sku: str) -> dict[str, Any]:
    """What it says of the product, without what differs between any two."""
    product = (await importing.client.get(f"/v1/products/{sku}")).json()
    event = (await importing.merchant.events(product["id"]))[-1]
    assert event["aggregate_version"] == product["version"]
    data = {**event["data"]}
    for name in ("product_id", "sku", "version"):
        del data[name]
    return data


async def test_a_change_while_rows_wait_is_not_lost(importing: Importing, monkeypatch: Any) -> None:
    """Somebody else changes, deletes and creates products after the file's rows were decided."""
    client = importing.client
    for sku in ("CHANGED", "DELETED", "SAME"):
        await client.put(f"/v1/products/{sku}", json=a_product(brand="Before"))
    write = ProductRows.write

    async def interrupted(
        self: ProductRows, uow: UnitOfWork, prepared: Prepared, *, now: Any
    ) -> Outcome:
        condition = {"If-Match": "*"}
        patch = {"net_weight_g": 77}
        await client.patch("/v1/products/CHANGED", json=patch, headers=condition)
        assert (await client.delete("/v1/products/DELETED", headers=condition)).is_success
        return await write(self, uow, prepared, now=now)

    monkeypatch.setattr(ProductRows, "write", interrupted)
    skus = ("CHANGED", "DELETED", "SAME")
    content = b"SKU,brand\n" + b"".join(f"{sku},After\n".encode() for sku in skus)
    body = await importing.done(content)
    rows = body["progress"]["rows"]
    assert (rows["changed"], rows["failed"], rows["new"]) == (2, 1, 0), rows
    changed = (await client.get("/v1/products/CHANGED")).json()
    assert (changed["brand"], changed["net_weight_g"], changed["version"]) == ("After", 77, 3)
    found = await importing.findings(body["id"])
    assert {finding["line"] for finding in found} == {3}
    for sku in ("CHANGED", "SAME"):
        product = (await client.get(f"/v1/products/{sku}")).json()
        events = await importing.merchant.events(product["id"])
        assert [one["aggregate_version"] for one in events] == list(
            range(1, product["version"] + 1)
        )


async def test_a_product_that_appears_while_rows_wait_is_changed(
    importing: Importing, monkeypatch: Any
) -> None:
    client = importing.client
    write = ProductRows.write

    async def interrupted(
        self: ProductRows, uow: UnitOfWork, prepared: Prepared, *, now: Any
    ) -> Outcome:
        await client.put("/v1/products/A-1", json=a_product(material="Kept"))
        return await write(self, uow, prepared, now=now)

    monkeypatch.setattr(ProductRows, "write", interrupted)
    body = await importing.done(a_csv([a_row("A-1")]))
    rows = body["progress"]["rows"]
    assert (rows["changed"], rows["new"]) == (1, 0)
    product = (await client.get("/v1/products/A-1")).json()
    assert (product["brand"], product["material"], product["version"]) == ("Airlane", "Kept", 2)


async def test_an_import_and_puts_at_once_lose_nothing(importing: Importing) -> None:
    client = importing.client
    sent = await importing.send(a_csv(a_row(f"R-{n}") for n in range(300)))

    async def put(n: int) -> None:
        answer = await client.put(
            f"/v1/products/R-{n}", json=a_product(brand="Put"), headers={"If-Match": "*"}
        )
        if answer.status_code == 412:  # it is not there yet
            answer = await client.put(f"/v1/products/R-{n}", json=a_product(brand="Put"))
        assert answer.status_code in (200, 201, 428), answer.text

    await asyncio.gather(importing.work(sent["id"]), *(put(n) for n in range(0, 300, 10)))
    body = await importing.get(sent["id"])
    assert body["progress"]["rows"]["failed"] == 0
    for n in range(0, 300, 10):
        product = (await client.get(f"/v1/products/R-{n}")).json()
        events = await importing.merchant.events(product["id"])
        assert [one["aggregate_version"] for one in events] == list(
            range(1, product["version"] + 1)
        )
