"""Flights that have left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DepartedFlight:
    """`shipments`: how many a complete departure report names."""

    id: str
    flight_number: str
    mode: str
    master_waybill: str | None
    shipments: int
    departed_at: datetime


def latest_by_flight(flights: Iterable[DepartedFlight]) -> list[DepartedFlight]:
    """One per flight, in the order of their ids: the last departure, and of equals the last one."""
    latest: dict[str, DepartedFlight] = {}
    for flight in flights:
        known = latest.get(flight.id)
        if known is None or flight.departed_at >= known.departed_at:
            latest[flight.id] = flight
    return [latest[flight_id] for flight_id in sorted(latest)]
