"""Cancelling a flight."""

from datetime import datetime

from services.routing.domain.flights.flight import FlightNotFound, is_to_cancel
from services.routing.events.flights import flight_cancelled
from services.routing.repository.flights import flights
from services.routing.repository.shipments import bookings
from services.routing.repository.turn import take_turn
from shared.db import UnitOfWork
from shared.kernel.identity import PARK_TENANT


async def cancel_flight(uow: UnitOfWork, *, flight_id: str, reason: str, now: datetime) -> None:
    """All shipments that counted on it lose their place; the job rebooks them right after.

    Cancelling twice changes nothing. Raises FlightNotFound, FlightNotCancellable.
    """
    await take_turn(uow)
    flight = await flights.find_flight(uow, flight_id)
    if flight is None:
        raise FlightNotFound(flight=flight_id)
    if not is_to_cancel(flight):
        return
    version = await flights.cancel_flight(uow, flight_id=flight_id, reason=reason, now=now)
    stranded = await flights.strand(uow, flight_id=flight_id, now=now)
    await bookings.release(uow, stranded)
    uow.outbox.add(
        flight_cancelled(flight, reason=reason),
        subject=flight_id,
        version=version,
        at=now,
        tenant_id=PARK_TENANT,
    )
