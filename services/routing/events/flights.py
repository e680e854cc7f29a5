"""Facts about flights as events."""

from datetime import datetime

from services.routing.domain.flights.flight import Flight
from shared.contracts.routing.flights import FlightCancelled, FlightDeparted


def flight_departed(
    flight: Flight, *, at: datetime, shipments: int, gross_weight_g: int
) -> FlightDeparted:
    return FlightDeparted(
        flight_id=flight.id,
        flight_number=flight.number,
        mode=flight.mode,
        origin=flight.origin,
        destination=flight.destination,
        departed_at=at,
        master_waybill=flight.master_waybill,
        shipments=shipments,
        gross_weight_g=gross_weight_g,
        synthetic=flight.synthetic,
    )


def flight_cancelled(flight: Flight, *, reason: str) -> FlightCancelled:
    return FlightCancelled(
        flight_id=flight.id,
        flight_number=flight.number,
        origin=flight.origin,
        destination=flight.destination,
        departs_at=flight.departs_at,
        reason=reason,
    )
