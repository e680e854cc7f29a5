"""Cancelling a flight."""

from datetime import datetime

from services.routing.domain.flights.flight import (
    FlightNotCancellable,
    FlightNotFound,
    FlightStatus,
)
from services.routing.events import flights as flight_events
from services.routing.repository import flights, shipments
from shared.db import UnitOfWork
from shared.kernel.identity import PARK_TENANT


async def cancel_flight(uow: UnitOfWork, *, flight_id: str, reason: str, now: datetime) -> None:
    """All shipments that counted on it lose their place; the job rebooks them right after.

    Cancelling twice changes nothing. Raises FlightNotFound, FlightNotCancellable.
    """
    await shipments.take_turn(uow)
    cancelled = await flights.cancel_flight(uow, flight_id=flight_id, reason=reason, now=now)
    if cancelled is None:
        flight = await flights.find_flight(uow, flight_id)
        if flight is None:
            raise FlightNotFound(flight=flight_id)
        if flight["status"] != FlightStatus.CANCELLED:
            raise FlightNotCancellable(flight=flight["flight_number"], status=flight["status"])
        return
    stranded = await flights.strand(uow, flight_id=flight_id, now=now)
    await shipments.release(uow, stranded)
    await flights.renew_timetable(uow)
    uow.outbox.add(
        flight_events.flight_cancelled(cancelled, reason=reason),
        subject=flight_id,
        version=cancelled["version"],
        at=now,
        tenant_id=PARK_TENANT,
    )
