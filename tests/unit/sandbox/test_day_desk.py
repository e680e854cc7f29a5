"""The desk of the day: what it corrects and takes back, and which orders are marked for it."""

from pathlib import Path
from typing import Any

import pytest

from deploy.sandbox.api_client import HttpPool
from deploy.sandbox.day.desk import IN_REVIEW, RETURNED_ONCE, Desk, marks
from deploy.sandbox.ledgers.declarations import DeclaredList, desk_checks
from deploy.sandbox.marketplaces.plan import Line, PlannedCancellation, PlannedOrder, SlicePlan
from deploy.sandbox.marketplaces.sending import Marketplaces
from tests.unit.sandbox.day_records import listed
from tests.unit.sandbox.scripted_api import Asked, ScriptedApi, page, park_at, problem


def an_order(invoice: str, *, number: str = "", lines: int = 1, country: str = "GB") -> Any:
    line = Line("SKU", "A line", 1, "1.00")
    return PlannedOrder(invoice, number or invoice, "", country, "DE", (line,) * lines)


def test_early_small_orders_that_nobody_cancels_are_marked() -> None:
    orders = [
        an_order("CANCELLED"),
        an_order("LONG", lines=7),
        an_order("FAR", country="IE"),
        an_order("PARTS"),
        an_order("PARTS", number="PARTS/2"),
        *(an_order(f"{number}") for number in range(30)),
    ]
    plan = SlicePlan(steps=[*orders, PlannedCancellation("C1", "CANCELLED")])

    assert marks(plan) == {
        "0": RETURNED_ONCE,
        "1": IN_REVIEW,
        "2": RETURNED_ONCE,
        "3": IN_REVIEW,
    }


async def worked(
    api: ScriptedApi, tmp_path: Path, mark: str, *statuses: str, clone: int = 200
) -> Desk:
    """With one marked order, whose declaration has these states one after the other."""

    def shown(status: str) -> tuple[int, object]:
        return page({"id": "dec_1", "order_id": "ord_1", "status": status})

    api.script("GET", "/v1/declarations", page(), *map(shown, statuses))
    refused = problem(409, "customs.declaration.step_not_allowed")
    api.script("POST", "/v1/declarations/dec_1:clone", (200, {}) if clone == 200 else refused)
    api.script("POST", "/v1/orders/ord_1:cancel", (200, {}))
    pool = HttpPool()
    try:
        park = park_at(api, pool, tmp_path)
        plan = SlicePlan(steps=[an_order("1"), an_order("2")])
        desk = Desk(park, Marketplaces(park, plan, "run", {"1": mark}), plan.orders)
        await desk.run()
    finally:
        await pool.close()
    return desk


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.sandbox.day.desk._LOOK_EVERY_S", 0)


async def test_a_returned_list_is_repaired_and_declared_again(
    api: ScriptedApi, tmp_path: Path
) -> None:
    desk = await worked(api, tmp_path, RETURNED_ONCE, "sent", "returned")

    (asked,) = api.asked_for("/v1/declarations/dec_1:clone")
    assert asked.body["repairs"][0]["pointer"].startswith("/order/lines/0/")
    assert desk.work.repaired == ["1-run~603:100"]
    searched: list[Asked] = api.asked_for("/v1/declarations", "GET")
    assert {one.query["order_number"] for one in searched} == {"1-run~603:100"}


async def test_an_order_under_review_is_taken_back(api: ScriptedApi, tmp_path: Path) -> None:
    desk = await worked(api, tmp_path, IN_REVIEW, "accepted", "manual_review")

    assert len(api.asked_for("/v1/orders/ord_1:cancel")) == 1
    assert desk.work.taken_back == ["1-run~603:300"]


async def test_a_step_that_is_not_allowed_is_noted(api: ScriptedApi, tmp_path: Path) -> None:
    desk = await worked(api, tmp_path, RETURNED_ONCE, "returned", clone=409)

    assert desk.work.repaired == []
    assert desk.work.refused == ["1-run~603:100: 409 customs.declaration.step_not_allowed"]


def test_what_was_done_has_to_come_to_its_end() -> None:
    declared = [
        DeclaredList("ord_1", "A", "AL1", "released"),
        DeclaredList("ord_2", "B", "AL2", "cancelled"),
        DeclaredList("ord_3", "C", "AL3", "returned"),
    ]
    orders = {one.id: one for one in (listed("ord_2", "cancelled"), listed("ord_3", "held"))}

    def held(repaired: list[str], taken_back: list[str], refused: list[str]) -> list[bool]:
        checks = desk_checks(repaired, taken_back, refused, declared, orders)
        return [check.ok for check in checks]

    assert held(["A"], ["B"], []) == [True, True]
    assert held(["C"], ["C"], []) == [False, False]
    assert held([], [], ["A: 409"]) == [False, True]
