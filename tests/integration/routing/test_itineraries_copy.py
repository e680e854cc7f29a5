"""The copy of the timetable in memory follows what is committed, in whatever order it looks."""

from typing import Final

import pytest

from services.routing.repository.timetable import flights
from services.routing.use_cases.itineraries.copy import Copy
from shared.db import TEXT, sql
from shared.kernel.identity import PARK
from tests.support.worlds.routing import RoutingWorld

_CANCEL: Final = sql(
    "UPDATE routing.flights SET state = 'cancelled' WHERE id = :flight_id", flight_id=TEXT
)


async def _follow(copy: Copy, world: RoutingWorld) -> None:
    async with world.db.read(PARK) as reader:
        await copy.follow(reader, now=world.clock.now())


def _offered(copy: Copy) -> set[str]:
    assert copy.basis is not None
    timetable = copy.basis.timetable
    return {timetable.copy.ids[row] for row in timetable.flights.of_row.tolist()}


async def test_a_change_is_followed_that_took_its_number_before_it_was_committed(
    world: RoutingWorld,
) -> None:
    end, _ = await world.airport()
    flight = await world.flight(world.hub, end, departs_h=8)
    copy = Copy()
    await _follow(copy, world)
    assert flight in _offered(copy)

    async with world.db.transaction(PARK) as uow:
        await uow.execute(_CANCEL, flight_id=flight)
        await _follow(copy, world)
        assert flight in _offered(copy)
    await _follow(copy, world)

    assert flight not in _offered(copy)


class _BrokenOff(Exception):
    pass


async def test_what_was_read_before_a_renewal_was_broken_off_is_in_the_next_one(
    world: RoutingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request may end between the reading of changes and the new basis."""
    end, _ = await world.airport()
    flight = await world.flight(world.hub, end, departs_h=8)
    copy = Copy()
    await _follow(copy, world)
    await world.run(_CANCEL, flight_id=flight)

    async def broken_off(*_: object, **__: object) -> None:
        raise _BrokenOff

    with monkeypatch.context() as patch:
        patch.setattr(flights, "get_room", broken_off)
        patch.setattr(copy, "_room_at_s", 0.0)
        with pytest.raises(_BrokenOff):
            await _follow(copy, world)
    assert flight in _offered(copy)
    await _follow(copy, world)

    assert flight not in _offered(copy)
