"""Departure reports (CEB509): the shipments of flights that have left."""

from collections.abc import Sequence
from datetime import datetime

from services.customs.domain.departures.flight import DepartedFlight, latest_by_flight
from services.customs.domain.departures.report import (
    SHIPMENTS_MAX,
    WAIT,
    DepartedShipment,
    draw_up_reports,
)
from services.customs.domain.messages.kinds.movements import CEB509
from services.customs.domain.messages.message import compose
from services.customs.domain.messages.parties import Parties
from services.customs.repository import departures, messages
from shared.db import UnitOfWork


async def record_flights(uow: UnitOfWork, *, flights: Sequence[DepartedFlight]) -> None:
    """Flights that have left, in any order, repeated or not."""
    if flights:
        await departures.upsert_flights(uow, latest_by_flight(flights))


async def compose_departures(
    uow: UnitOfWork, *, parties: Parties, now: datetime, real_now: datetime
) -> int:
    """One CEB509 message for shipments that have left. Returns how many shipments it names."""
    shipments = await departures.lock_to_report(
        uow, noted_before=real_now - WAIT, rows_max=SHIPMENTS_MAX
    )
    return await _compose(uow, shipments, parties=parties, now=now)


async def list_departures(uow: UnitOfWork, *, real_now: datetime) -> list[tuple[str, ...]]:
    """The declarations of which the next message would report, by flight."""
    shipments = await departures.lock_to_report(
        uow, noted_before=real_now - WAIT, rows_max=SHIPMENTS_MAX
    )
    by_flight: dict[str, list[str]] = {}
    for one in shipments:
        by_flight.setdefault(one.flight_id, []).append(one.declaration_id)
    return [tuple(ids) for ids in by_flight.values()]


async def compose_departure(
    uow: UnitOfWork, *, declaration_ids: Sequence[str], parties: Parties, now: datetime
) -> int:
    """A message for these shipments, if they still wait: all of a flight, or fewer."""
    shipments = await departures.lock_some_to_report(uow, declaration_ids)
    return await _compose(uow, shipments, parties=parties, now=now)


async def _compose(
    uow: UnitOfWork, shipments: Sequence[DepartedShipment], *, parties: Parties, now: datetime
) -> int:
    if not shipments:
        return 0

    reports = draw_up_reports(shipments, parties=parties, now=now)
    declaration_ids = [one for report in reports for one in report.declaration_ids]
    documents = [document for report in reports for document in report.documents]
    message = compose(CEB509, documents, declaration_ids, parties=parties)

    await messages.insert_message(uow, message, now=now)
    await departures.insert_departures(uow, reports, guid=message.guid, now=now)
    return len(declaration_ids)
