"""GET /v1/work, …/missing and what is stored say the same, whatever came before."""

from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest

from tests.support.steps import step
from tests.support.worlds.customs import CustomsOperator, CustomsWorld, MadeOrder

SAID = ("code", "owner", "detail", "fix", "due_at", "refused")
EARLY = ("3", "4", "4", "-301008", "-621015", "-621010")
LATE = ("100", "120", "300", "500", "399", "800", "899")


@pytest.fixture(autouse=True)
async def door(customs: CustomsWorld) -> AsyncIterator[None]:
    """Other tests share the door: it is left closed, and nothing waits at it."""
    yield
    await customs.sql("DELETE FROM customs.doors")
    await customs.let_all_leave()
    await customs.send()


async def agreed(customs: CustomsWorld, office: CustomsOperator, merchant_id: str) -> list[str]:
    """The codes of the work of a merchant, once it has been compared."""
    found = {
        one["declaration_id"]: one
        for one in (
            await office.http.get("/v1/work", headers={"Airlane-Tenant": merchant_id})
        ).json()["items"]
    }
    rows = await customs.sql(
        "SELECT id, waits_for, owner FROM customs.declarations WHERE tenant_id = $1", merchant_id
    )
    for row in rows:
        missing = (await office.get(f"/v1/declarations/{row['id']}/missing"))["items"]
        if row["waits_for"] is None:
            assert row["id"] not in found
            continue
        item = found[row["id"]]
        assert (item["code"], item["owner"]) == (row["waits_for"], row["owner"])
        said = [{name: one[name] for name in SAID} for one in missing]
        assert {name: item[name] for name in SAID} in said
    return [one["code"] for one in found.values()]


async def hold(customs: CustomsWorld, office: CustomsOperator, *, is_held: bool) -> None:
    verb = "open" if is_held else "close"
    response = await office.http.post(f"/v1/doors/{customs.door.name}:{verb}")
    assert response.status_code == 200, response.text


async def test_a_list_that_is_composed_again_is_no_longer_to_be_repaired(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> None:
    (row,) = await customs.declare(customs.an_order(merchant_id))
    await office.answer(customs.receipt(row, "4", at_s=1))
    assert await agreed(customs, office, merchant_id) == ["repair"]
    await customs.a_door(customs.door.name)
    await hold(customs, office, is_held=True)
    await customs.let_leave(row)

    await customs.send()

    assert await agreed(customs, office, merchant_id) == ["transmission"]


@pytest.mark.parametrize("seed", range(6))
async def test_all_say_the_same_after_any_history(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str, seed: int
) -> None:
    random = Random(seed)
    park = customs.sending_all() if seed % 2 else customs
    order = park.an_order(merchant_id)
    await park.declare(order)
    await park.a_door(park.door.name)
    if seed % 2:
        await park.accept_predecessors(office, order)
    for _ in range(12):
        await _something(park, office, order, random)
        await agreed(park, office, merchant_id)


async def _something(
    park: CustomsWorld, office: CustomsOperator, order: MadeOrder, random: Random
) -> None:
    """Only what has been uploaded is answered."""
    park.clock.advance(seconds=10)
    row: dict[str, Any] = await park.declaration(order)
    match random.choice(("answer", "answer", "send", "send", "hold", "hold", "free", "cancel")):
        case "answer" if row["attempts"]:
            await office.answer(
                park.receipt(row, random.choice(random.choice((EARLY, EARLY, LATE))), at_s=1)
            )
        case "send":
            await park.let_all_leave()
            await park.send()
        case "cancel":
            await step(office.http, row, "cancel", reason="made up")
        case other:
            await hold(park, office, is_held=other == "hold")
