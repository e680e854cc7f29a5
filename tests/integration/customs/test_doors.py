"""Doors to the port: what each answer means, and that an outage strands nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from services.customs import jobs
from services.customs.clients.doors.door import (
    DeliveredMessage,
    DeliveryRefused,
    DeliveryTooLarge,
    DoorDown,
)
from services.customs.clients.doors.http import HttpDoor
from services.customs.domain.doors.breaker import FAILURES_MAX, Permission
from services.customs.use_cases import doors
from services.customs.use_cases.metrics import DOOR_OPEN
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.support.worlds.customs import CustomsOperator, CustomsWorld

COMPOSED_AT = datetime(2026, 11, 22, tzinfo=UTC)
MESSAGE = DeliveredMessage("0190-GUID", "CEB603", "<x>关</x>".encode(), COMPOSED_AT, "DXPENT1")


def a_door() -> str:
    return f"t{new_id('dor')[-12:]}"


@asynccontextmanager
async def transfer_service(status: int, *, delay_s: float = 0) -> AsyncIterator[Any]:
    """A server that answers as told; yields its address and the requests it got."""
    got: list[tuple[dict[str, str], bytes]] = []

    async def answer(request: web.Request) -> web.Response:
        got.append((dict(request.headers), await request.read()))
        await asyncio.sleep(delay_s)
        return web.Response(
            status=status, text="why\n" + "x" * 100_000, headers={"Location": "/elsewhere"}
        )

    app = web.Application()
    app.router.add_post("/messages", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/messages", got
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_a_transfer_service_takes_a_message_by_http(status: int) -> None:
    async with transfer_service(status) as (url, got):
        await HttpDoor(url, timeout_s=5).deliver(MESSAGE)

    ((headers, body),) = got
    assert body == MESSAGE.body
    assert headers["Content-Type"] == "application/xml"
    assert headers["Airlane-Message-Guid"] == MESSAGE.guid


@pytest.mark.parametrize("status", [400, 409, 413, 415, 422])
async def test_an_answer_about_the_message_refuses_it_for_good(status: int) -> None:
    async with transfer_service(status) as (url, _):
        with pytest.raises(DeliveryRefused) as refused:
            await HttpDoor(url, timeout_s=5).deliver(MESSAGE)

    # Fewer documents may get through where so many do not.
    assert isinstance(refused.value, DeliveryTooLarge) is (status == 413)

    assert str(refused.value.params["reason"]).startswith(f"HTTP {status} why xxx")
    assert len(str(refused.value.params["reason"])) < 600


@pytest.mark.parametrize("status", [301, 307, 401, 403, 404, 408, 429, 500, 503])
async def test_any_other_answer_says_that_the_door_is_down(status: int) -> None:
    async with transfer_service(status) as (url, got):
        with pytest.raises(DoorDown, match=f"HTTP {status}"):
            await HttpDoor(url, timeout_s=5).deliver(MESSAGE)

    assert len(got) == 1


async def test_a_service_that_is_silent_or_away_is_a_door_that_is_down() -> None:
    async with transfer_service(200, delay_s=5) as (url, _):
        with pytest.raises(DoorDown, match="no answer within"):
            await HttpDoor(url, timeout_s=0.1).deliver(MESSAGE)
    with pytest.raises(DoorDown, match="Connect"):
        await HttpDoor(url, timeout_s=5).deliver(MESSAGE)


async def may_deliver(customs: CustomsWorld, door: str, *, after_s: float = 0) -> Permission:
    async with customs.db.transaction(PARK) as uow:
        return await doors.may_deliver(
            uow, door=door, real_now=real_now() + timedelta(seconds=after_s)
        )


async def fail(customs: CustomsWorld, door: str) -> None:
    """Until it is open."""
    async with customs.db.transaction(PARK) as uow:
        for _ in range(FAILURES_MAX):
            await doors.note_failure(uow, door=door, error="away", real_now=real_now())


async def test_one_worker_probes_for_all(customs: CustomsWorld) -> None:
    name = a_door()
    await fail(customs, name)

    at_once = await may_deliver(customs, name)
    asked = await asyncio.gather(*(may_deliver(customs, name, after_s=2) for _ in range(4)))

    assert at_once is Permission.NONE
    assert sorted(asked) == ["none", "none", "none", "probe"]


async def test_a_probe_without_a_message_is_handed_back(customs: CustomsWorld) -> None:
    name = a_door()
    await fail(customs, name)
    asked = await may_deliver(customs, name, after_s=2)
    async with customs.db.transaction(PARK) as uow:
        await doors.hand_back(uow, door=name, real_now=real_now())

    assert asked is Permission.PROBE
    assert await may_deliver(customs, name, after_s=2) is Permission.PROBE


async def test_after_an_outage_the_first_message_that_gets_through_closes_the_door(
    customs: CustomsWorld,
) -> None:
    name, waits = a_door(), []
    for failures in range(1, FAILURES_MAX + 3):
        async with customs.db.transaction(PARK) as uow:
            await doors.note_failure(uow, door=name, error="away", real_now=real_now())
        (row,) = await customs.sql(
            "SELECT status, backoff_s FROM customs.doors WHERE name = $1", name
        )
        waits.append((row["status"], row["backoff_s"]))
        if failures >= FAILURES_MAX:
            assert await may_deliver(customs, name, after_s=61) is Permission.PROBE
    async with customs.db.transaction(PARK) as uow:
        await doors.note_success(uow, door=name, real_now=real_now())

    assert waits == [*[("closed", 0)] * (FAILURES_MAX - 1), ("open", 1), ("open", 2), ("open", 4)]
    assert await may_deliver(customs, name) is Permission.ALL


async def test_an_operator_stops_a_door_and_lets_messages_pass_again(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    context, name = JobContext(customs.db, customs.clock), a_door()
    await jobs.measure_doors(context, door=name)

    opened = await office.http.post(f"/v1/doors/{name}:open")
    while_open = await may_deliver(customs, name, after_s=1_000)
    await jobs.measure_doors(context, door=name)
    gauge = DOOR_OPEN.labels(name, "person")._value.get()
    (shown,) = [one for one in (await office.get("/v1/doors"))["items"] if one["name"] == name]
    closed = await office.http.post(f"/v1/doors/{name}:close")

    assert (opened.status_code, shown["status"], shown["is_held"]) == (200, "open", True)
    assert shown["cause"] == "person"
    assert (while_open, gauge) == (Permission.NONE, 1)
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    assert await may_deliver(customs, name) is Permission.ALL


async def test_a_door_that_nobody_has_is_not_found(office: CustomsOperator) -> None:
    response = await office.http.post("/v1/doors/nobodys:open")

    assert (response.status_code, response.json()["code"]) == (404, "customs.door.not_found")
