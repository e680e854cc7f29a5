"""Facts about flights as events."""

from datetime import datetime

from services.routing.domain.flights.flight import Flight
from services.routing.domain.timetable.changes import FlightChange, PlannedFlight
from shared.contracts.routing.flights import FlightCancelled, FlightDeparted, FlightRescheduled


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


def planned_flight_cancelled(flight: PlannedFlight, *, reason: str) -> FlightCancelled:
    return FlightCancelled(
        flight_id=flight.id,
        flight_number=flight.number,
        origin=flight.plan.origin,
        destination=flight.plan.destination,
        departs_at=flight.plan.departs_at,
        reason=reason,
    )


def flight_rescheduled(change: FlightChange, *, reason: str) -> FlightRescheduled:
    before, after = change.before.plan, change.after
    return FlightRescheduled(
        flight_id=change.before.id,
        flight_number=change.before.number,
        origin=after.origin,
        destination=after.destination,
        departs_at=after.departs_at,
        arrives_at=after.arrives_at,
        previous_departs_at=before.departs_at,
        previous_arrives_at=before.arrives_at,
        reason=reason,
        synthetic=after.synthetic,
    )
