"""Departure reports: which shipments wait for one, and what a report changes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import text

from services.customs.domain.departures.flight import DepartedFlight
from services.customs.repository.params import instant, integer, rows, string, strings
from shared.db import Statement, UnitOfWork

UPSERT_FLIGHTS: Final = Statement(
    text(
        """
        INSERT INTO customs.flights (
            id, tenant_id, flight_number, mode, master_waybill, shipments, departed_at)
        SELECT id, 'park', flight_number, mode, master_waybill, shipments, departed_at
        FROM jsonb_to_recordset(:rows) AS r (
            id text, flight_number text, mode text, master_waybill text, shipments integer,
            departed_at timestamptz)
        ON CONFLICT (id) DO UPDATE SET
            shipments = excluded.shipments, departed_at = excluded.departed_at,
            master_waybill = excluded.master_waybill
        WHERE excluded.departed_at >= customs.flights.departed_at
        """
    ).bindparams(rows("rows"))
)


async def upsert_flights(uow: UnitOfWork, flights: Sequence[DepartedFlight]) -> None:
    latest = sorted({flight.id: flight for flight in flights}.values(), key=lambda f: f.id)
    rows = [asdict(flight) | {"departed_at": flight.departed_at.isoformat()} for flight in latest]
    await uow.execute(UPSERT_FLIGHTS, rows=rows)


LOCK_DEPARTURES: Final = Statement(
    text(
        "SELECT id, cop_no, phase FROM customs.departures WHERE cop_no = ANY(:cop_nos)"
        " ORDER BY id FOR UPDATE"
    ).bindparams(strings("cop_nos"))
)


SAVE_DEPARTURE_PHASES: Final = Statement(
    text(
        """
        UPDATE customs.departures AS d SET phase = r.phase
        FROM unnest(:ids, :phases) AS r (id, phase) WHERE d.id = r.id
        """
    ).bindparams(strings("ids"), strings("phases"))
)


async def lock_departures(uow: UnitOfWork, cop_nos: Sequence[str]) -> list[Record]:
    return await uow.fetch_all(LOCK_DEPARTURES, cop_nos=list(cop_nos))


async def save_departure_phases(
    uow: UnitOfWork, *, ids: Sequence[str], phases: Sequence[str]
) -> None:
    await uow.execute(SAVE_DEPARTURE_PHASES, ids=list(ids), phases=list(phases))


# Departures: a flight is reported once all its shipments are noted, or after a while without them.
TO_REPORT: Final = Statement(
    text(
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
        SELECT d.id, d.order_id, d.departed_at, d.departure, d.waybill ->> 'mode' AS mode
        FROM customs.declarations AS d
        WHERE d.departed_at IS NOT NULL AND d.departure_id IS NULL AND d.attempts > 0
          AND d.departure ->> 'flight_id' IN (SELECT flight_id FROM ready)
        ORDER BY d.order_id LIMIT :limit FOR UPDATE OF d SKIP LOCKED
        """
    ).bindparams(instant("noted_before"), integer("limit"))
)


INSERT_DEPARTURES: Final = Statement(
    text(
        """
        INSERT INTO customs.departures (
            id, tenant_id, cop_no, flight_id, shipments, message_guid, phase, created_at)
        SELECT id, 'park', cop_no, flight_id, shipments, :guid, 'queued', :now
        FROM jsonb_to_recordset(:rows) AS r (
            id text, cop_no text, flight_id text, shipments integer)
        """
    ).bindparams(string("guid"), instant("now"), rows("rows"))
)


MARK_REPORTED: Final = Statement(
    text(
        """
        UPDATE customs.declarations AS d SET departure_id = r.departure_id
        FROM unnest(:ids, :departure_ids) AS r (id, departure_id) WHERE d.id = r.id
        """
    ).bindparams(strings("ids"), strings("departure_ids"))
)


MARK_DEPARTURE_WRITTEN: Final = Statement(
    text(
        """
        WITH written AS (
            UPDATE customs.departures SET phase = 'transmitted'
            WHERE message_guid = ANY(:guids) AND phase = 'queued')
        UPDATE customs.declarations SET departure_reported_at = :now WHERE id = ANY(:ids)
        """
    ).bindparams(
        strings("guids"),
        instant("now"),
        strings("ids"),
    )
)


async def departures_to_report(
    uow: UnitOfWork, *, noted_before: datetime, limit: int
) -> list[Record]:
    return await uow.fetch_all(TO_REPORT, noted_before=noted_before, limit=limit)


async def insert_departures(
    uow: UnitOfWork, rows: Sequence[dict[str, Any]], *, guid: str, now: datetime
) -> None:
    await uow.execute(INSERT_DEPARTURES, rows=list(rows), guid=guid, now=now)


async def mark_reported(
    uow: UnitOfWork, *, ids: Sequence[str], departure_ids: Sequence[str]
) -> None:
    await uow.execute(MARK_REPORTED, ids=list(ids), departure_ids=list(departure_ids))


async def mark_departure_written(
    uow: UnitOfWork, *, guids: Sequence[str], ids: Sequence[str], now: datetime
) -> None:
    await uow.execute(MARK_DEPARTURE_WRITTEN, guids=list(guids), ids=list(ids), now=now)
