"""A lane's scanner: takes parcels, screens them, and looks again at the few that failed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from deploy.sandbox.chance import share
from deploy.sandbox.park import SeededPark
from deploy.sandbox.security_lanes.scanners import FAIL_AT_FIRST, LaneScanner
from shared.kernel.clock import monotonic_s
from tests.unit.sandbox.scripted_api import Answer, Asked, ScriptedApi, a_fast_clock

SEED = 1
TAKE, ARRIVE, SCREEN = "/v1/lanes/2:take", "/v1/arrivals", "/v1/screenings"


def a_waybill(*, fails: bool) -> str:
    numbers = (f"EHUAL{n:08}" for n in range(100_000))
    return next(w for w in numbers if (share(SEED, "scan", w) < FAIL_AT_FIRST) is fails)


def a_lane_with(*waybills: str) -> Answer:
    return 200, {
        "items": [{"declaration_id": f"dec_{w}", "house_waybill": w} for w in waybills],
    }


def all_taken(asked: Asked) -> Answer:
    return 207, {"items": [{"status": 201} for _ in asked.body["items"]]}


def all_came(asked: Asked) -> Answer:
    return 207, {"items": [{"status": 201} for _ in asked.body["house_waybills"]]}


@asynccontextmanager
async def working(api: ScriptedApi, park: SeededPark) -> AsyncIterator[LaneScanner]:
    api.script("POST", ARRIVE, all_came)
    scanner = LaneScanner(2, park.client("customs"), a_fast_clock(), SEED, "run")
    task = asyncio.create_task(scanner.run())
    try:
        yield scanner
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], object]) -> None:
    deadline_s = monotonic_s() + 5
    while not holds():
        assert monotonic_s() < deadline_s
        await asyncio.sleep(0.01)


def screened(api: ScriptedApi) -> list[tuple[str, bool]]:
    return [
        (item["declaration_id"], item["passed"])
        for asked in api.asked_for(SCREEN)
        for item in asked.body["items"]
    ]


async def test_parcels_of_the_lane_are_screened_and_pass(
    api: ScriptedApi, park: SeededPark
) -> None:
    waybill = a_waybill(fails=False)
    api.script("POST", TAKE, a_lane_with(waybill), a_lane_with())
    api.script("POST", SCREEN, all_taken)

    async with working(api, park) as scanner:
        await until(lambda: scanner.screened)

    (came,) = api.asked_for(ARRIVE)
    assert came.body["house_waybills"] == [waybill]
    assert scanner.arrived == 1
    (asked,) = api.asked_for(SCREEN)
    assert screened(api) == [(f"dec_{waybill}", True)]
    assert asked.body["items"][0]["lane"] == 2
    assert asked.headers["Idempotency-Key"] == "run-lane2-1-seen"


async def test_a_parcel_that_fails_at_first_passes_after_a_second_look(
    api: ScriptedApi, park: SeededPark
) -> None:
    good, doubtful = a_waybill(fails=False), a_waybill(fails=True)
    api.script("POST", TAKE, a_lane_with(good, doubtful), a_lane_with())
    api.script("POST", SCREEN, all_taken)

    async with working(api, park) as scanner:
        await until(lambda: scanner.screened == 2)

    assert screened(api) == [
        (f"dec_{good}", True),
        (f"dec_{doubtful}", False),
        (f"dec_{doubtful}", True),
    ]
    assert scanner.failed_at_first == 1
    assert scanner.next_due is None


async def test_an_empty_lane_is_asked_again_and_nothing_is_reported(
    api: ScriptedApi, park: SeededPark
) -> None:
    api.script("POST", TAKE, a_lane_with())

    async with working(api, park) as scanner:
        await until(lambda: len(api.asked_for(TAKE)) == 2)

    keys = [asked.headers["Idempotency-Key"] for asked in api.asked_for(TAKE)]
    assert keys == ["run-lane2-1", "run-lane2-2"]
    assert scanner.busy == 0
    assert screened(api) == []


async def test_a_screening_that_is_refused_is_counted(api: ScriptedApi, park: SeededPark) -> None:
    waybills = [a_waybill(fails=False), "EHUALX"]
    api.script("POST", TAKE, a_lane_with(*waybills), a_lane_with())
    api.script("POST", SCREEN, (207, {"items": [{"status": 201}, {"status": 404}]}))

    async with working(api, park) as scanner:
        await until(lambda: scanner.refused)

    assert (scanner.screened, scanner.refused) == (1, 1)


async def test_busy_is_what_was_taken_last(api: ScriptedApi, park: SeededPark) -> None:
    api.script("POST", TAKE, a_lane_with(a_waybill(fails=False)))
    api.script("POST", SCREEN, all_taken)
    before_s = monotonic_s()

    async with working(api, park) as scanner:
        await until(lambda: scanner.busy)

    assert scanner.busy == 1
    assert scanner.looked_s > before_s
