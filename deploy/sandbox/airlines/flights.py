"""What is reported about a flight, and when: by the timetable, now and then twice or late."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

from deploy.sandbox.chance import share

_MANIFESTED: Final = timedelta(minutes=15)  # after the cut-off
_DELIVERED_FROM: Final = timedelta(hours=5)  # after the arrival
_DELIVERED_WITHIN: Final = timedelta(hours=14)
TWICE: Final = 0.05  # of the reports
LATE: Final = 0.05
LATE_BY: Final = timedelta(hours=2)


@dataclass(frozen=True)
class ListedFlight:
    """A flight as routing lists it. `cut_off_at` is None for a leg that has none."""

    id: str
    flight_number: str
    status: str
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    cut_off_at: datetime | None

    @classmethod
    def of(cls, shown: Mapping[str, Any]) -> Self:
        """From an item of `GET /v1/flights`."""
        cut_off_at = shown["cut_off_at"]
        return cls(
            id=shown["id"],
            flight_number=shown["flight_number"],
            status=shown["status"],
            origin=shown["origin"],
            destination=shown["destination"],
            departs_at=datetime.fromisoformat(shown["departs_at"]),
            arrives_at=datetime.fromisoformat(shown["arrives_at"]),
            cut_off_at=datetime.fromisoformat(cut_off_at) if cut_off_at else None,
        )


@dataclass(frozen=True)
class StatusUpdate:
    """`code` is an FSU code: MAN, DEP, ARR or DLV."""

    code: str
    airport: str
    occurred_at: datetime
    flight_id: str

    def body(self) -> dict[str, object]:
        """As the API takes it."""
        return {
            "code": self.code,
            "airport": self.airport,
            "occurred_at": self.occurred_at.isoformat(),
            "flight_id": self.flight_id,
        }


@dataclass(frozen=True)
class PlannedReport:
    """`due_at`: when it is sent, which may be later than what it reports."""

    due_at: datetime
    update: StatusUpdate


def planned_reports(flight: ListedFlight, seed: int) -> list[PlannedReport]:
    """Everything that will be reported about a flight that leaves."""
    planned = []
    for due_at, update in _as_it_happens(flight, seed):
        about = (update.code, flight.id)
        # A departure is reported in time: the park rebooks what should have been aboard.
        is_late = update.code != "DEP" and share(seed, "late", *about) < LATE
        sent_at = due_at + LATE_BY if is_late else due_at
        planned.append(PlannedReport(sent_at, update))
        if share(seed, "twice", *about) < TWICE:
            planned.append(PlannedReport(sent_at + LATE_BY, update))
    return planned


def _as_it_happens(flight: ListedFlight, seed: int) -> Iterator[tuple[datetime, StatusUpdate]]:
    haulage = _DELIVERED_WITHIN * share(seed, "delivery", flight.flight_number)
    delivered_at = flight.arrives_at + _DELIVERED_FROM + haulage
    if flight.cut_off_at is not None:
        # Manifested after the cut-off, and reported with the departure.
        manifested_at = flight.cut_off_at + _MANIFESTED
        yield flight.departs_at, StatusUpdate("MAN", flight.origin, manifested_at, flight.id)
    yield flight.departs_at, StatusUpdate("DEP", flight.origin, flight.departs_at, flight.id)
    yield flight.arrives_at, StatusUpdate("ARR", flight.destination, flight.arrives_at, flight.id)
    yield delivered_at, StatusUpdate("DLV", flight.destination, delivered_at, flight.id)
