"""Departures: the flights that have left, and the parcels that wait for a report."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.facts import DepartureFact
from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.movements.departure import DepartedParcel
from services.customs.domain.movements.flight import DepartedFlight
from services.customs.domain.movements.waiting import MovementTerms
from services.customs.repository.movements.ready import lock_ready
from services.customs.repository.movements.void import is_void, phase_of
from shared.db import INSTANT, INTEGER, JSON, TEXTS, UnitOfWork, sql
from shared.kernel.identity import PARK_TENANT


@dataclass(frozen=True, slots=True)
class NotedDeparture:
    declaration_id: str
    tenant_id: str
    departure: DepartureFact


_UPSERT_FLIGHTS: Final = sql(
    f"""
    INSERT INTO customs.flights (
        id, tenant_id, flight_number, mode, master_waybill, shipments, departed_at)
    SELECT id, '{PARK_TENANT}', flight_number, mode, master_waybill, shipments, departed_at
    FROM jsonb_to_recordset(:rows) AS r (
        id text, flight_number text, mode text, master_waybill text, shipments integer,
        departed_at timestamptz)
    ON CONFLICT (id) DO UPDATE SET
        shipments = excluded.shipments, departed_at = excluded.departed_at,
        master_waybill = excluded.master_waybill
    WHERE excluded.departed_at >= customs.flights.departed_at
    """,  # noqa: S608 - constants
    rows=JSON,
)

_FROM: Final = f"""
    FROM customs.parcels AS p
    JOIN customs.declarations AS d ON d.id = p.declaration_id
    JOIN customs.documents AS b ON b.id = p.bill_id
    WHERE p.departed_at IS NOT NULL AND p.departure_id IS NULL
      AND d.status = ANY(:statuses) AND {phase_of("b", "p.declaration_id")} = ANY(:bill_phases)
"""

_SELECT: Final = f"""
    SELECT p.declaration_id, p.departed_at, p.departure ->> 'flight_id' AS flight_id,
           p.departure ->> 'flight_number' AS flight_number,
           p.departure ->> 'master_waybill' AS master_waybill,
           p.departure ->> 'house_waybill' AS house_waybill, d.waybill ->> 'mode' AS mode
    {_FROM}
"""

_LOCK_DUE: Final = sql(
    lock_ready(_SELECT, _FROM),
    DepartedParcel,
    statuses=TEXTS,
    bill_phases=TEXTS,
    noted_before=INSTANT,
    rows_max=INTEGER,
)

_LOCK_SOME: Final = sql(
    f"""
    {_SELECT} AND p.declaration_id = ANY(:ids)
    ORDER BY p.declaration_id FOR UPDATE OF p SKIP LOCKED
    """,
    DepartedParcel,
    statuses=TEXTS,
    bill_phases=TEXTS,
    ids=TEXTS,
)

_MARK: Final = sql(
    """
    UPDATE customs.parcels AS p
    SET departure_id = r.document_id, report_ids = p.report_ids || r.document_id
    FROM unnest(:ids, :document_ids) AS r (id, document_id) WHERE p.declaration_id = r.id
    """,
    ids=TEXTS,
    document_ids=TEXTS,
)


def _is_corrected(column: str) -> str:
    void = is_void("v", "p.declaration_id")
    return f"""
        excluded.departed_at > p.departed_at AND EXISTS (
            SELECT FROM customs.documents AS v WHERE v.id = p.{column} AND {void})
    """


# Another departure is reported anew, if what was reported of the one before came to nothing.
_NOTE: Final = sql(
    f"""
    INSERT INTO customs.parcels AS p (
        declaration_id, tenant_id, state, departed_at, departure, departure_noted_at)
    SELECT declaration_id, tenant_id, 'elsewhere', departed_at, departure, :real_now
    FROM jsonb_to_recordset(:rows) AS r (
        declaration_id text, tenant_id text, departed_at timestamptz, departure jsonb)
    ORDER BY declaration_id
    ON CONFLICT (declaration_id) DO UPDATE SET
        departed_at = greatest(p.departed_at, excluded.departed_at),
        departure = CASE WHEN p.departed_at IS NULL OR excluded.departed_at > p.departed_at
            THEN excluded.departure ELSE p.departure END,
        departure_noted_at = coalesce(p.departure_noted_at, excluded.departure_noted_at),
        departure_id = CASE WHEN {_is_corrected("departure_id")} THEN NULL
            ELSE p.departure_id END,
        departure_reported_at = CASE WHEN {_is_corrected("departure_id")} THEN NULL
            ELSE p.departure_reported_at END,
        bill_id = CASE WHEN {_is_corrected("bill_id")} THEN NULL ELSE p.bill_id END
    """,  # noqa: S608 - constants
    rows=JSON,
    real_now=INSTANT,
)


async def upsert_flights(uow: UnitOfWork, flights: Sequence[DepartedFlight]) -> None:
    """An older report than the one that is stored changes nothing."""
    rows = [
        {
            "id": flight.id,
            "flight_number": flight.flight_number,
            "mode": flight.mode,
            "master_waybill": flight.master_waybill,
            "shipments": flight.shipments,
            "departed_at": flight.departed_at.isoformat(),
        }
        for flight in flights
    ]
    await uow.execute(_UPSERT_FLIGHTS, rows=rows)


async def note_departures(
    uow: UnitOfWork, departures: Sequence[NotedDeparture], *, real_now: datetime
) -> None:
    """The last departure of a parcel counts. The declarations are locked."""
    rows = [
        {
            "declaration_id": one.declaration_id,
            "tenant_id": one.tenant_id,
            "departed_at": one.departure.departed_at.isoformat(),
            "departure": {
                "flight_id": one.departure.flight_id,
                "flight_number": one.departure.flight_number,
                "master_waybill": one.departure.master_waybill,
                "house_waybill": one.departure.house_waybill,
            },
        }
        for one in departures
    ]
    await uow.execute(_NOTE, rows=rows, real_now=real_now)


async def lock_due(
    uow: UnitOfWork, terms: MovementTerms, *, noted_before: datetime, rows_max: int
) -> list[DepartedParcel]:
    """Of flights that are complete, and of those that were first noted by `noted_before`: parcels
    that customs has let go, and whose bill is far enough.
    """
    return await uow.fetch_all(
        _LOCK_DUE,
        statuses=sorted(terms.departing),
        bill_phases=sorted(terms.bills_before_departure),
        noted_before=noted_before,
        rows_max=rows_max,
    )


async def lock_some(
    uow: UnitOfWork, terms: MovementTerms, ids: Collection[str]
) -> list[DepartedParcel]:
    """Those of them that are not reported yet and may be."""
    return await uow.fetch_all(
        _LOCK_SOME,
        statuses=sorted(terms.departing),
        bill_phases=sorted(terms.bills_before_departure),
        ids=list(ids),
    )


async def mark(uow: UnitOfWork, documents: Sequence[NewDocument]) -> None:
    """Their parcels are in these documents. They are locked."""
    named = [(one, document.id) for document in documents for one in document.covers]
    await uow.execute(
        _MARK,
        ids=[declaration_id for declaration_id, _ in named],
        document_ids=[document_id for _, document_id in named],
    )
