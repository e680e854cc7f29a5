"""A file that was imported before, and comes again as it was or nearly so."""

from collections.abc import Sequence
from typing import Any

import pytest

from services.catalog.domain.imports.deciding import Decision, Rules, Undecided, decide_all
from services.catalog.use_cases.imports import products
from services.catalog.use_cases.imports.running import make_words
from tests.support.worlds.importing import Importing, a_csv, a_row


def _rows_of(body: dict[str, Any]) -> tuple[int, int, int, int]:
    rows = body["progress"]["rows"]
    return rows["new"], rows["changed"], rows["unchanged"], rows["failed"]


@pytest.mark.parametrize("at", [0, 2, 4])
async def test_the_row_that_differs_is_the_one_that_is_applied(
    importing: Importing, at: int
) -> None:
    rows = [a_row(f"A-{n}") for n in range(5)]
    # A row without a SKU has no place among those that are known.
    rows.insert(1, a_row(""))
    assert _rows_of(await importing.done(a_csv(rows))) == (5, 0, 0, 1)

    rows = [row | {"品牌": "Other"} if row["SKU"] == f"A-{at}" else row for row in rows]

    assert _rows_of(await importing.done(a_csv(rows))) == (0, 1, 4, 1)
    brands = [(await importing.client.get(f"/v1/products/A-{n}")).json()["brand"] for n in range(5)]
    assert brands == ["Other" if n == at else "Airlane" for n in range(5)]


async def test_a_file_that_only_creates_refuses_the_rows_that_it_created(
    importing: Importing,
) -> None:
    content = a_csv(a_row(f"A-{n}") for n in range(3))
    assert _rows_of(await importing.done(content, mode="create")) == (3, 0, 0, 0)

    body = await importing.done(content, mode="create")

    assert _rows_of(body) == (0, 0, 0, 3)
    codes = {finding["code"] for finding in await importing.findings(body["id"])}
    assert codes == {"catalog.import.sku_exists"}


@pytest.mark.parametrize("more", [{}, {"品牌": "Ours"}])
async def test_rows_that_are_known_are_not_decided_about_again(
    importing: Importing, monkeypatch: pytest.MonkeyPatch, more: dict[str, str]
) -> None:
    """Neither those that made products nor those that changed some."""
    await importing.done(a_csv(a_row(f"A-{n}") for n in range(3)))
    content = a_csv(a_row(f"A-{n}", **more) for n in range(3))
    await importing.done(content)
    decided: list[Undecided] = []

    def told(undecided: Sequence[Undecided], rules: Rules) -> list[Decision]:
        decided.extend(undecided)
        return decide_all(undecided, rules)

    monkeypatch.setattr(products, "decide_all", told)

    assert _rows_of(await importing.done(content)) == (0, 0, 3, 0)
    assert decided == []


async def test_each_change_by_a_file_is_an_event_of_its_own(importing: Importing) -> None:
    for brand in ("One", "Two", "Three"):
        await importing.done(a_csv([a_row("A-1", 品牌=brand)]))

    async with importing.db.read(importing.merchant.id) as reader:
        rows = await reader._connection.fetch(
            "SELECT event_id, aggregate_version FROM catalog.outbox"
            " WHERE tenant_id = $1 AND type = 'catalog.product.updated' ORDER BY id",
            importing.merchant.id,
        )
    assert [row["aggregate_version"] for row in rows] == [1, 2, 3]
    assert len({row["event_id"] for row in rows}) == 3


async def test_findings_of_the_check_are_not_told_twice(importing: Importing) -> None:
    """A file is checked as a whole, and then read again to write it."""
    content = a_csv([a_row("A-1", **{"净重(g)": "120.4"}), a_row("A-2")])

    body = await importing.done(content, policy="reject_everything")

    assert body["status"] == "done"
    found = await importing.findings(body["id"])
    assert len({(one["line"], one["code"]) for one in found}) == len(found)
    assert body["progress"]["rows"]["warnings"] == len([one for one in found if one["line"]])


async def test_a_large_file_leaves_its_words_for_afterwards(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products, "CHUNK_ROWS", 2)
    rows = [a_row(f"A-{n}", 英文品名="Zebraish brush") for n in range(5)]
    await importing.done(a_csv(rows))
    await make_words(importing.db)
    assert await _found(importing, "zebraish") == 5

    await importing.done(a_csv(row | {"英文品名": "Quaggaish brush"} for row in rows[:3]))
    await make_words(importing.db)

    assert (await _found(importing, "zebraish"), await _found(importing, "quaggaish")) == (2, 3)


async def _found(importing: Importing, q: str) -> int:
    answer = await importing.client.get("/v1/products", params={"q": q})
    return len(answer.json()["items"])
