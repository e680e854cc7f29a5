"""Departure reports: the flights that have left, the shipments that wait for a report, and what a
report changes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.phase import Phase
from services.customs.domain.departures.flight import DepartedFlight
from services.customs.domain.departures.report import DepartedShipment, Departure
from services.customs.domain.receipts.folding import AnsweredDeparture
from shared.db import INSTANT, INTEGER, JSON, TEXT, TEXTS, UnitOfWork, sql
from shared.kernel.identity import PARK_TENANT


def _answered(departure_id: str, cop_no: str, phase: str) -> AnsweredDeparture:
    return AnsweredDeparture(departure_id, cop_no, Phase(phase))


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

# A flight is reported once all its shipments are noted, or after a while without them.
_TO_REPORT: Final = sql(
    """
    WITH pending AS (
        SELECT departure ->> 'flight_id' AS flight_id, count(*) AS noted,
               min(departure_noted_at) AS noted_at
        FROM customs.declarations
        WHERE departed_at IS NOT NULL AND departure_id IS NULL AND attempts > 0
        GROUP BY 1),
    ready AS (
        SELECT p.flight_id
        FROM pending AS p LEFT JOIN customs.flights AS f ON f.id = p.flight_id
        WHERE p.noted >= f.shipments OR p.noted_at <= :noted_before)
    SELECT d.id AS declaration_id, d.departed_at, d.departure ->> 'flight_id' AS flight_id,
           d.departure ->> 'flight_number' AS flight_number,
           d.departure ->> 'master_waybill' AS master_waybill,
           d.departure ->> 'house_waybill' AS house_waybill, d.waybill ->> 'mode' AS mode
    FROM customs.declarations AS d
    WHERE d.departed_at IS NOT NULL AND d.departure_id IS NULL AND d.attempts > 0
      AND d.departure ->> 'flight_id' IN (SELECT flight_id FROM ready)
    ORDER BY d.order_id LIMIT :rows_max FOR UPDATE OF d SKIP LOCKED
    """,
    DepartedShipment,
    noted_before=INSTANT,
    rows_max=INTEGER,
)

_TO_REPORT_BY_ID: Final = sql(
    """
    SELECT id AS declaration_id, departed_at, departure ->> 'flight_id' AS flight_id,
           departure ->> 'flight_number' AS flight_number,
           departure ->> 'master_waybill' AS master_waybill,
           departure ->> 'house_waybill' AS house_waybill, waybill ->> 'mode' AS mode
    FROM customs.declarations
    WHERE id = ANY(:ids) AND departed_at IS NOT NULL AND departure_id IS NULL AND attempts > 0
    ORDER BY order_id FOR UPDATE SKIP LOCKED
    """,
    DepartedShipment,
    ids=TEXTS,
)

_INSERT_DEPARTURES: Final = sql(
    f"""
    INSERT INTO customs.departures (
        id, tenant_id, cop_no, flight_id, shipments, message_guid, phase, created_at)
    SELECT id, '{PARK_TENANT}', cop_no, flight_id, shipments, :guid, 'queued', :now
    FROM jsonb_to_recordset(:rows) AS r (
        id text, cop_no text, flight_id text, shipments integer)
    """,  # noqa: S608 - constants
    guid=TEXT,
    now=INSTANT,
    rows=JSON,
)

_MARK_REPORTED: Final = sql(
    """
    UPDATE customs.declarations AS d SET departure_id = r.departure_id
    FROM unnest(:ids, :departure_ids) AS r (id, departure_id) WHERE d.id = r.id
    """,
    ids=TEXTS,
    departure_ids=TEXTS,
)

_MARK_WRITTEN: Final = sql(
    """
    WITH written AS (
        UPDATE customs.departures SET phase = 'transmitted'
        WHERE message_guid = ANY(:guids) AND phase = 'queued')
    UPDATE customs.declarations SET departure_reported_at = :now WHERE id = ANY(:ids)
    """,
    guids=TEXTS,
    now=INSTANT,
    ids=TEXTS,
)

_LOCK_BY_COP_NO: Final = sql(
    """
    SELECT id AS departure_id, cop_no, phase FROM customs.departures WHERE cop_no = ANY(:cop_nos)
    ORDER BY id FOR UPDATE
    """,
    _answered,
    cop_nos=TEXTS,
)

_SAVE_PHASES: Final = sql(
    """
    UPDATE customs.departures AS d SET phase = r.phase
    FROM unnest(:ids, :phases) AS r (id, phase) WHERE d.id = r.id
    """,
    ids=TEXTS,
    phases=TEXTS,
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


async def insert_departures(
    uow: UnitOfWork, departures: Sequence[Departure], *, guid: str, now: datetime
) -> None:
    """They are in the message `guid`, and their shipments count as reported."""
    rows = [
        {
            "id": departure.id,
            "cop_no": departure.cop_no,
            "flight_id": departure.flight_id,
            "shipments": len(departure.declaration_ids),
        }
        for departure in departures
    ]
    await uow.execute(_INSERT_DEPARTURES, rows=rows, guid=guid, now=now)
    reported = [
        (one, departure.id) for departure in departures for one in departure.declaration_ids
    ]
    await uow.execute(
        _MARK_REPORTED,
        ids=[declaration_id for declaration_id, _ in reported],
        departure_ids=[departure_id for _, departure_id in reported],
    )


async def mark_written(
    uow: UnitOfWork, *, guids: Sequence[str], declaration_ids: Sequence[str], now: datetime
) -> None:
    """The reports are in the folder."""
    await uow.execute(_MARK_WRITTEN, guids=guids, ids=declaration_ids, now=now)


async def lock_by_cop_no(uow: UnitOfWork, cop_nos: Sequence[str]) -> list[AnsweredDeparture]:
    return await uow.fetch_all(_LOCK_BY_COP_NO, cop_nos=cop_nos)


async def save_phases(uow: UnitOfWork, departures: Sequence[AnsweredDeparture]) -> None:
    await uow.execute(
        _SAVE_PHASES,
        ids=[departure.id for departure in departures],
        phases=[departure.phase.value for departure in departures],
    )
