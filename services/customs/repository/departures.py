"""Departures: the flights that have left, the parcels that wait for a report, and what a report
changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.facts import DepartureFact
from services.customs.domain.departures.flight import DepartedFlight
from services.customs.domain.departures.report import DepartedShipment
from services.customs.domain.documents.stored import NewDocument
from shared.db import INSTANT, INTEGER, JSON, TEXTS, UnitOfWork, sql
from shared.kernel.identity import PARK_TENANT


@dataclass(frozen=True, slots=True)
class DepartedParcel:
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

# A flight is reported once all its shipments are noted, or after a while without them. Only lists
# that were sent are reported.
_SELECT_DEPARTED: Final = """
    SELECT p.declaration_id, p.departed_at, p.departure ->> 'flight_id' AS flight_id,
           p.departure ->> 'flight_number' AS flight_number,
           p.departure ->> 'master_waybill' AS master_waybill,
           p.departure ->> 'house_waybill' AS house_waybill, d.waybill ->> 'mode' AS mode
    FROM customs.parcels AS p
    JOIN customs.declarations AS d ON d.id = p.declaration_id
    JOIN customs.documents AS l ON l.id = d.list_id AND l.attempts > 0
    WHERE p.departed_at IS NOT NULL AND p.departure_id IS NULL
"""

_TO_REPORT: Final = sql(
    f"""
    WITH pending AS (
        SELECT p.departure ->> 'flight_id' AS flight_id, count(*) AS noted,
               min(p.departure_noted_at) AS noted_at
        FROM customs.parcels AS p
        JOIN customs.declarations AS d ON d.id = p.declaration_id
        JOIN customs.documents AS l ON l.id = d.list_id AND l.attempts > 0
        WHERE p.departed_at IS NOT NULL AND p.departure_id IS NULL
        GROUP BY 1),
    ready AS (
        SELECT p.flight_id
        FROM pending AS p LEFT JOIN customs.flights AS f ON f.id = p.flight_id
        WHERE p.noted >= f.shipments OR p.noted_at <= :noted_before)
    {_SELECT_DEPARTED}
      AND p.departure ->> 'flight_id' IN (SELECT flight_id FROM ready)
    ORDER BY p.declaration_id LIMIT :rows_max FOR UPDATE OF p SKIP LOCKED
    """,  # noqa: S608 - constants
    DepartedShipment,
    noted_before=INSTANT,
    rows_max=INTEGER,
)

_TO_REPORT_BY_ID: Final = sql(
    f"""
    {_SELECT_DEPARTED} AND p.declaration_id = ANY(:ids)
    ORDER BY p.declaration_id FOR UPDATE OF p SKIP LOCKED
    """,
    DepartedShipment,
    ids=TEXTS,
)

_MARK_REPORTED: Final = sql(
    """
    UPDATE customs.parcels AS p SET departure_id = r.departure_id
    FROM unnest(:ids, :departure_ids) AS r (id, departure_id) WHERE p.declaration_id = r.id
    """,
    ids=TEXTS,
    departure_ids=TEXTS,
)

_NOTE_DEPARTURES: Final = sql(
    """
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
        departure_noted_at = coalesce(p.departure_noted_at, excluded.departure_noted_at)
    """,
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


async def lock_to_report(
    uow: UnitOfWork, *, noted_before: datetime, rows_max: int
) -> list[DepartedShipment]:
    """Shipments of complete flights, and of those that were first noted by `noted_before`."""
    return await uow.fetch_all(_TO_REPORT, noted_before=noted_before, rows_max=rows_max)


async def lock_some_to_report(uow: UnitOfWork, ids: Sequence[str]) -> list[DepartedShipment]:
    """Those of them that are not reported yet."""
    return await uow.fetch_all(_TO_REPORT_BY_ID, ids=ids)


async def mark_reported(uow: UnitOfWork, reports: Sequence[NewDocument]) -> None:
    """Their parcels are in these documents."""
    reported = [(one, report.id) for report in reports for one in report.covers]
    await uow.execute(
        _MARK_REPORTED,
        ids=[declaration_id for declaration_id, _ in reported],
        departure_ids=[document_id for _, document_id in reported],
    )


async def note_departures(
    uow: UnitOfWork, departures: Sequence[DepartedParcel], *, real_now: datetime
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
    await uow.execute(_NOTE_DEPARTURES, rows=rows, real_now=real_now)
