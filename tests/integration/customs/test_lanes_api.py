"""Three lanes: who waits where, who is next, and what a dead scanner leaves behind."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from services.customs import jobs
from services.customs.use_cases import metrics
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.ids import new_id
from tests.support.worlds.customs import CustomsOperator, CustomsWorld, MadeOrder


async def accepted(
    customs: CustomsWorld, office: CustomsOperator, *orders: MadeOrder, **booking: Any
) -> list[dict[str, Any]]:
    rows = await customs.declare(*orders, **booking)
    await office.answer(*(customs.receipt(row, "120") for row in rows))
    return [await customs.declaration(order) for order in orders]


async def empty_lanes(office: CustomsOperator) -> None:
    for lane in (1, 2, 3):
        await office.take(lane)


def seen(row: dict[str, Any], at: Any, *, passed: bool = True) -> dict[str, Any]:
    return {
        "declaration_id": row["id"],
        "lane": row["lane"],
        "passed": passed,
        "screened_at": at.isoformat(),
    }


async def test_accepted_parcels_spread_over_the_lanes(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    """Equal capacities: each parcel goes to the shortest queue, the first of equals."""

    async def queues() -> dict[int, int]:
        lanes = (await office.get("/v1/lanes"))["items"]
        return {lane["lane"]: lane["queue_parcels"] for lane in lanes}

    expected = await queues()
    joined: Counter[int] = Counter()
    for _ in range(9):
        lane = min(expected, key=lambda number: (expected[number], number))
        expected[lane] += 1
        joined[lane] += 1

    rows = await accepted(customs, office, *(customs.an_order() for _ in range(9)))

    assert Counter(row["lane"] for row in rows) == joined
    assert await queues() == expected
    for lane in (await office.get("/v1/lanes"))["items"]:
        assert lane["synthetic"] is True
        assert lane["expected_wait_s"] == pytest.approx((lane["queue_parcels"] + 1) * 3.0)


async def test_the_earliest_cut_off_is_next(customs: CustomsWorld, office: CustomsOperator) -> None:
    await empty_lanes(office)
    hours = [9, 2, 5, 7, 3, 4]
    rows = []
    for wait in hours:
        rows += await accepted(customs, office, customs.an_order(), cut_off=timedelta(hours=wait))
    by_id = {row["id"]: wait for row, wait in zip(rows, hours, strict=True)}
    for lane in (1, 2, 3):
        taken = [by_id[p["declaration_id"]] for p in await office.take(lane)]
        assert taken == sorted(taken)


async def test_a_rebooked_parcel_changes_its_place(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    await empty_lanes(office)
    orders = [customs.an_order() for _ in range(6)]
    rows = await accepted(customs, office, *orders)
    await customs.consume(customs.booked(orders[5], version=2, cut_off=timedelta(minutes=5)))

    first = (await office.take(rows[5]["lane"], 1))[0]

    assert first["declaration_id"] == rows[5]["id"]
    assert first["house_waybill"] == orders[5].house_waybill


async def test_a_taken_parcel_is_not_taken_twice_until_its_lease_ends(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    await empty_lanes(office)

    (row,) = await accepted(customs, office, customs.an_order())

    assert [p["declaration_id"] for p in await office.take(row["lane"])] == [row["id"]]
    assert await office.take(row["lane"]) == []

    await customs.sql(
        "UPDATE customs.parcels SET lease_until = $2 WHERE declaration_id = $1 RETURNING 1",
        row["id"],
        real_now() - timedelta(seconds=1),
    )

    assert [p["declaration_id"] for p in await office.take(row["lane"])] == [row["id"]]


async def test_a_screening_is_announced_once(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await accepted(customs, office, order := customs.an_order())
    report = seen(row, customs.clock.now())
    (first,) = await office.screened(report)

    (again,) = await office.screened(report)

    assert (first["status"], again["status"]) == (201, 200)
    assert first["id"] == again["id"]

    (other,) = await office.screened(report | {"passed": False})

    assert (other["status"], other["error"]["code"]) == (409, "customs.screening.contradicted")
    assert await customs.events(row["id"]) == [("submitted", 1), ("accepted", 2), ("screened", 3)]
    assert row["id"] not in [p["declaration_id"] for p in await office.take(row["lane"])]
    assert (await customs.declaration(order))["screened_at"] == customs.clock.now()


async def test_a_failed_screening_holds_until_one_passes(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await accepted(customs, office, order := customs.an_order())
    now = customs.clock.now()

    await office.screened(seen(row, now, passed=False))

    held = await customs.declaration(order)
    assert (held["is_held"], held["screened_at"]) == (True, None)
    assert row["id"] not in [p["declaration_id"] for p in await office.take(row["lane"])]

    missing = await office.get(f"/v1/declarations/{row['id']}/missing")

    assert "recheck" in [item["code"] for item in missing["items"]]

    await office.screened(seen(row, now + timedelta(minutes=9)))

    passed = await customs.declaration(order)
    assert (passed["is_held"], passed["screened_at"] is not None) == (False, True)
    events = await customs.events(row["id"])
    assert [name for name, _ in events].count("screened") == 2


async def test_each_screening_is_accepted_or_refused_by_itself(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await accepted(customs, office, customs.an_order())
    now = customs.clock.now()

    items = await office.screened(
        seen(row, now) | {"lane": 99},
        seen(row, now) | {"declaration_id": new_id("dec")},
        seen(row, now) | {"screened_at": "2026-11-22T08:00:00"},
        seen(row, now, passed=False),
        seen(row, now + timedelta(seconds=5)),
        {},
    )

    assert [item["status"] for item in items] == [404, 404, 422, 201, 201, 422]


async def test_cancelled_and_returned_parcels_leave_the_queue(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    await empty_lanes(office)
    orders = [customs.an_order() for _ in range(3)]
    rows = await accepted(customs, office, *orders)
    await customs.consume(customs.cancelled(orders[0]))
    await office.answer(customs.receipt(rows[1], "100", at_s=5))

    waiting = [p["declaration_id"] for lane in (1, 2, 3) for p in await office.take(lane)]

    assert waiting == [rows[2]["id"]]


async def test_a_returned_parcel_joins_no_queue_for_a_late_word_of_customs(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    await empty_lanes(office)
    (row,) = await accepted(customs, office, order := customs.an_order())
    await office.answer(customs.receipt(row, "100", at_s=5))
    returned = await customs.declaration(order)

    await office.answer(customs.receipt(row, "120", at_s=9))

    again = await customs.declaration(order)
    waiting = [p["declaration_id"] for lane in (1, 2, 3) for p in await office.take(lane)]
    assert (returned["lane"], again["lane"], again["illegal_receipts"]) == (None, None, 1)
    assert waiting == []


async def test_the_gauge_of_a_lane_shows_its_queue(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await accepted(customs, office, customs.an_order())

    await jobs.measure_lanes(JobContext(customs.db, customs.clock))

    lanes = {lane["lane"]: lane for lane in (await office.get("/v1/lanes"))["items"]}
    gauge = metrics.LANE_QUEUE.labels(str(row["lane"]))
    assert gauge._value.get() == lanes[row["lane"]]["queue_parcels"] >= 1


async def test_screened_before_accepted_never_joins_the_queue(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    await empty_lanes(office)
    (row,) = await customs.declare(customs.an_order())
    await office.screened(seen(row | {"lane": 1}, customs.clock.now()))

    await office.answer(customs.receipt(row, "120"))

    assert [await office.take(lane) for lane in (1, 2, 3)] == [[], [], []]


async def test_use_and_today_follow_the_business_clock(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    customs.clock.advance(days=30)
    (row,) = await accepted(customs, office, customs.an_order())
    await office.screened(seen(row, customs.clock.now()))

    lanes = {lane["lane"]: lane for lane in (await office.get("/v1/lanes"))["items"]}

    assert lanes[row["lane"]]["screened_today"] == 1
    assert lanes[row["lane"]]["use"] == pytest.approx(1 / 1200, abs=1e-4)

    customs.clock.advance(days=1)
    lanes = {lane["lane"]: lane for lane in (await office.get("/v1/lanes"))["items"]}

    assert lanes[row["lane"]]["screened_today"] == 0


async def test_taking_from_a_lane_that_does_not_exist_is_refused(office: CustomsOperator) -> None:
    response = await office.http.post("/v1/lanes/4:take", json={"limit": 1})

    assert (response.status_code, response.json()["code"]) == (404, "customs.lane.not_found")
