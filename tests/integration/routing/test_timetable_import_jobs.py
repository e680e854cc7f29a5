"""Imports that break off, and days that come later."""

from collections import Counter
from datetime import date

import pytest

from services.routing.repository.timetable.schedules import list_schedules
from services.routing.repository.turn import take_turn
from services.routing.use_cases.network import load_network
from services.routing.use_cases.timetable import applying
from services.routing.use_cases.timetable.horizon import extend_timetable
from shared.db import UnitOfWork, sql
from shared.kernel.identity import PARK
from tests.support.timetables import a_row
from tests.support.worlds.routing import RoutingWorld
from tests.support.worlds.timetables import CELLS, Timetable


class _Killed(Exception):
    pass


async def test_an_import_that_was_killed_goes_on_where_it_was(
    timetable: Timetable, monkeypatch: pytest.MonkeyPatch
) -> None:
    end, _ = await timetable.airport()
    numbers = [str(number) for number in range(7020, 7030)]
    rows = [
        a_row(**CELLS | {"flight_number": number}, destination=end, arrives_local="14:00")
        for number in numbers
    ]
    monkeypatch.setattr(applying, "_CHUNK", 30)  # two flight numbers
    sent = await timetable.send(*rows)
    taken: list[object] = []

    async def dies(uow: UnitOfWork) -> None:
        taken.append(uow)
        if len(taken) == 3:
            raise _Killed
        await take_turn(uow)

    monkeypatch.setattr(applying, "take_turn", dies)
    with pytest.raises(_Killed):
        await timetable.work()
    half = await timetable.read(str(sent["id"]))
    assert (half["status"], half["flights_new"]) == ("running", 64)

    await timetable.work()

    done = await timetable.read(str(sent["id"]))
    assert (done["status"], done["flights_new"]) == ("done", 160)
    assert done["schedules_new"] == 10
    for number in numbers:
        assert len(await timetable.flights(f"SQ{number}")) == 16


async def test_a_file_at_which_the_process_always_dies_is_given_up(
    timetable: Timetable, monkeypatch: pytest.MonkeyPatch
) -> None:
    end, _ = await timetable.airport()
    sent = await timetable.send(
        a_row(**CELLS | {"flight_number": "7031"}, destination=end, arrives_local="14:00")
    )

    async def dies(_: object) -> None:
        raise _Killed

    monkeypatch.setattr(applying, "take_turn", dies)
    for _ in range(5):
        with pytest.raises(_Killed):
            await timetable.work()
    await timetable.work()

    failed = await timetable.read(str(sent["id"]))
    assert failed["failure"]["code"] == "routing.timetable_import.broke_off"


async def test_days_that_come_later_are_filled_from_the_schedule(timetable: Timetable) -> None:
    world = timetable.world
    end, _ = await timetable.airport()
    await timetable.take(
        a_row(**CELLS | {"flight_number": "7032"}, destination=end, arrives_local="14:00")
    )
    world.clock.advance(hours=48)

    async with world.db.transaction(PARK) as uow:
        await extend_timetable(uow, now=world.clock.now())

    assert len(await timetable.flights("SQ7032")) == 18


_AS_NEW = sql("UPDATE routing.timetable SET reference_digest = 'another'")


async def test_what_an_import_took_from_the_parks_own_schedules_stays_taken(
    timetable: Timetable,
) -> None:
    """The network's files make them anew whenever they change."""
    world = timetable.world
    cells = CELLS | {"carrier": "EH", "flight_number": "1000", "valid_to": "2026-11-29"}
    await timetable.take(a_row(**cells, destination="SZX", arrives_local="22:00"))
    taken = await _days_flown_twice(world, "EH1000")
    await world.run(_AS_NEW)

    async with world.db.transaction(PARK) as uow:
        assert await load_network(uow)

    assert taken == await _days_flown_twice(world, "EH1000") == []


async def _days_flown_twice(world: RoutingWorld, number: str) -> list[date]:
    first_on, last_on = date(2026, 11, 22), date(2026, 12, 31)
    async with world.db.read(PARK) as reader:
        known = await list_schedules(reader, first_on=first_on, last_on=last_on)
    days = Counter(
        day for one in known if one.flight_number == number for day in one.days(first_on, last_on)
    )
    assert days
    return [day for day, times in days.items() if times > 1]
