"""What the airlines report about a flight, when they send it, and what they do with a refusal."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from deploy.sandbox.airlines.flights import LATE_BY, ListedFlight, StatusUpdate, planned_reports
from deploy.sandbox.airlines.reporting import Airlines
from deploy.sandbox.chance import share
from deploy.sandbox.park import SeededPark
from tests.kit.clock import ManualClock
from tests.unit.sandbox.scripted_api import Answer, Asked, ScriptedApi, page

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
SEED = 1
UPDATES = "/v1/status-updates"


def a_flight(flight_id: str = "flt_1", cut_off_at: datetime | None = AT - HOUR) -> ListedFlight:
    return ListedFlight(
        id=flight_id,
        flight_number="O3701",
        status="departed",
        origin="EHU",
        destination="LGG",
        departs_at=AT,
        arrives_at=AT + 12 * HOUR,
        cut_off_at=cut_off_at,
    )


def shown(flight: ListedFlight, **other: object) -> dict[str, object]:
    """As `GET /v1/flights` has it."""
    times = ("departs_at", "arrives_at", "cut_off_at")
    fields = {name: value for name, value in vars(flight).items() if name not in times}
    for name in times:
        at = getattr(flight, name)
        fields[name] = at.isoformat() if at else None
    return fields | other


def an_id(*, late: str = "", twice: str = "") -> str:
    """A flight of which only the reports with the given codes are late or come twice."""

    def fits(flight_id: str) -> bool:
        return all(
            (share(SEED, "late", code, flight_id) < 0.05) == (code == late)
            and (share(SEED, "twice", code, flight_id) < 0.05) == (code == twice)
            for code in ("MAN", "DEP", "ARR", "DLV")
        )

    return next(i for n in range(100_000) if fits(i := f"flt_{n}"))


# -- what is reported -------------------------------------------------------------------------


def test_a_flight_is_manifested_departs_arrives_and_its_goods_are_delivered() -> None:
    reports = planned_reports(a_flight(an_id()), SEED)

    happened = [(r.update.code, r.update.airport, r.update.occurred_at - AT) for r in reports]
    assert happened[:3] == [
        ("MAN", "EHU", timedelta(minutes=-45)),
        ("DEP", "EHU", timedelta(0)),
        ("ARR", "LGG", 12 * HOUR),
    ]
    code, airport, after = happened[3]
    assert (code, airport) == ("DLV", "LGG")
    assert 17 * HOUR <= after < 31 * HOUR


def test_the_manifest_is_reported_with_the_departure() -> None:
    manifest, departure, *_ = planned_reports(a_flight(an_id()), SEED)

    assert manifest.due_at == departure.due_at == AT


def test_a_leg_without_a_cut_off_has_no_manifest() -> None:
    reports = planned_reports(a_flight(an_id(), cut_off_at=None), SEED)

    assert [r.update.code for r in reports] == ["DEP", "ARR", "DLV"]


def test_a_late_report_says_when_it_really_happened() -> None:
    reports = planned_reports(a_flight(an_id(late="ARR")), SEED)

    (arrival,) = [r for r in reports if r.update.code == "ARR"]
    assert arrival.update.occurred_at == AT + 12 * HOUR
    assert arrival.due_at == AT + 12 * HOUR + LATE_BY


def test_a_departure_is_never_late() -> None:
    reports = planned_reports(a_flight(an_id(late="DEP")), SEED)

    assert [r.due_at for r in reports if r.update.code == "DEP"] == [AT]


def test_a_report_that_comes_twice_is_the_same_report() -> None:
    reports = planned_reports(a_flight(an_id(twice="DLV")), SEED)

    first, second = (r for r in reports if r.update.code == "DLV")
    assert first.update == second.update
    assert second.due_at == first.due_at + LATE_BY


def test_few_reports_are_late_or_come_twice() -> None:
    planned = [r for n in range(2_000) for r in planned_reports(a_flight(f"flt_{n}"), SEED)]
    first_due: dict[StatusUpdate, datetime] = {}
    for report in planned:
        first_due.setdefault(report.update, report.due_at)

    late = [u for u, due in first_due.items() if u.code == "ARR" and due > u.occurred_at]
    assert 8_300 < len(planned) < 8_500  # of 8,000, one in twenty twice
    assert 70 < len(late) < 130  # of 2,000


# -- when it is sent --------------------------------------------------------------------------


def all_taken(asked: Asked) -> Answer:
    return 207, {"items": [{"status": 201} for _ in asked.body["items"]]}


def refused_as(code: str) -> Callable[[Asked], Answer]:
    def answer(asked: Asked) -> Answer:
        return 207, {
            "items": [{"status": 409, "error": {"code": code}} for _ in asked.body["items"]]
        }

    return answer


class Watch:
    """Airlines whose clock and looks are made by hand."""

    def __init__(self, park: SeededPark) -> None:
        self.clock = ManualClock(AT)
        self.airlines = Airlines(park.client("routing"), self.clock, SEED)

    async def look(self) -> int:
        now = self.clock.now()
        return await self.airlines._look(now) + await self.airlines._report(now)


@pytest.fixture
def watch(park: SeededPark) -> Watch:
    return Watch(park)


async def test_a_flight_is_reported_as_time_passes(api: ScriptedApi, watch: Watch) -> None:
    api.script("GET", "/v1/flights", page(shown(a_flight(an_id()))))
    api.script("POST", UPDATES, all_taken)

    counts = []
    for hours in (0, 12, 20):
        counts.append(await watch.look())
        watch.clock.advance(hours=hours)
    counts.append(await watch.look())

    assert counts == [2, 0, 1, 1]
    assert watch.airlines.reported == {"MAN": 1, "DEP": 1, "ARR": 1, "DLV": 1}
    assert watch.airlines.pending == 0


async def test_a_flight_that_is_listed_again_is_reported_once(
    api: ScriptedApi, watch: Watch
) -> None:
    api.script("GET", "/v1/flights", page(shown(a_flight(an_id()))))
    api.script("POST", UPDATES, all_taken)

    await watch.look()
    again = await watch.look()

    assert again == 0
    assert len(api.asked_for(UPDATES)) == 1


async def test_a_cancelled_flight_is_never_reported(api: ScriptedApi, watch: Watch) -> None:
    api.script("GET", "/v1/flights", page(shown(a_flight(), status="cancelled")))

    assert await watch.look() == 0
    assert watch.airlines.next_due is None


async def test_what_comes_next_is_a_cut_off_a_departure_or_a_report(
    api: ScriptedApi, watch: Watch
) -> None:
    later = replace(
        a_flight("flt_2", cut_off_at=AT + HOUR), status="scheduled", departs_at=AT + 3 * HOUR
    )
    api.script("GET", "/v1/flights", page(shown(later)))

    await watch.look()
    before_the_cut_off = watch.airlines.next_due
    watch.clock.advance(hours=2)
    overdue = await watch.look()

    assert before_the_cut_off == AT + HOUR
    assert overdue == 1  # the manifest should be closed by now
    assert watch.airlines.next_due == AT + 3 * HOUR


async def test_a_report_that_came_before_the_manifest_closed_is_sent_again(
    api: ScriptedApi, watch: Watch
) -> None:
    api.script("GET", "/v1/flights", page(shown(a_flight(an_id()))))
    api.script("POST", UPDATES, refused_as("routing.flight.manifest_open"), all_taken)

    await watch.look()
    reported_at_first = dict(watch.airlines.reported)
    watch.clock.advance(minutes=10)
    await watch.look()

    assert reported_at_first == {}
    assert watch.airlines.reported == {"MAN": 1, "DEP": 1}
    assert watch.airlines.refused == {}


async def test_another_refusal_is_counted_and_not_sent_again(
    api: ScriptedApi, watch: Watch
) -> None:
    api.script("GET", "/v1/flights", page(shown(a_flight(an_id()))))
    api.script("POST", UPDATES, refused_as("routing.flight.unknown"))

    await watch.look()
    watch.clock.advance(minutes=10)
    again = await watch.look()

    assert watch.airlines.refused == {"routing.flight.unknown": 2}
    assert again == 0


async def test_flights_of_the_last_days_are_looked_at_first_and_only_new_ones_later(
    api: ScriptedApi, watch: Watch
) -> None:
    api.script("GET", "/v1/flights", page())

    await watch.look()
    watch.clock.advance(hours=10)
    await watch.look()
    await watch.look()

    since = [
        datetime.fromisoformat(asked.query["departing_from"]) - AT
        for asked in api.asked_for("/v1/flights", "GET")
    ]
    assert since == [timedelta(days=-3), -2 * HOUR, 8 * HOUR]


async def test_many_reports_go_in_several_batches(api: ScriptedApi, watch: Watch) -> None:
    flights = [shown(a_flight(f"flt_{n}")) for n in range(150)]
    api.script("GET", "/v1/flights", page(*flights))
    api.script("POST", UPDATES, all_taken)

    await watch.look()

    sizes = [len(asked.body["items"]) for asked in api.asked_for(UPDATES)]
    assert sizes[0] == 200
    assert sum(sizes) > 250
