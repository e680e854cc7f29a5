"""Reads for screens: flights of the park."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.routing.domain.flights.flight import FlightNotFound
from services.routing.domain.network.records import Mode
from shared.db import BOOLEAN, INSTANT, TEXT, Filters, Listing, Reader, Window, sql


@dataclass(frozen=True, slots=True)
class FlightSummary:
    """`closed_at` and what follows it are the manifest's."""

    id: str
    flight_number: str
    carrier: str
    route_id: str
    mode: Mode
    vehicle: str
    origin: str
    destination: str
    departs_on: date
    departs_at: datetime
    arrives_at: datetime
    cut_off_at: datetime | None
    status: str
    capacity_g: int
    capacity_cm3: int
    remaining_g: int
    remaining_cm3: int
    booked_shipments: int
    departed_at: datetime | None
    arrived_at: datetime | None
    reason: str | None
    synthetic: bool
    closed_at: datetime | None
    master_waybill: str | None
    manifest_shipments: int
    manifest_weight_g: int


_FLIGHTS_OF_THE_PARK: Final = """
    SELECT f.id, f.flight_number, f.carrier, f.route_id, f.mode, f.vehicle, f.origin, f.destination,
        f.departs_on, f.departs_at, f.arrives_at, f.cut_off_at, f.state AS status, f.capacity_g,
        f.capacity_cm3, f.remaining_g, f.remaining_cm3, f.booked_shipments, f.departed_at,
        f.arrived_at, f.cancel_reason AS reason, f.synthetic, f.closed_at, f.master_waybill,
        f.manifest_shipments, f.manifest_weight_g
    FROM routing.flights f
"""
_FLIGHT: Final = sql(
    f"{_FLIGHTS_OF_THE_PARK} WHERE f.id = :flight_id", FlightSummary, flight_id=TEXT
)

_FLIGHTS: Final = Listing(
    _FLIGHTS_OF_THE_PARK,
    FlightSummary,
    order_by="f.departs_at, f.id",
    after="(f.departs_at, f.id) > (:after_at, :after_id)",
    filters={
        "departing_from": "f.departs_at >= :departing_from",
        "departing_to": "f.departs_at < :departing_to",
        "flight_number": "f.flight_number = :flight_number",
        "origin": "f.origin = :origin",
        "destination": "f.destination = :destination",
        "status": "f.state = :status",
        "booked": "(f.booked_shipments > 0) = :booked",
    },
    after_at=INSTANT,
    after_id=TEXT,
    departing_from=INSTANT,
    departing_to=INSTANT,
    flight_number=TEXT,
    origin=TEXT,
    destination=TEXT,
    status=TEXT,
    booked=BOOLEAN,
)


async def get_flight(reader: Reader, *, flight_id: str) -> FlightSummary:
    """Raises FlightNotFound."""
    flight = await reader.fetch_first(_FLIGHT, flight_id=flight_id)
    if flight is None:
        raise FlightNotFound(flight=flight_id)
    return flight


async def list_flights(reader: Reader, window: Window, filters: Filters) -> list[FlightSummary]:
    return await _FLIGHTS.page(reader, window, filters)
