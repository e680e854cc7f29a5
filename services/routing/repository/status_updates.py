"""The log of reports, the shipments on a flight or under a waybill, and what a report changes.

`domain/status_updates/effects.py` decides which shipments move. The changes here take their ids,
write the log, and return the shipments as they are now, for their events. Each statement states
again what the decision relied on. If a shipment has changed since it was read, all of it is undone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.routing.domain.shipments.shipment import MovedShipment, ShipmentStatus
from services.routing.domain.status_updates.effects import Consigned, Landing, Traveller
from services.routing.domain.status_updates.status_update import StatusUpdate
from shared.db import INSTANT, TEXT, TEXTS, UnitOfWork, sql
from shared.kernel.ids import new_id

_CHANGED: Final = "a shipment changed after it was read"

_ADD_UPDATE: Final = sql(
    """
    INSERT INTO routing.status_updates (id, code, airport, occurred_at, flight_id, house_waybill,
        master_waybill, reported_by, recorded_at)
    VALUES (:id, :code, :airport, :occurred_at, :flight_id, :house_waybill, :master_waybill,
        :reported_by, :now)
    ON CONFLICT DO NOTHING RETURNING id
    """,
    str,
    id=TEXT,
    code=TEXT,
    airport=TEXT,
    occurred_at=INSTANT,
    flight_id=TEXT,
    house_waybill=TEXT,
    master_waybill=TEXT,
    reported_by=TEXT,
    now=INSTANT,
)

_SAME_UPDATE: Final = sql(
    """
    SELECT id FROM routing.status_updates
    WHERE code = :code AND airport = :airport AND occurred_at = :occurred_at
      AND flight_id IS NOT DISTINCT FROM :flight_id
      AND house_waybill IS NOT DISTINCT FROM :house_waybill
      AND master_waybill IS NOT DISTINCT FROM :master_waybill
    """,
    str,
    code=TEXT,
    airport=TEXT,
    occurred_at=INSTANT,
    flight_id=TEXT,
    house_waybill=TEXT,
    master_waybill=TEXT,
)


def _traveller(  # noqa: PLR0917 - a row's columns
    id: str,  # noqa: A002 - the name of the column
    status: str,
    location: str | None,
    leg_no: int,
    next_leg_no: int,
    came_at: datetime | None,
    onward_flight_id: str | None,
    onward_departed_at: datetime | None,
    seeks_flight: bool,
) -> Traveller:
    return Traveller(
        id,
        ShipmentStatus(status),
        location,
        leg_no,
        next_leg_no,
        came_at,
        onward_flight_id,
        onward_departed_at,
        seeks_flight,
    )


_TRAVELLERS: Final = sql(
    """
    SELECT s.id, s.state AS status, s.location, l.leg_no, s.leg_no AS next_leg_no,
        came.arrived_at AS came_at, onward.id AS onward_flight_id,
        onward.departed_at AS onward_departed_at, s.rebook_at IS NOT NULL AS seeks_flight
    FROM routing.shipment_legs l
    JOIN routing.shipments s ON s.id = l.shipment_id
    LEFT JOIN routing.shipment_legs b
        ON b.shipment_id = l.shipment_id AND b.leg_no = l.leg_no - 1
    LEFT JOIN routing.flights came ON came.id = b.flight_id
    LEFT JOIN routing.shipment_legs n
        ON n.shipment_id = l.shipment_id AND n.leg_no = l.leg_no + 1
    LEFT JOIN routing.flights onward ON onward.id = n.flight_id
    WHERE l.flight_id = :flight_id ORDER BY s.id
    """,
    _traveller,
    flight_id=TEXT,
)


def _consigned(
    id: str | None,  # noqa: A002 - the name of the column
    status: str | None,
    departed_at: datetime | None,
) -> Consigned | None:
    if id is None or status is None:
        return None
    return Consigned(id, ShipmentStatus(status), departed_at)


_BY_HOUSE: Final = sql(
    """
    SELECT id, state AS status, departed_at FROM routing.shipments WHERE house_waybill = :waybill
    """,
    _consigned,
    waybill=TEXT,
)
# A row of nulls: the waybill was issued, and nothing travels under it any more.
_BY_MASTER: Final = sql(
    """
    SELECT s.id, s.state AS status, s.departed_at FROM routing.flights f
    LEFT JOIN routing.shipments s ON s.master_waybill = f.master_waybill
    WHERE f.master_waybill = :waybill ORDER BY s.id
    """,
    _consigned,
    waybill=TEXT,
)

_LOGGED: Final = """
    logged AS (
        INSERT INTO routing.shipment_statuses
            (shipment_id, tenant_id, code, airport, flight_id, occurred_at)
        SELECT id, merchant_id, :code, :airport, :flight_id, :at FROM moved ON CONFLICT DO NOTHING
    )
"""
_MOVED: Final = """
    s.id, s.order_id, s.tenant_id AS merchant_id, s.version, s.house_waybill, s.master_waybill,
    s.gross_weight_g, s.first_promised_at
"""

_BOARD: Final = sql(
    f"""
    WITH moved AS (
        UPDATE routing.shipments s
        SET location = NULL, state = 'departed', version = s.version + 1,
            departed_at = coalesce(s.departed_at, :at)
        FROM routing.shipment_legs l
        WHERE s.id = ANY(:shipment_ids) AND s.location = :airport
          AND l.flight_id = :flight_id AND l.shipment_id = s.id AND l.leg_no = s.leg_no
          AND s.state = CASE WHEN l.leg_no = 0 THEN 'manifested' ELSE 'departed' END
        RETURNING {_MOVED}
    ), {_LOGGED}
    SELECT * FROM moved ORDER BY id
    """,  # noqa: S608 - constants of this module
    MovedShipment,
    shipment_ids=TEXTS,
    code=TEXT,
    airport=TEXT,
    flight_id=TEXT,
    at=INSTANT,
)

_SEEK_FLIGHT: Final = sql(
    """
    UPDATE routing.shipments s SET rebook_at = :now
    FROM routing.shipment_legs l
    WHERE s.id = ANY(:shipment_ids) AND s.location = :airport AND s.state = 'departed'
      AND l.flight_id = :flight_id AND l.shipment_id = s.id AND l.leg_no = s.leg_no
    """,
    shipment_ids=TEXTS,
    flight_id=TEXT,
    airport=TEXT,
    now=INSTANT,
)

_LAND: Final = sql(
    f"""
    WITH moved AS (
        UPDATE routing.shipments s
        SET location = :airport, leg_no = s.leg_no + 1, version = s.version + 1,
            state = CASE WHEN s.id = ANY(:at_last) THEN 'arrived' ELSE 'departed' END
        FROM routing.shipment_legs l
        WHERE s.id = ANY(:shipment_ids) AND s.location IS NULL AND s.state = 'departed'
          AND l.flight_id = :flight_id AND l.shipment_id = s.id AND l.leg_no = s.leg_no
        RETURNING {_MOVED}
    ), {_LOGGED}
    SELECT * FROM moved ORDER BY id
    """,  # noqa: S608 - constants of this module
    MovedShipment,
    shipment_ids=TEXTS,
    at_last=TEXTS,
    code=TEXT,
    airport=TEXT,
    flight_id=TEXT,
    at=INSTANT,
)

_DELIVER: Final = sql(
    f"""
    WITH moved AS (
        UPDATE routing.shipments s
        SET state = 'delivered', delivered_at = :at, location = :airport, rebook_at = NULL,
            version = s.version + 1
        WHERE s.id = ANY(:shipment_ids) AND s.state IN ('departed', 'arrived')
        RETURNING {_MOVED}
    ), {_LOGGED}
    SELECT * FROM moved ORDER BY id
    """,  # noqa: S608 - constants of this module
    MovedShipment,
    shipment_ids=TEXTS,
    code=TEXT,
    airport=TEXT,
    flight_id=TEXT,
    at=INSTANT,
)

# A status that is in the log already is not announced again. What is said of a flight concerns
# only those that are on its manifest, aboard or flown.
_NOTE: Final = sql(
    f"""
    WITH logged AS (
        INSERT INTO routing.shipment_statuses
            (shipment_id, tenant_id, code, airport, flight_id, occurred_at)
        SELECT s.id, s.tenant_id, :code, :airport, :flight_id, :at
        FROM routing.shipments s
        WHERE s.id = ANY(:shipment_ids) AND (:flight_id IS NULL
            OR s.state IN ('manifested', 'departed', 'arrived', 'delivered'))
        ON CONFLICT DO NOTHING RETURNING shipment_id
    )
    UPDATE routing.shipments s SET version = s.version + 1 FROM logged
    WHERE s.id = logged.shipment_id
    RETURNING {_MOVED}
    """,  # noqa: S608 - constants of this module
    MovedShipment,
    shipment_ids=TEXTS,
    code=TEXT,
    airport=TEXT,
    flight_id=TEXT,
    at=INSTANT,
)


# A shipment left the park once and was delivered once; the flight may be one of several.
_CORRECT: Final = sql(
    """
    UPDATE routing.shipments
    SET departed_at = CASE WHEN :code = 'DEP' AND departed_at = :replaces THEN :at
            ELSE departed_at END,
        delivered_at = CASE WHEN :code = 'DLV' AND delivered_at = coalesce(:replaces, delivered_at)
            THEN :at ELSE delivered_at END
    WHERE id = ANY(:shipment_ids)
    """,
    shipment_ids=TEXTS,
    code=TEXT,
    replaces=INSTANT,
    at=INSTANT,
)


async def add_update(
    uow: UnitOfWork, update: StatusUpdate, *, reported_by: str, now: datetime
) -> tuple[str, bool]:
    """(id of the update, whether it is new)."""
    fact = {
        "code": update.code,
        "airport": update.airport,
        "occurred_at": update.occurred_at,
        "flight_id": update.flight_id,
        "house_waybill": update.house_waybill,
        "master_waybill": update.master_waybill,
    }
    update_id = await uow.fetch_value(
        _ADD_UPDATE, id=new_id("stu"), reported_by=reported_by, now=now, **fact
    )
    if update_id is not None:
        return update_id, True
    return str(await uow.fetch_value(_SAME_UPDATE, **fact)), False


async def list_travellers(uow: UnitOfWork, flight_id: str) -> list[Traveller]:
    """All shipments that have a leg on the flight, flown or not."""
    return await uow.fetch_all(_TRAVELLERS, flight_id=flight_id)


async def find_by_house_waybill(uow: UnitOfWork, waybill: str) -> Consigned | None:
    return await uow.fetch_first(_BY_HOUSE, waybill=waybill)


async def find_by_master_waybill(uow: UnitOfWork, waybill: str) -> list[Consigned] | None:
    """None: no such waybill was issued."""
    rows = await uow.fetch_all(_BY_MASTER, waybill=waybill)
    return [row for row in rows if row is not None] if rows else None


async def board(
    uow: UnitOfWork,
    shipment_ids: Sequence[str],
    *,
    flight_id: str,
    code: str,
    airport: str,
    at: datetime,
) -> list[MovedShipment]:
    if not shipment_ids:
        return []
    moved = await uow.fetch_all(
        _BOARD, shipment_ids=shipment_ids, flight_id=flight_id, code=code, airport=airport, at=at
    )
    assert len(moved) == len(shipment_ids), _CHANGED
    return moved


async def seek_flight(
    uow: UnitOfWork, shipment_ids: Sequence[str], *, flight_id: str, airport: str, now: datetime
) -> None:
    """The flight left `airport` without them: the job that rebooks looks for another one."""
    seeking = await uow.execute(
        _SEEK_FLIGHT, shipment_ids=shipment_ids, flight_id=flight_id, airport=airport, now=now
    )
    assert seeking == len(shipment_ids), _CHANGED


async def land(
    uow: UnitOfWork, landing: Landing, *, flight_id: str, code: str, airport: str, at: datetime
) -> list[MovedShipment]:
    shipment_ids = [*landing.at_last, *landing.between]
    if not shipment_ids:
        return []
    moved = await uow.fetch_all(
        _LAND,
        shipment_ids=shipment_ids,
        at_last=landing.at_last,
        flight_id=flight_id,
        code=code,
        airport=airport,
        at=at,
    )
    assert len(moved) == len(shipment_ids), _CHANGED
    return moved


async def deliver(
    uow: UnitOfWork,
    shipment_ids: Sequence[str],
    *,
    flight_id: str | None,
    code: str,
    airport: str,
    at: datetime,
) -> list[MovedShipment]:
    if not shipment_ids:
        return []
    moved = await uow.fetch_all(
        _DELIVER, shipment_ids=shipment_ids, flight_id=flight_id, code=code, airport=airport, at=at
    )
    assert len(moved) == len(shipment_ids), _CHANGED
    return moved


async def correct(
    uow: UnitOfWork,
    shipment_ids: Sequence[str],
    *,
    code: str,
    replaces: datetime | None,
    at: datetime,
) -> None:
    """When they left or were delivered, as it is known now. `replaces` None: whatever was known."""
    if shipment_ids:
        await uow.execute(_CORRECT, shipment_ids=shipment_ids, code=code, replaces=replaces, at=at)


async def note(
    uow: UnitOfWork, shipment_ids: Sequence[str], update: StatusUpdate
) -> list[MovedShipment]:
    """Those for which the status is new."""
    if not shipment_ids:
        return []
    return await uow.fetch_all(
        _NOTE,
        shipment_ids=shipment_ids,
        flight_id=update.flight_id,
        code=update.code,
        airport=update.airport,
        at=update.occurred_at,
    )
