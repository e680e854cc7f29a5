"""Taking in status updates of airlines: facts are kept, effects follow once their time has come.

A flight carries three facts: departed, arrived, delivered. Whichever comes first, they take effect
in that order, so an early ARR waits for its DEP and a repeated one moves nobody twice. All units
of work here are the park's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.routing.domain.flights.flight import FlightStatus
from services.routing.domain.flights.master_waybill import checked_master_waybill
from services.routing.domain.reference.fsu import ARRIVED, DELIVERED, DEPARTED
from services.routing.domain.shipments.shipment import ShipmentStatus
from services.routing.domain.status_updates.status_update import (
    FlightCancelledAlready,
    ManifestOpen,
    ShipmentNotUnderway,
    StatusSubjectUnknown,
    StatusUpdate,
    check_airport,
    check_time,
    checked,
)
from services.routing.events import flights as flight_events
from services.routing.events import shipments as shipment_events
from services.routing.repository import flights, shipments, status_updates
from services.routing.use_cases.flights.manifests import close_manifest
from services.routing.use_cases.metrics import CONNECTIONS_MISSED
from shared.contracts.envelope import EventPayload
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import PARK_TENANT
from shared.kernel.instants import rfc3339

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Recorded:
    """`new` is False for an update that was sent before."""

    id: str
    new: bool


async def record_status_updates(
    uow: UnitOfWork, *, updates: Sequence[StatusUpdate], reported_by: str, now: datetime
) -> list[Recorded | AirlaneError]:
    """One outcome per update, in their order. A refused one leaves the others untouched: whatever
    can be refused is refused before anything is written for it.
    """
    await shipments.take_turn(uow)
    outcomes: list[Recorded | AirlaneError] = []
    for update in updates:
        try:
            outcomes.append(await _record(uow, update, reported_by=reported_by, now=now))
        except AirlaneError as refusal:
            outcomes.append(refusal)
    return outcomes


async def _record(
    uow: UnitOfWork, update: StatusUpdate, *, reported_by: str, now: datetime
) -> Recorded:
    checked(update, now=now)
    flight = await _flight_of(uow, update)
    if flight is not None:
        update = replace(update, flight_id=flight["id"], flight_number=flight["flight_number"])
        _check_flight(flight, update, now=now)
        if update.code == DEPARTED and _manifest_is_open(flight):
            # The job that closes manifests is a moment late; now it is done before the report
            # is taken in, because it can be refused.
            await close_manifest(uow, flight_id=flight["id"], now=now)
            flight = await flights.find_flight(uow, flight["id"])
            assert flight is not None
    else:
        update = await _check_waybill(uow, update)
    update_id, is_new = await status_updates.add_update(
        uow,
        code=update.code,
        airport=update.airport,
        occurred_at=update.occurred_at,
        flight_id=update.flight_id,
        house_waybill=update.house_waybill,
        master_waybill=update.master_waybill,
        reported_by=reported_by,
        now=now,
    )
    if is_new:
        await _take_effect(uow, update, flight, now=now)
    return Recorded(update_id, is_new)


async def _flight_of(uow: UnitOfWork, update: StatusUpdate) -> Row | None:
    flight_id, name = update.flight_id, update.flight_id
    if update.flight_number is not None and update.departs_on is not None:
        name = f"{update.flight_number} of {update.departs_on.isoformat()}"
        flight_id = await flights.find_flight_id(
            uow, flight_number=update.flight_number, departs_on=update.departs_on
        )
    if name is None:
        return None
    flight: Row | None = None
    if flight_id is not None:
        flight = await flights.find_flight(uow, flight_id)
    if flight is None:
        raise StatusSubjectUnknown(kind="flight", value=name)
    return flight


def _check_flight(flight: Row, update: StatusUpdate, *, now: datetime) -> None:
    number, cut_off_at = flight["flight_number"], flight["cut_off_at"]
    check_airport(update, flight=number, origin=flight["origin"], destination=flight["destination"])
    check_time(
        update,
        flight=number,
        departs_at=flight["departs_at"],
        departed_at=flight["departed_at"],
    )
    if flight["status"] == FlightStatus.CANCELLED:
        raise FlightCancelledAlready(flight=number)
    if update.code == DEPARTED and _manifest_is_open(flight) and now < cut_off_at:
        raise ManifestOpen(flight=number, cut_off_at=rfc3339(cut_off_at))


def _manifest_is_open(flight: Row) -> bool:
    return flight["status"] == FlightStatus.SCHEDULED and flight["cut_off_at"] is not None


async def _check_waybill(uow: UnitOfWork, update: StatusUpdate) -> StatusUpdate:
    """The update with its waybill in the one written form."""
    if update.house_waybill is not None:
        status = await status_updates.status_by_house_waybill(uow, update.house_waybill)
        if status is None:
            raise StatusSubjectUnknown(kind="house waybill", value=update.house_waybill)
        underway = (ShipmentStatus.DEPARTED, ShipmentStatus.ARRIVED, ShipmentStatus.DELIVERED)
        if update.code == DELIVERED and status not in underway:
            raise ShipmentNotUnderway(status=status)
        return update
    assert update.master_waybill is not None, "checked() saw a subject"
    master = checked_master_waybill(update.master_waybill)
    if not await status_updates.master_waybill_exists(uow, master):
        raise StatusSubjectUnknown(kind="master waybill", value=master)
    return replace(update, master_waybill=master)


async def _take_effect(
    uow: UnitOfWork, update: StatusUpdate, flight: Row | None, *, now: datetime
) -> None:
    at = update.occurred_at
    if flight is None:
        await _take_effect_by_waybill(uow, update, now=now)
    elif update.code == DEPARTED:
        await _depart(uow, flight, at=at, now=now)
        await _advance(uow, flight["id"], now=now)
    elif update.code == ARRIVED:
        await status_updates.set_arrived(uow, flight_id=flight["id"], at=at)
        await _advance(uow, flight["id"], now=now)
    elif update.code == DELIVERED:
        await status_updates.set_delivered(uow, flight_id=flight["id"], at=at)
        await _advance(uow, flight["id"], now=now)
    else:
        noted = await status_updates.note_by_flight(
            uow, flight_id=flight["id"], code=update.code, airport=update.airport, at=at
        )
        _announce_status(uow, noted, update, flight["flight_number"], now=now)


async def _take_effect_by_waybill(uow: UnitOfWork, update: StatusUpdate, *, now: datetime) -> None:
    house, master, at = update.house_waybill, update.master_waybill, update.occurred_at
    if update.code == DELIVERED:
        delivered = await status_updates.deliver_by_waybill(
            uow, house=house, master=master, airport=update.airport, at=at
        )
        _announce_delivery(uow, delivered, airport=update.airport, at=at, now=now)
    else:
        noted = await status_updates.note_by_waybill(
            uow, house=house, master=master, code=update.code, airport=update.airport, at=at
        )
        _announce_status(uow, noted, update, None, now=now)


async def _depart(uow: UnitOfWork, flight: Row, *, at: datetime, now: datetime) -> None:
    """The first report of a departure counts; the flight's event tells what is aboard."""
    version = await status_updates.set_departed(uow, flight_id=flight["id"], at=at)
    if version is None:
        return
    await flights.renew_timetable(uow)
    aboard = await _board(uow, flight, at=at, now=now)
    _announce(
        uow,
        {"id": flight["id"], "version": version, "tenant_id": PARK_TENANT},
        flight_events.flight_departed(
            flight,
            at=at,
            shipments=len(aboard),
            gross_weight_g=sum(row["gross_weight_g"] for row in aboard),
        ),
        now=now,
    )


async def _board(uow: UnitOfWork, flight: Row, *, at: datetime, now: datetime) -> Sequence[Row]:
    """Who is here for the flight leaves with it; who landed too late looks for another one."""
    aboard = await status_updates.board(
        uow, flight_id=flight["id"], airport=flight["origin"], at=at
    )
    for row in aboard:
        if row["leg_no"] == 0:
            payload: EventPayload = shipment_events.shipment_departed(row, flight=flight, at=at)
        else:
            payload = shipment_events.shipment_status(
                row,
                code=DEPARTED,
                airport=flight["origin"],
                flight_number=flight["flight_number"],
                at=at,
            )
        _announce(uow, row, payload, now=now)
    missed = await status_updates.miss(
        uow, flight_id=flight["id"], airport=flight["origin"], now=now
    )
    if missed:
        CONNECTIONS_MISSED.inc(len(missed))
        await shipments.release(uow, missed)
    return aboard


async def _advance(uow: UnitOfWork, flight_id: str, *, now: datetime) -> None:
    """Lets every fact of the flight take effect whose predecessor has."""
    flight = await flights.find_flight(uow, flight_id)
    assert flight is not None
    if flight["departed_at"] is None or flight["arrived_at"] is None:
        return
    await status_updates.set_landed(uow, flight_id=flight_id)
    await _land(uow, flight, now=now)
    if flight["delivered_at"] is not None:
        delivered = await status_updates.deliver_by_flight(
            uow,
            flight_id=flight_id,
            airport=flight["destination"],
            at=flight["delivered_at"],
        )
        _announce_delivery(
            uow, delivered, airport=flight["destination"], at=flight["delivered_at"], now=now
        )


async def _land(uow: UnitOfWork, flight: Row, *, now: datetime) -> None:
    at = flight["arrived_at"]
    landed = await status_updates.land(
        uow, flight_id=flight["id"], airport=flight["destination"], at=at
    )
    for row in landed:
        _announce(
            uow,
            row,
            shipment_events.shipment_status(
                row,
                code=ARRIVED,
                airport=flight["destination"],
                flight_number=flight["flight_number"],
                at=at,
            ),
            now=now,
        )
    if not landed:
        return
    # Their next flight may have reported its departure before this arrival came in.
    for flight_id in await status_updates.left_already(uow, [row["id"] for row in landed]):
        onward = await flights.find_flight(uow, flight_id)
        assert onward is not None
        await _board(uow, onward, at=onward["departed_at"], now=now)
        await _advance(uow, flight_id, now=now)


def _announce_status(
    uow: UnitOfWork,
    noted: Sequence[Row],
    update: StatusUpdate,
    flight_number: str | None,
    *,
    now: datetime,
) -> None:
    for row in noted:
        payload = shipment_events.shipment_status(
            row,
            code=update.code,
            airport=update.airport,
            flight_number=flight_number,
            at=update.occurred_at,
        )
        _announce(uow, row, payload, now=now)


def _announce_delivery(
    uow: UnitOfWork, delivered: Sequence[Row], *, airport: str, at: datetime, now: datetime
) -> None:
    for row in delivered:
        _announce(
            uow, row, shipment_events.shipment_delivered(row, airport=airport, at=at), now=now
        )


def _announce(uow: UnitOfWork, aggregate: Row, payload: EventPayload, *, now: datetime) -> None:
    uow.outbox.add(
        payload,
        subject=aggregate["id"],
        version=aggregate["version"],
        at=now,
        tenant_id=aggregate["tenant_id"],
    )
