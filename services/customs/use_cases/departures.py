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
from services.customs.domain.messages.parties import Parties
from services.customs.repository import departures
from services.customs.repository.documents import stored as documents
from shared.db import UnitOfWork


async def record_flights(uow: UnitOfWork, *, flights: Sequence[DepartedFlight]) -> None:
    """Flights that have left, in any order, repeated or not."""
    if flights:
        await departures.upsert_flights(uow, latest_by_flight(flights))


async def report_departures(
    uow: UnitOfWork, *, parties: Parties, now: datetime, real_now: datetime
) -> int:
    """Draws up a document for each flight that has left. Returns how many shipments they name."""
    shipments = await departures.lock_to_report(
        uow, noted_before=real_now - WAIT, rows_max=SHIPMENTS_MAX
    )
    return await _report(uow, shipments, parties=parties, now=now, real_now=real_now)


async def list_departures(uow: UnitOfWork, *, real_now: datetime) -> list[tuple[str, ...]]:
    """The declarations that `report_departures` would take, by flight."""
    shipments = await departures.lock_to_report(
        uow, noted_before=real_now - WAIT, rows_max=SHIPMENTS_MAX
    )
    by_flight: dict[str, list[str]] = {}
    for one in shipments:
        by_flight.setdefault(one.flight_id, []).append(one.declaration_id)
    return [tuple(ids) for ids in by_flight.values()]


async def report_some(
    uow: UnitOfWork,
    *,
    declaration_ids: Sequence[str],
    parties: Parties,
    now: datetime,
    real_now: datetime,
) -> int:
    """A document for these shipments, if they still wait: all of a flight, or fewer."""
    shipments = await departures.lock_some_to_report(uow, declaration_ids)
    return await _report(uow, shipments, parties=parties, now=now, real_now=real_now)


async def _report(
    uow: UnitOfWork,
    shipments: Sequence[DepartedShipment],
    *,
    parties: Parties,
    now: datetime,
    real_now: datetime,
) -> int:
    if not shipments:
        return 0
    reports = draw_up_reports(shipments, parties=parties, real_now=real_now)
    await documents.insert_documents(uow, reports, now=now)
    await departures.mark_reported(uow, reports)
    return len(shipments)
