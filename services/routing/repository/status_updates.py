"""What reported movements do to shipments: aboard, landed, delivered, and the log of statuses.

Every statement moves only shipments whose place in their itinerary fits, so that a repeated or
early report moves nobody twice. Each returns the rows it moved, for their events.
"""

from datetime import datetime
from typing import Final

from asyncpg import Record
from sqlalchemy import text

from shared.db import Statement, UnitOfWork
from shared.kernel.ids import new_id

_ADD_UPDATE: Final = Statement(
    text("""
    INSERT INTO routing.status_updates (id, code, airport, occurred_at, flight_id, house_waybill,
        master_waybill, reported_by, recorded_at)
    VALUES (:id, :code, :airport, :occurred_at, :flight_id, :house_waybill, :master_waybill,
        :reported_by, :now)
    ON CONFLICT DO NOTHING RETURNING id
    """)
)

_SAME_UPDATE: Final = Statement(
    text("""
    SELECT id FROM routing.status_updates
    WHERE code = :code AND airport = :airport AND occurred_at = :occurred_at
      AND flight_id IS NOT DISTINCT FROM :flight_id
      AND house_waybill IS NOT DISTINCT FROM :house_waybill
      AND master_waybill IS NOT DISTINCT FROM :master_waybill
    """)
)

_SET_DEPARTED: Final = Statement(
    text("""
    UPDATE routing.flights SET departed_at = :at, state = 'departed', version = version + 1
    WHERE id = :flight_id AND state IN ('scheduled', 'closed') RETURNING version
    """)
)
_SET_ARRIVED: Final = Statement(
    text("UPDATE routing.flights SET arrived_at = coalesce(arrived_at, :at) WHERE id = :flight_id")
)
_SET_DELIVERED: Final = Statement(
    text("""
    UPDATE routing.flights SET delivered_at = coalesce(delivered_at, :at) WHERE id = :flight_id
    """)
)
_SET_LANDED: Final = Statement(
    text("""
    UPDATE routing.flights SET state = 'arrived' WHERE id = :flight_id AND state = 'departed'
    """)
)

_LOGGED: Final = """
    logged AS (
        INSERT INTO routing.shipment_statuses
            (shipment_id, tenant_id, code, airport, flight_id, occurred_at)
        SELECT id, tenant_id, :code, :airport, :flight_id, :at FROM moved ON CONFLICT DO NOTHING
    )
"""

# From the park's airport only what is on the manifest flies; further on, what had landed before.
_BOARD: Final = Statement(
    text(f"""
    WITH moved AS (
        UPDATE routing.shipments s
        SET location = NULL, state = 'departed', version = s.version + 1,
            departed_at = coalesce(s.departed_at, :at)
        FROM routing.shipment_legs l
        WHERE l.flight_id = :flight_id AND l.shipment_id = s.id AND l.leg_no = s.leg_no
          AND s.location = :airport
          AND CASE WHEN l.leg_no = 0 THEN s.state = 'manifested' ELSE s.state = 'departed' AND (
              SELECT p.arrived_at <= :at FROM routing.shipment_legs b
              JOIN routing.flights p ON p.id = b.flight_id
              WHERE b.shipment_id = s.id AND b.leg_no = l.leg_no - 1) END
        RETURNING s.id, s.tenant_id, s.order_id, s.version, s.house_waybill, s.master_waybill,
            s.gross_weight_g, l.leg_no
    ), {_LOGGED}
    SELECT * FROM moved ORDER BY id
    """)  # noqa: S608 - constants of this module
)

# On the ground where the flight left from, and not aboard: it missed the connection.
_MISS: Final = Statement(
    text("""
    UPDATE routing.shipments s SET rebook_at = :now
    FROM routing.shipment_legs l
    WHERE l.flight_id = :flight_id AND l.shipment_id = s.id AND l.leg_no = s.leg_no
      AND s.location = :airport AND s.state = 'departed'
    RETURNING s.id
    """)
)

_LAND: Final = Statement(
    text(f"""
    WITH moved AS (
        UPDATE routing.shipments s
        SET location = :airport, leg_no = s.leg_no + 1, version = s.version + 1,
            state = CASE WHEN s.rebook_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM routing.shipment_legs n
                WHERE n.shipment_id = s.id AND n.leg_no = l.leg_no + 1)
                THEN 'arrived' ELSE 'departed' END
        FROM routing.shipment_legs l
        WHERE l.flight_id = :flight_id AND l.shipment_id = s.id AND l.leg_no = s.leg_no
          AND s.location IS NULL AND s.state = 'departed'
        RETURNING s.id, s.tenant_id, s.order_id, s.version
    ), {_LOGGED}
    SELECT * FROM moved ORDER BY id
    """)  # noqa: S608 - constants of this module
)

# Flights that left before the goods for them were known to have landed.
_LEFT_ALREADY: Final = Statement(
    text("""
    SELECT DISTINCT f.id FROM routing.shipments s
    JOIN routing.shipment_legs l ON l.shipment_id = s.id AND l.leg_no = s.leg_no
    JOIN routing.flights f ON f.id = l.flight_id
    WHERE s.id = ANY(CAST(:shipment_ids AS text[])) AND s.state = 'departed'
      AND s.location IS NOT NULL AND f.departed_at IS NOT NULL
    ORDER BY f.id
    """)
)


def _deliver(which: str) -> Statement:
    return Statement(
        text(f"""
        WITH moved AS (
            UPDATE routing.shipments s
            SET state = 'delivered', delivered_at = :at, location = :airport, rebook_at = NULL,
                version = s.version + 1
            WHERE {which}
            RETURNING s.id, s.tenant_id, s.order_id, s.version, s.house_waybill,
                s.first_promised_at
        ), {_LOGGED}
        SELECT * FROM moved ORDER BY id
        """)  # noqa: S608 - constants of this module
    )


_DELIVER_BY_FLIGHT: Final = _deliver("""
    s.state = 'arrived' AND EXISTS (
        SELECT 1 FROM routing.shipment_legs l WHERE l.flight_id = :flight_id
        AND l.shipment_id = s.id AND l.leg_no = s.leg_no - 1)
""")
_DELIVER_BY_MASTER: Final = _deliver("s.state = 'arrived' AND s.master_waybill = :waybill")
# The signature of the consignee proves that it arrived, whatever was not reported before.
_DELIVER_BY_HOUSE: Final = _deliver(
    "s.state IN ('departed', 'arrived') AND s.house_waybill = :waybill"
)


def _note(which: str) -> Statement:
    return Statement(
        text(f"""
        WITH logged AS (
            INSERT INTO routing.shipment_statuses
                (shipment_id, tenant_id, code, airport, flight_id, occurred_at)
            SELECT s.id, s.tenant_id, :code, :airport, :flight_id, :at
            FROM routing.shipments s WHERE {which}
            ON CONFLICT DO NOTHING RETURNING shipment_id
        )
        UPDATE routing.shipments s SET version = s.version + 1 FROM logged
        WHERE s.id = logged.shipment_id
        RETURNING s.id, s.tenant_id, s.order_id, s.version
        """)  # noqa: S608 - constants of this module
    )


_NOTE_BY_FLIGHT: Final = _note("""
    s.state IN ('manifested', 'departed', 'arrived', 'delivered') AND EXISTS (
        SELECT 1 FROM routing.shipment_legs l WHERE l.flight_id = :flight_id
        AND l.shipment_id = s.id AND l.leg_no <= s.leg_no)
""")
_NOTE_BY_MASTER: Final = _note("s.master_waybill = :waybill")
_NOTE_BY_HOUSE: Final = _note("s.house_waybill = :waybill")

_STATUS_BY_HOUSE: Final = Statement(
    text("SELECT state FROM routing.shipments WHERE house_waybill = :waybill")
)
_MASTER_EXISTS: Final = Statement(
    text("SELECT EXISTS (SELECT 1 FROM routing.flights WHERE master_waybill = :waybill)")
)


async def add_update(
    uow: UnitOfWork,
    *,
    code: str,
    airport: str,
    occurred_at: datetime,
    flight_id: str | None,
    house_waybill: str | None,
    master_waybill: str | None,
    reported_by: str,
    now: datetime,
) -> tuple[str, bool]:
    """(id of the update, whether it is new)."""
    fact = {
        "code": code,
        "airport": airport,
        "occurred_at": occurred_at,
        "flight_id": flight_id,
        "house_waybill": house_waybill,
        "master_waybill": master_waybill,
    }
    update_id: str | None = await uow.fetch_value(
        _ADD_UPDATE, id=new_id("stu"), reported_by=reported_by, now=now, **fact
    )
    if update_id is not None:
        return update_id, True
    return str(await uow.fetch_value(_SAME_UPDATE, **fact)), False


async def set_departed(uow: UnitOfWork, *, flight_id: str, at: datetime) -> int | None:
    """The flight's new version, or None if it had left before."""
    version: int | None = await uow.fetch_value(_SET_DEPARTED, flight_id=flight_id, at=at)
    return version


async def set_arrived(uow: UnitOfWork, *, flight_id: str, at: datetime) -> None:
    await uow.execute(_SET_ARRIVED, flight_id=flight_id, at=at)


async def set_delivered(uow: UnitOfWork, *, flight_id: str, at: datetime) -> None:
    await uow.execute(_SET_DELIVERED, flight_id=flight_id, at=at)


async def set_landed(uow: UnitOfWork, *, flight_id: str) -> bool:
    return await uow.execute(_SET_LANDED, flight_id=flight_id) == 1


async def board(uow: UnitOfWork, *, flight_id: str, airport: str, at: datetime) -> list[Record]:
    return await uow.fetch_all(_BOARD, flight_id=flight_id, airport=airport, at=at, code="DEP")


async def miss(uow: UnitOfWork, *, flight_id: str, airport: str, now: datetime) -> list[str]:
    rows = await uow.fetch_all(_MISS, flight_id=flight_id, airport=airport, now=now)
    return [row["id"] for row in rows]


async def land(uow: UnitOfWork, *, flight_id: str, airport: str, at: datetime) -> list[Record]:
    return await uow.fetch_all(_LAND, flight_id=flight_id, airport=airport, at=at, code="ARR")


async def left_already(uow: UnitOfWork, shipment_ids: list[str]) -> list[str]:
    rows = await uow.fetch_all(_LEFT_ALREADY, shipment_ids=shipment_ids)
    return [row["id"] for row in rows]


async def deliver_by_flight(
    uow: UnitOfWork, *, flight_id: str, airport: str, at: datetime
) -> list[Record]:
    return await uow.fetch_all(
        _DELIVER_BY_FLIGHT, flight_id=flight_id, airport=airport, at=at, code="DLV"
    )


async def deliver_by_waybill(
    uow: UnitOfWork, *, house: str | None, master: str | None, airport: str, at: datetime
) -> list[Record]:
    statement = _DELIVER_BY_HOUSE if house is not None else _DELIVER_BY_MASTER
    return await uow.fetch_all(
        statement, waybill=house or master, airport=airport, at=at, code="DLV", flight_id=None
    )


async def note_by_flight(
    uow: UnitOfWork, *, flight_id: str, code: str, airport: str, at: datetime
) -> list[Record]:
    return await uow.fetch_all(
        _NOTE_BY_FLIGHT, flight_id=flight_id, code=code, airport=airport, at=at
    )


async def note_by_waybill(
    uow: UnitOfWork,
    *,
    house: str | None,
    master: str | None,
    code: str,
    airport: str,
    at: datetime,
) -> list[Record]:
    statement = _NOTE_BY_HOUSE if house is not None else _NOTE_BY_MASTER
    return await uow.fetch_all(
        statement, waybill=house or master, code=code, airport=airport, at=at, flight_id=None
    )


async def status_by_house_waybill(uow: UnitOfWork, waybill: str) -> str | None:
    status: str | None = await uow.fetch_value(_STATUS_BY_HOUSE, waybill=waybill)
    return status


async def master_waybill_exists(uow: UnitOfWork, waybill: str) -> bool:
    return bool(await uow.fetch_value(_MASTER_EXISTS, waybill=waybill))
