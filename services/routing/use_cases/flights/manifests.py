"""Closing manifests at the cut-off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.routing.domain.flights.flight import (
    FlightStatus,
)
from services.routing.domain.flights.master_waybill import WaybillStockExhausted, master_waybill
from services.routing.domain.reference.fsu import MANIFESTED, OFFLOADED
from services.routing.events import shipments as shipment_events
from services.routing.repository import flights, shipments
from services.routing.use_cases.metrics import LEFT_BEHIND
from shared.db import Reader, UnitOfWork


async def flights_to_close(reader: Reader, *, now: datetime, limit: int = 50) -> Sequence[str]:
    """Flights whose cut-off is reached and whose manifest is still open, the oldest first."""
    return await flights.due_for_closing(reader, now=now, limit=limit)


async def close_manifest(uow: UnitOfWork, *, flight_id: str, now: datetime) -> None:
    """Ready shipments go on the flight's master waybill; the others lose their place on all legs.

    They get another flight once they are ready. Closing twice changes nothing. The unit of work is
    the park's. Raises WaybillStockExhausted; then the flight stays open.
    """
    await shipments.take_turn(uow)
    flight = await flights.find_flight(uow, flight_id)
    if flight is None or not _closes_now(flight, now=now):
        return
    # Before anything else is written: the one thing that can be refused.
    issued = await flights.issue_serial(uow, flight_id=flight_id, carrier=flight["carrier"])
    if issued["wanted"] and issued["serial"] is None:
        raise WaybillStockExhausted(prefix=issued["own_prefix"])
    await flights.close(uow, flight_id=flight_id, now=now)
    if issued["wanted"]:
        on_manifest = await flights.put_on_manifest(
            uow,
            flight_id=flight_id,
            airport=flight["origin"],
            master_waybill=master_waybill(issued["awb_prefix"], issued["serial"]),
            now=now,
        )
        _announce(uow, on_manifest, flight, code=MANIFESTED, now=now)
    left = await flights.leave_behind(uow, flight_id=flight_id, airport=flight["origin"], now=now)
    if left:
        await shipments.release(uow, [row["id"] for row in left])
        LEFT_BEHIND.inc(len(left))
        _announce(uow, left, flight, code=OFFLOADED, now=now)
    # It is no longer offered to the search.
    await flights.renew_timetable(uow)


def _closes_now(flight: Mapping[str, Any], *, now: datetime) -> bool:
    cut_off_at: datetime | None = flight["cut_off_at"]
    return (
        flight["status"] == FlightStatus.SCHEDULED and cut_off_at is not None and cut_off_at <= now
    )


def _announce(
    uow: UnitOfWork,
    moved: Sequence[Mapping[str, Any]],
    flight: Mapping[str, Any],
    *,
    code: str,
    now: datetime,
) -> None:
    for row in moved:
        uow.outbox.add(
            shipment_events.shipment_status(
                row,
                code=code,
                airport=flight["origin"],
                flight_number=flight["flight_number"],
                at=now,
            ),
            subject=row["id"],
            version=row["version"],
            at=now,
            tenant_id=row["tenant_id"],
        )
