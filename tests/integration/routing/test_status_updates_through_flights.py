"""What airlines report of a through flight by its number: both legs leave on the same local day."""

from datetime import date, datetime, timedelta

from services.routing.domain.status_updates.status_update import StatusUpdate
from services.routing.use_cases.status_updates import Recorded, record_status_updates
from shared.kernel.identity import PARK
from tests.support.timetables import a_row
from tests.support.worlds.timetables import CELLS, Timetable

NUMBER = "SQ7040"


async def test_each_leg_is_found_by_number_day_and_airport(timetable: Timetable) -> None:
    world = timetable.world
    via, _ = await timetable.airport()
    end, _ = await timetable.airport()
    cells = CELLS | {"flight_number": NUMBER[2:]}
    await timetable.take(
        a_row(**cells, destination=via, arrives_local="14:00"),
        a_row(**cells | {"departs_local": "16:00"}, leg=2, origin=via, destination=end,
              arrives_local="18:00"),
    )  # fmt: skip
    first, second = (await timetable.flights(NUMBER))[:2]
    assert first["departs_on"] == second["departs_on"] == "2026-11-22"

    for leg in (first, second):
        for code, at, airport in (
            ("DEP", leg["departs_at"], leg["origin"]),
            ("ARR", leg["arrives_at"], leg["destination"]),
        ):
            update = StatusUpdate(
                code,
                str(airport),
                datetime.fromisoformat(str(at)) + timedelta(minutes=5),
                flight_number=NUMBER,
                departs_on=date(2026, 11, 22),
            )
            world.clock.set(max(world.clock.now(), update.occurred_at))
            async with world.db.transaction(PARK) as uow:
                (outcome,) = await record_status_updates(
                    uow, updates=[update], reported_by="test", now=world.clock.now()
                )
            assert isinstance(outcome, Recorded), outcome

    for leg in (first, second):
        stored = await world.flight_row(str(leg["id"]))
        assert (stored.origin, stored.state) == (leg["origin"], "arrived")
