"""Closing manifests at the cut-off."""

from collections.abc import Sequence
from datetime import datetime

from services.routing.domain.flights.flight import Flight
from services.routing.domain.flights.manifest import Manifest, is_due, manifest_of
from services.routing.domain.network.fsu import MANIFESTED, OFFLOADED
from services.routing.domain.shipments.shipment import MovedShipment
from services.routing.events.shipments import shipment_status
from services.routing.repository.flights import flights, manifests
from services.routing.repository.shipments import bookings
from services.routing.repository.turn import take_turn
from services.routing.use_cases.metrics import LEFT_BEHIND, count
from shared.db import Reader, UnitOfWork


async def list_flights_to_close(
    reader: Reader, *, now: datetime, flights_max: int = 50
) -> Sequence[str]:
    """Flights whose cut-off is reached and whose manifest is still open, the oldest first."""
    return await manifests.list_due_for_closing(reader, now=now, rows_max=flights_max)


async def close_manifest(uow: UnitOfWork, *, flight_id: str, now: datetime) -> None:
    """Ready shipments go on the flight's master waybill; the others lose their place on all legs.

    They get another flight once they are ready. Closing twice changes nothing. The unit of work is
    the park's. Raises WaybillStockExhausted; then the flight stays open.
    """
    await take_turn(uow)
    flight = await flights.find_flight(uow, flight_id)
    if flight is not None and is_due(flight, now=now):
        await close_due_manifest(uow, flight, now=now)


async def close_due_manifest(uow: UnitOfWork, flight: Flight, *, now: datetime) -> None:
    """The caller has taken the turn and seen that it is due. Raises WaybillStockExhausted."""
    manifest = manifest_of(await manifests.list_candidates(uow, flight.id))
    waybill = None
    if manifest.on_board:
        # Before anything else is written: the one thing that can be refused.
        waybill = (await manifests.take_serial(uow, carrier=flight.carrier)).waybill
    await manifests.close(
        uow, flight_id=flight.id, manifest=manifest, master_waybill=waybill, now=now
    )
    if waybill is not None:
        await _put_on_manifest(uow, flight, manifest, waybill, now=now)
    if manifest.left_behind:
        await _leave_behind(uow, flight, manifest, now=now)


async def _put_on_manifest(
    uow: UnitOfWork, flight: Flight, manifest: Manifest, waybill: str, *, now: datetime
) -> None:
    moved = await manifests.put_on_manifest(
        uow,
        manifest.on_board,
        flight=flight,
        master_waybill=waybill,
        code=MANIFESTED,
        now=now,
    )
    _announce(uow, moved, flight, code=MANIFESTED, now=now)


async def _leave_behind(
    uow: UnitOfWork, flight: Flight, manifest: Manifest, *, now: datetime
) -> None:
    left = await manifests.leave_behind(
        uow, manifest.left_behind, flight=flight, code=OFFLOADED, now=now
    )
    await bookings.release(uow, manifest.left_behind)
    count(uow, LEFT_BEHIND, len(left))
    _announce(uow, left, flight, code=OFFLOADED, now=now)


def _announce(
    uow: UnitOfWork, moved: Sequence[MovedShipment], flight: Flight, *, code: str, now: datetime
) -> None:
    for shipment in moved:
        uow.outbox.add(
            shipment_status(
                shipment, code=code, airport=flight.origin, flight_number=flight.number, at=now
            ),
            subject=shipment.id,
            version=shipment.version,
            at=now,
            tenant_id=shipment.merchant_id,
        )
