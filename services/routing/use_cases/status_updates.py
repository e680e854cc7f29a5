"""Taking in status updates of airlines: facts are kept, effects follow once their time has come.

What an update means is decided in `domain/status_updates/effects.py`. All units of work here are
the park's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.routing.domain.flights.flight import Flight
from services.routing.domain.flights.master_waybill import checked_master_waybill
from services.routing.domain.network.fsu import ARRIVED, DELIVERED, DEPARTED
from services.routing.domain.shipments.shipment import MovedShipment
from services.routing.domain.status_updates import effects
from services.routing.domain.status_updates.effects import FLIGHT_FACTS, Consigned, Effect
from services.routing.domain.status_updates.status_update import (
    StatusSubjectUnknown,
    StatusUpdate,
    check_flight,
    check_house_delivery,
    checked,
    flight_meant,
)
from services.routing.events.flights import flight_departed
from services.routing.events.shipments import (
    shipment_delivered,
    shipment_departed,
    shipment_status,
)
from services.routing.repository import status_updates
from services.routing.repository.flights import flights
from services.routing.repository.shipments import bookings
from services.routing.repository.turn import take_turn
from services.routing.use_cases.flights.manifests import close_due_manifest
from services.routing.use_cases.metrics import CONNECTIONS_MISSED, count
from shared.contracts.envelope import EventPayload
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import PARK_TENANT


@dataclass(frozen=True, slots=True)
class Recorded:
    """`is_new` is False for an update that was sent before."""

    id: str
    is_new: bool


async def record_status_updates(
    uow: UnitOfWork, *, updates: Sequence[StatusUpdate], reported_by: str, now: datetime
) -> list[Recorded | AirlaneError]:
    """One outcome per update, in their order. A refused one leaves the others untouched: whatever
    can be refused is refused before anything is written for it.
    """
    await take_turn(uow)
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
    if update.flight_name is not None:
        return await _record_of_flight(uow, update, reported_by=reported_by, now=now)
    return await _record_of_waybill(uow, update, reported_by=reported_by, now=now)


async def _record_of_flight(
    uow: UnitOfWork, update: StatusUpdate, *, reported_by: str, now: datetime
) -> Recorded:
    flight = await _find_flight(uow, update)
    update = replace(update, flight_id=flight.id, flight_number=flight.number)
    check_flight(update, flight, now=now)
    if update.code == DEPARTED and flight.has_open_manifest:
        # The job that closes manifests is a moment late. It is done before the report is taken in,
        # because it can be refused.
        await close_due_manifest(uow, flight, now=now)
        flight = await _find_flight(uow, update)
    update_id, is_new = await status_updates.add_update(
        uow, update, reported_by=reported_by, now=now
    )
    if is_new and update.code in FLIGHT_FACTS:
        await _take_effect(uow, flight, update, now=now)
    elif is_new:
        concerned = effects.concerned(await status_updates.list_travellers(uow, flight.id))
        await _note(uow, update, concerned, flight.number, now=now)
    return Recorded(update_id, is_new)


async def _find_flight(uow: UnitOfWork, update: StatusUpdate) -> Flight:
    flight: Flight | None = None
    if update.flight_id is not None:
        flight = await flights.find_flight(uow, update.flight_id)
    elif update.flight_number is not None and update.departs_on is not None:
        legs = await flights.list_flights_of_day(
            uow, flight_number=update.flight_number, departs_on=update.departs_on
        )
        flight = flight_meant(update, legs)
    if flight is None:
        raise StatusSubjectUnknown(kind="flight", value=update.flight_name)
    return flight


async def _record_of_waybill(
    uow: UnitOfWork, update: StatusUpdate, *, reported_by: str, now: datetime
) -> Recorded:
    if update.master_waybill is not None:
        # In its one written form.
        update = replace(update, master_waybill=checked_master_waybill(update.master_waybill))
    consigned = await _find_consigned(uow, update)
    update_id, is_new = await status_updates.add_update(
        uow, update, reported_by=reported_by, now=now
    )
    if is_new and update.code == DELIVERED:
        by_house = update.house_waybill is not None
        await _deliver(
            uow,
            effects.deliverable(consigned, by_house=by_house),
            flight_id=None,
            airport=update.airport,
            at=update.occurred_at,
            now=now,
        )
        delivered = effects.delivered_before(consigned) if by_house else ()
        await _correct(uow, update, delivered, flight=None, replaces=None, now=now)
    elif is_new:
        await _note(uow, update, [shipment.id for shipment in consigned], None, now=now)
    return Recorded(update_id, is_new)


async def _find_consigned(uow: UnitOfWork, update: StatusUpdate) -> list[Consigned]:
    if update.house_waybill is not None:
        shipment = await status_updates.find_by_house_waybill(uow, update.house_waybill)
        if shipment is None:
            raise StatusSubjectUnknown(kind="house waybill", value=update.house_waybill)
        if update.code == DELIVERED:
            check_house_delivery(update, shipment)
        return [shipment]
    assert update.master_waybill is not None, "checked() saw a subject"
    consigned = await status_updates.find_by_master_waybill(uow, update.master_waybill)
    if consigned is None:
        raise StatusSubjectUnknown(kind="master waybill", value=update.master_waybill)
    return consigned


async def _take_effect(
    uow: UnitOfWork, flight: Flight, update: StatusUpdate, *, now: datetime
) -> None:
    """Saves the fact, and applies every fact of the flight that is due now."""
    report = effects.reported(flight, update.code, at=update.occurred_at)
    if report.flight == flight:
        return
    await flights.set_reported(uow, report.flight, known=flight)
    if report.replaces is not None:
        moved = effects.moved_by(update.code, await status_updates.list_travellers(uow, flight.id))
        noted = await _correct(
            uow, update, moved, flight=report.flight, replaces=report.replaces, now=now
        )
        if update.code == DEPARTED:
            _announce_departure(uow, report.flight, noted, now=now)
    due = report.effects
    if Effect.BOARD in due:
        await _depart(uow, report.flight, now=now)
        due = due[1:]
    await _apply(uow, report.flight, due, now=now)


async def _depart(uow: UnitOfWork, flight: Flight, *, now: datetime) -> None:
    """The flight's event says what is aboard."""
    _announce_departure(uow, flight, await _board(uow, flight, now=now), now=now)


def _announce_departure(
    uow: UnitOfWork, flight: Flight, aboard: Sequence[MovedShipment], *, now: datetime
) -> None:
    assert flight.departed_at is not None
    payload = flight_departed(
        flight,
        at=flight.departed_at,
        shipments=len(aboard),
        gross_weight_g=sum(shipment.gross_weight_g for shipment in aboard),
    )
    uow.outbox.add(
        payload, subject=flight.id, version=flight.version, at=now, tenant_id=PARK_TENANT
    )


async def _apply(uow: UnitOfWork, flight: Flight, due: Sequence[Effect], *, now: datetime) -> None:
    for effect in due:
        if effect is Effect.BOARD:
            await _board(uow, flight, now=now)
        elif effect is Effect.LAND:
            await _land(uow, flight, now=now)
        else:
            await _deliver_flight(uow, flight, now=now)


async def _board(uow: UnitOfWork, flight: Flight, *, now: datetime) -> list[MovedShipment]:
    """Shipments at its origin leave with the flight; those that landed too late need another."""
    at = flight.departed_at
    assert at is not None
    boarding = effects.board(flight, await status_updates.list_travellers(uow, flight.id))
    aboard = await status_updates.board(
        uow,
        [*boarding.first, *boarding.onward],
        flight_id=flight.id,
        code=DEPARTED,
        airport=flight.origin,
        at=at,
    )
    first = frozenset(boarding.first)
    for shipment in aboard:
        if shipment.id in first:
            _announce(uow, shipment, shipment_departed(shipment, flight=flight, at=at), now=now)
        else:
            _announce_status(
                uow, shipment, flight, code=DEPARTED, airport=flight.origin, at=at, now=now
            )
    if boarding.missed:
        count(uow, CONNECTIONS_MISSED, len(boarding.missed))
        await status_updates.seek_flight(
            uow, boarding.missed, flight_id=flight.id, airport=flight.origin, now=now
        )
        await bookings.release(uow, boarding.missed)
    return aboard


async def _land(uow: UnitOfWork, flight: Flight, *, now: datetime) -> None:
    at, airport = flight.arrived_at, flight.destination
    assert at is not None
    landing = effects.land(await status_updates.list_travellers(uow, flight.id))
    landed = await status_updates.land(
        uow, landing, flight_id=flight.id, code=ARRIVED, airport=airport, at=at
    )
    for shipment in landed:
        _announce_status(uow, shipment, flight, code=ARRIVED, airport=airport, at=at, now=now)
    # Their next flight may have reported its departure before this arrival came in.
    for flight_id in landing.left_already:
        onward = await flights.find_flight(uow, flight_id)
        assert onward is not None
        await _apply(uow, onward, effects.effects_so_far(onward), now=now)


async def _deliver_flight(uow: UnitOfWork, flight: Flight, *, now: datetime) -> None:
    assert flight.delivered_at is not None
    await _deliver(
        uow,
        effects.deliver(await status_updates.list_travellers(uow, flight.id)),
        flight_id=flight.id,
        airport=flight.destination,
        at=flight.delivered_at,
        now=now,
    )


async def _deliver(
    uow: UnitOfWork,
    shipment_ids: Sequence[str],
    *,
    flight_id: str | None,
    airport: str,
    at: datetime,
    now: datetime,
) -> None:
    """What they hold on flights that they never took is given back first: by where they are."""
    await bookings.release(uow, shipment_ids)
    for shipment in await status_updates.deliver(
        uow, shipment_ids, flight_id=flight_id, code=DELIVERED, airport=airport, at=at
    ):
        _announce(uow, shipment, shipment_delivered(shipment, airport=airport, at=at), now=now)


async def _correct(
    uow: UnitOfWork,
    update: StatusUpdate,
    shipment_ids: Sequence[str],
    *,
    flight: Flight | None,
    replaces: datetime | None,
    now: datetime,
) -> list[MovedShipment]:
    """The real instant of what has moved them already: known from now on, and told by the event
    that told the wrong one.
    """
    at = update.occurred_at
    await status_updates.correct(uow, shipment_ids, code=update.code, replaces=replaces, at=at)
    noted = await status_updates.note(uow, shipment_ids, update)
    for shipment in noted:
        payload: EventPayload
        if update.code == DELIVERED:
            payload = shipment_delivered(shipment, airport=update.airport, at=at)
        elif update.code == DEPARTED and flight is not None and flight.cut_off_at is not None:
            payload = shipment_departed(shipment, flight=flight, at=at)
        else:
            payload = _status(shipment, update, flight.number if flight else None)
        _announce(uow, shipment, payload, now=now)
    return noted


async def _note(
    uow: UnitOfWork,
    update: StatusUpdate,
    shipment_ids: Sequence[str],
    flight_number: str | None,
    *,
    now: datetime,
) -> None:
    for shipment in await status_updates.note(uow, shipment_ids, update):
        _announce(uow, shipment, _status(shipment, update, flight_number), now=now)


def _status(
    shipment: MovedShipment, update: StatusUpdate, flight_number: str | None
) -> EventPayload:
    return shipment_status(
        shipment,
        code=update.code,
        airport=update.airport,
        flight_number=flight_number,
        at=update.occurred_at,
    )


def _announce_status(
    uow: UnitOfWork,
    shipment: MovedShipment,
    flight: Flight,
    *,
    code: str,
    airport: str,
    at: datetime,
    now: datetime,
) -> None:
    payload = shipment_status(
        shipment, code=code, airport=airport, flight_number=flight.number, at=at
    )
    _announce(uow, shipment, payload, now=now)


def _announce(
    uow: UnitOfWork, shipment: MovedShipment, payload: EventPayload, *, now: datetime
) -> None:
    uow.outbox.add(
        payload,
        subject=shipment.id,
        version=shipment.version,
        at=now,
        tenant_id=shipment.merchant_id,
    )
