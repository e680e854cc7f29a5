"""Writes that close a manifest: its master waybill, the shipments on it and those left behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.routing.domain.flights.flight import Flight
from services.routing.domain.flights.manifest import Candidate, Manifest
from services.routing.domain.flights.master_waybill import IssuedSerial
from services.routing.domain.shipments.shipment import MovedShipment
from shared.db import (
    BIGINT,
    INSTANT,
    INTEGER,
    TEXT,
    TEXTS,
    Reader,
    UnitOfWork,
    sql,
)

_CHANGED: Final = "a shipment changed after it was read"

_DUE_FOR_CLOSING: Final = sql(
    """
    SELECT id FROM routing.flights
    WHERE state = 'scheduled' AND cut_off_at IS NOT NULL AND cut_off_at <= :now
    ORDER BY cut_off_at, id LIMIT :rows_max
    """,
    str,
    now=INSTANT,
    rows_max=INTEGER,
)

_CANDIDATES: Final = sql(
    """
    SELECT s.id AS shipment_id, s.gross_weight_g,
        s.released_at IS NOT NULL AND s.screened_at IS NOT NULL AND s.cancel_requested_at IS NULL
            AS is_cleared
    FROM routing.shipment_legs l JOIN routing.shipments s ON s.id = l.shipment_id
    WHERE l.flight_id = :flight_id AND l.leg_no = s.leg_no AND s.state = 'booked'
    ORDER BY s.id
    """,
    Candidate,
    flight_id=TEXT,
)

_TAKE_SERIAL: Final = sql(
    """
    WITH stock AS (
        SELECT w.awb_prefix, w.first_serial FROM routing.waybill_stock w
        WHERE w.carrier = :carrier AND w.next_serial <= w.last_serial
        ORDER BY w.first_serial LIMIT 1 FOR UPDATE
    ), taken AS (
        UPDATE routing.waybill_stock w SET next_serial = w.next_serial + 1 FROM stock
        WHERE w.awb_prefix = stock.awb_prefix AND w.first_serial = stock.first_serial
        RETURNING w.awb_prefix, w.next_serial - 1 AS serial
    )
    SELECT c.awb_prefix AS prefix, taken.serial
    FROM routing.carriers c LEFT JOIN taken ON taken.awb_prefix = c.awb_prefix
    WHERE c.carrier = :carrier
    """,
    IssuedSerial,
    carrier=TEXT,
)

_CLOSE: Final = sql(
    """
    UPDATE routing.flights SET state = 'closed', closed_at = :now,
        master_waybill = :master_waybill, manifest_shipments = :shipments,
        manifest_weight_g = :weight_g
    WHERE id = :flight_id AND state = 'scheduled'
    """,
    flight_id=TEXT,
    now=INSTANT,
    master_waybill=TEXT,
    shipments=INTEGER,
    weight_g=BIGINT,
)

_LOGGED: Final = """
    logged AS (
        INSERT INTO routing.shipment_statuses
            (shipment_id, tenant_id, code, airport, flight_id, occurred_at)
        SELECT id, merchant_id, :code, :airport, :flight_id, :now FROM moved
        ON CONFLICT DO NOTHING
    )
"""
_MOVED: Final = """
    s.id, s.order_id, s.tenant_id AS merchant_id, s.version, s.house_waybill, s.master_waybill,
    s.gross_weight_g, s.first_promised_at
"""

_PUT_ON_MANIFEST: Final = sql(
    f"""
    WITH moved AS (
        UPDATE routing.shipments s
        SET state = 'manifested', master_waybill = :master_waybill, version = s.version + 1
        FROM routing.shipment_legs l
        WHERE s.id = ANY(:shipment_ids) AND s.state = 'booked'
          AND s.released_at IS NOT NULL AND s.screened_at IS NOT NULL
          AND s.cancel_requested_at IS NULL
          AND l.flight_id = :flight_id AND l.shipment_id = s.id AND l.leg_no = s.leg_no
        RETURNING {_MOVED}
    ), {_LOGGED}
    SELECT * FROM moved ORDER BY id
    """,  # noqa: S608 - constants of this module
    MovedShipment,
    shipment_ids=TEXTS,
    master_waybill=TEXT,
    code=TEXT,
    airport=TEXT,
    flight_id=TEXT,
    now=INSTANT,
)

_LEAVE_BEHIND: Final = sql(
    f"""
    WITH moved AS (
        UPDATE routing.shipments s SET state = 'waiting', version = s.version + 1
        FROM routing.shipment_legs l
        WHERE s.id = ANY(:shipment_ids) AND s.state = 'booked'
          AND (s.released_at IS NULL OR s.screened_at IS NULL
            OR s.cancel_requested_at IS NOT NULL)
          AND l.flight_id = :flight_id AND l.shipment_id = s.id AND l.leg_no = s.leg_no
        RETURNING {_MOVED}
    ), {_LOGGED}
    SELECT * FROM moved ORDER BY id
    """,  # noqa: S608 - constants of this module
    MovedShipment,
    shipment_ids=TEXTS,
    code=TEXT,
    airport=TEXT,
    flight_id=TEXT,
    now=INSTANT,
)


@dataclass(frozen=True, slots=True)
class Offloaded:
    """A shipment that lost its place on a flight from `airport`."""

    shipment: MovedShipment
    flight_number: str
    airport: str


def _offloaded(  # noqa: PLR0917 - a row's columns
    id: str,  # noqa: A002 - the name of the column
    order_id: str,
    merchant_id: str,
    version: int,
    house_waybill: str,
    master_waybill: str | None,
    gross_weight_g: int,
    first_promised_at: datetime,
    flight_number: str,
    airport: str,
) -> Offloaded:
    shipment = MovedShipment(
        id,
        order_id,
        merchant_id,
        version,
        house_waybill,
        master_waybill,
        gross_weight_g,
        first_promised_at,
    )
    return Offloaded(shipment, flight_number, airport)


# Off the flight that it holds room on next. The totals of a closed manifest follow.
_TAKE_OFF: Final = sql(
    f"""
    WITH before AS (
        SELECT s.id, l.flight_id, CAST(s.state = 'manifested' AS integer) AS listed,
            s.gross_weight_g
        FROM routing.shipments s
        JOIN routing.shipment_legs l ON l.shipment_id = s.id AND l.leg_no = s.leg_no
        WHERE s.id = :shipment_id AND s.state IN ('booked', 'manifested') FOR UPDATE OF s
    ), off AS (
        UPDATE routing.flights f
        SET manifest_shipments = f.manifest_shipments - before.listed,
            manifest_weight_g = f.manifest_weight_g - before.listed * before.gross_weight_g
        FROM before WHERE f.id = before.flight_id
        RETURNING f.id AS flight_id, f.flight_number, f.origin AS airport
    ), moved AS (
        UPDATE routing.shipments s
        SET state = 'waiting', master_waybill = NULL, rebook_at = NULL, version = s.version + 1
        FROM before WHERE s.id = before.id
        RETURNING {_MOVED}
    ), logged AS (
        INSERT INTO routing.shipment_statuses
            (shipment_id, tenant_id, code, airport, flight_id, occurred_at)
        SELECT moved.id, moved.merchant_id, :code, off.airport, off.flight_id, :now
        FROM moved CROSS JOIN off
        ON CONFLICT DO NOTHING
    )
    SELECT moved.*, off.flight_number, off.airport FROM moved CROSS JOIN off
    """,  # noqa: S608 - constants of this module
    _offloaded,
    shipment_id=TEXT,
    code=TEXT,
    now=INSTANT,
)


async def list_due_for_closing(reader: Reader, *, now: datetime, rows_max: int) -> list[str]:
    return await reader.fetch_values(_DUE_FOR_CLOSING, now=now, rows_max=rows_max)


async def list_candidates(uow: UnitOfWork, flight_id: str) -> list[Candidate]:
    """Shipments that are booked on the flight as their next leg."""
    return await uow.fetch_all(_CANDIDATES, flight_id=flight_id)


async def take_serial(uow: UnitOfWork, *, carrier: str) -> IssuedSerial:
    """The next serial of the carrier's stock; a carrier without a row has none."""
    issued = await uow.fetch_first(_TAKE_SERIAL, carrier=carrier)
    return issued or IssuedSerial(prefix=carrier, serial=None)


async def close(
    uow: UnitOfWork,
    *,
    flight_id: str,
    manifest: Manifest,
    master_waybill: str | None,
    now: datetime,
) -> None:
    closed = await uow.execute(
        _CLOSE,
        flight_id=flight_id,
        now=now,
        master_waybill=master_waybill,
        shipments=len(manifest.on_board),
        weight_g=manifest.gross_weight_g,
    )
    assert closed == 1, "the flight changed after it was read"


async def put_on_manifest(
    uow: UnitOfWork,
    shipment_ids: Sequence[str],
    *,
    flight: Flight,
    master_waybill: str,
    code: str,
    now: datetime,
) -> list[MovedShipment]:
    moved = await uow.fetch_all(
        _PUT_ON_MANIFEST,
        shipment_ids=shipment_ids,
        master_waybill=master_waybill,
        code=code,
        airport=flight.origin,
        flight_id=flight.id,
        now=now,
    )
    assert len(moved) == len(shipment_ids), _CHANGED
    return moved


async def leave_behind(
    uow: UnitOfWork, shipment_ids: Sequence[str], *, flight: Flight, code: str, now: datetime
) -> list[MovedShipment]:
    moved = await uow.fetch_all(
        _LEAVE_BEHIND,
        shipment_ids=shipment_ids,
        code=code,
        airport=flight.origin,
        flight_id=flight.id,
        now=now,
    )
    assert len(moved) == len(shipment_ids), _CHANGED
    return moved


async def take_off(uow: UnitOfWork, shipment_id: str, *, code: str, now: datetime) -> Offloaded:
    """A shipment that is booked, or on a closed manifest: it waits again, without a place."""
    off = await uow.fetch_first(_TAKE_OFF, shipment_id=shipment_id, code=code, now=now)
    assert off is not None, _CHANGED
    return off
