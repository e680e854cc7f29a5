"""Writes on flights and the timetable: generation, manifests, departures, cancellations.

A change of what is flown renews `timetable.version`; a change of capacity does not.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import text

from shared.db import Reader, Statement, UnitOfWork
from shared.kernel.ids import new_id

_TIMETABLE: Final = Statement(
    text("SELECT version, first_on, last_on, reference_digest FROM routing.timetable WHERE id = 1")
)

_SET_DAYS: Final = Statement(
    text("""
    UPDATE routing.timetable SET version = :version, first_on = least(first_on, :first_on),
        last_on = greatest(last_on, :last_on) WHERE id = 1
    """)
)

_RENEW: Final = Statement(text("UPDATE routing.timetable SET version = :version WHERE id = 1"))

_ADD_FLIGHTS: Final = Statement(
    text("""
    INSERT INTO routing.flights (
        id, route_id, carrier, flight_number, departs_on, mode, vehicle, origin, destination,
        departs_at, arrives_at, cut_off_at, capacity_g, capacity_cm3, remaining_g, remaining_cm3,
        state, synthetic)
    SELECT d.id, r.id, r.carrier, d.flight_number, d.departs_on, r.mode, r.vehicle, r.origin,
        r.destination, d.departs_at, d.arrives_at, d.cut_off_at, d.capacity_g, d.capacity_cm3,
        d.capacity_g, d.capacity_cm3, 'scheduled', true
    FROM unnest(CAST(:ids AS text[]), CAST(:route_ids AS text[]), CAST(:numbers AS text[]),
                CAST(:departs_on AS date[]), CAST(:departs_at AS timestamptz[]),
                CAST(:arrives_at AS timestamptz[]), CAST(:cut_off_at AS timestamptz[]),
                CAST(:capacity_g AS bigint[]), CAST(:capacity_cm3 AS bigint[]))
        AS d(id, route_id, flight_number, departs_on, departs_at, arrives_at, cut_off_at,
             capacity_g, capacity_cm3)
    JOIN routing.routes r ON r.id = d.route_id
    ON CONFLICT DO NOTHING
    """)
)

_OPEN_FLIGHTS: Final = Statement(
    text("""
    SELECT id, flight_number, mode, origin, destination, departs_at, arrives_at, cut_off_at,
           capacity_g, capacity_cm3
    FROM routing.flights WHERE state = 'scheduled' AND departs_at > :now
    ORDER BY departs_at, id
    """)
)

_ROOM: Final = Statement(
    text("""
    SELECT id, remaining_g, remaining_cm3 FROM routing.flights
    WHERE state = 'scheduled' AND departs_at > :now AND booked_shipments > 0
    """)
)

_FLIGHT: Final = Statement(
    text("""
    SELECT id, carrier, flight_number, departs_on, mode, origin, destination, departs_at,
           arrives_at, cut_off_at, state AS status, closed_at, master_waybill, departed_at,
           arrived_at, delivered_at, synthetic, version
    FROM routing.flights WHERE id = :flight_id
    """)
)

_FLIGHT_ID_BY_NUMBER: Final = Statement(
    text("""
    SELECT id FROM routing.flights
    WHERE flight_number = :flight_number AND departs_on = :departs_on
    """)
)

_DUE_FOR_CLOSING: Final = Statement(
    text("""
    SELECT id FROM routing.flights
    WHERE state = 'scheduled' AND cut_off_at IS NOT NULL AND cut_off_at <= :now
    ORDER BY cut_off_at, id LIMIT :limit
    """)
)

_CLOSE: Final = Statement(
    text("""
    UPDATE routing.flights SET state = 'closed', closed_at = :now
    WHERE id = :flight_id AND state = 'scheduled'
    """)
)

_READY: Final = "s.state = 'booked' AND s.released_at IS NOT NULL AND s.screened_at IS NOT NULL"

# The next serial of the carrier's stock, but only if somebody is ready to travel under it.
_ISSUE_SERIAL: Final = Statement(
    text(f"""
    WITH stock AS (
        SELECT w.awb_prefix, w.first_serial FROM routing.waybill_stock w
        JOIN routing.carriers c ON c.awb_prefix = w.awb_prefix AND c.carrier = :carrier
        WHERE w.next_serial <= w.last_serial ORDER BY w.first_serial LIMIT 1 FOR UPDATE OF w
    ), wanted AS (
        SELECT EXISTS (
            SELECT 1 FROM routing.shipment_legs l JOIN routing.shipments s ON s.id = l.shipment_id
            WHERE l.flight_id = :flight_id AND l.leg_no = s.leg_no AND {_READY}) AS yes
    ), taken AS (
        UPDATE routing.waybill_stock w SET next_serial = w.next_serial + 1 FROM stock, wanted
        WHERE wanted.yes AND w.awb_prefix = stock.awb_prefix
          AND w.first_serial = stock.first_serial
        RETURNING w.awb_prefix, w.next_serial - 1 AS serial
    )
    SELECT wanted.yes AS wanted, taken.awb_prefix, taken.serial,
        (SELECT awb_prefix FROM routing.carriers WHERE carrier = :carrier) AS own_prefix
    FROM wanted LEFT JOIN taken ON true
    """)  # noqa: S608 - constants of this module
)

_PUT_ON_MANIFEST: Final = Statement(
    text(f"""
    WITH moved AS (
        UPDATE routing.shipments s
        SET state = 'manifested', master_waybill = :master_waybill, version = s.version + 1
        FROM routing.shipment_legs l
        WHERE l.flight_id = :flight_id AND l.shipment_id = s.id AND l.leg_no = s.leg_no
          AND {_READY}
        RETURNING s.id, s.tenant_id, s.order_id, s.version, s.gross_weight_g
    ), logged AS (
        INSERT INTO routing.shipment_statuses
            (shipment_id, tenant_id, code, airport, flight_id, occurred_at)
        SELECT id, tenant_id, 'MAN', :airport, :flight_id, :now FROM moved
        ON CONFLICT DO NOTHING
    ), totals AS (
        UPDATE routing.flights SET master_waybill = :master_waybill,
            manifest_shipments = (SELECT count(*) FROM moved),
            manifest_weight_g = (SELECT coalesce(sum(gross_weight_g), 0) FROM moved)
        WHERE id = :flight_id
    )
    SELECT id, tenant_id, order_id, version FROM moved ORDER BY id
    """)  # noqa: S608 - constants of this module
)

_LEAVE_BEHIND: Final = Statement(
    text("""
    WITH moved AS (
        UPDATE routing.shipments s SET state = 'waiting', version = s.version + 1
        FROM routing.shipment_legs l
        WHERE l.flight_id = :flight_id AND l.shipment_id = s.id AND l.leg_no = s.leg_no
          AND s.state = 'booked'
        RETURNING s.id, s.tenant_id, s.order_id, s.version
    ), logged AS (
        INSERT INTO routing.shipment_statuses
            (shipment_id, tenant_id, code, airport, flight_id, occurred_at)
        SELECT id, tenant_id, 'OFLD', :airport, :flight_id, :now FROM moved
        ON CONFLICT DO NOTHING
    )
    SELECT id, tenant_id, order_id, version FROM moved ORDER BY id
    """)
)

_CANCEL: Final = Statement(
    text("""
    UPDATE routing.flights
    SET state = 'cancelled', cancelled_at = :now, cancel_reason = :reason, version = version + 1,
        manifest_shipments = 0, manifest_weight_g = 0
    WHERE id = :flight_id AND state IN ('scheduled', 'closed')
    RETURNING id, flight_number, origin, destination, departs_at, version
    """)
)

# Everybody who counted on the flight loses what is not flown yet and looks for another way; who is
# on the manifest of an earlier flight stays there and looks from its destination on.
_STRAND: Final = Statement(
    text("""
    UPDATE routing.shipments s
    SET state = CASE WHEN s.state = 'departed' OR s.state = 'manifested' AND l.leg_no > s.leg_no
            THEN s.state ELSE 'waiting' END,
        master_waybill = CASE
            WHEN s.state = 'departed' OR s.state = 'manifested' AND l.leg_no > s.leg_no
            THEN s.master_waybill END,
        rebook_at = :now
    FROM routing.shipment_legs l
    WHERE l.flight_id = :flight_id AND l.shipment_id = s.id
      AND l.leg_no >= s.leg_no + CASE WHEN s.location IS NULL THEN 1 ELSE 0 END
      AND s.state IN ('booked', 'manifested', 'departed')
    RETURNING s.id
    """)
)


async def timetable(reader: Reader) -> Record:
    row = await reader.fetch_first(_TIMETABLE)
    assert row is not None, "the first migration inserts it"
    return row


async def set_days(uow: UnitOfWork, *, first_on: date, last_on: date) -> None:
    await uow.execute(_SET_DAYS, version=new_id("tbl"), first_on=first_on, last_on=last_on)


async def renew_timetable(uow: UnitOfWork) -> None:
    await uow.execute(_RENEW, version=new_id("tbl"))


async def add_flights(uow: UnitOfWork, **columns: list[Any]) -> int:
    """Adds what is not there yet; returns how many."""
    return await uow.execute(_ADD_FLIGHTS, **columns)


async def open_flights(uow: UnitOfWork, *, now: datetime) -> list[Record]:
    return await uow.fetch_all(_OPEN_FLIGHTS, now=now)


async def room(uow: UnitOfWork, *, now: datetime) -> dict[str, tuple[int, int]]:
    """What is left, in grams and cm³, on open flights that hold something."""
    rows = await uow.fetch_all(_ROOM, now=now)
    return {row["id"]: (row["remaining_g"], row["remaining_cm3"]) for row in rows}


async def find_flight(uow: UnitOfWork, flight_id: str) -> Record | None:
    return await uow.fetch_first(_FLIGHT, flight_id=flight_id)


async def find_flight_id(uow: UnitOfWork, *, flight_number: str, departs_on: date) -> str | None:
    flight_id: str | None = await uow.fetch_value(
        _FLIGHT_ID_BY_NUMBER, flight_number=flight_number, departs_on=departs_on
    )
    return flight_id


async def due_for_closing(reader: Reader, *, now: datetime, limit: int) -> Sequence[str]:
    rows = await reader.fetch_all(_DUE_FOR_CLOSING, now=now, limit=limit)
    return [row["id"] for row in rows]


async def close(uow: UnitOfWork, *, flight_id: str, now: datetime) -> None:
    await uow.execute(_CLOSE, flight_id=flight_id, now=now)


async def issue_serial(uow: UnitOfWork, *, flight_id: str, carrier: str) -> Record:
    """`wanted`: somebody is ready; `awb_prefix`, `serial`: what was issued, null if no stock."""
    row = await uow.fetch_first(_ISSUE_SERIAL, flight_id=flight_id, carrier=carrier)
    assert row is not None
    return row


async def put_on_manifest(
    uow: UnitOfWork, *, flight_id: str, airport: str, master_waybill: str, now: datetime
) -> list[Record]:
    return await uow.fetch_all(
        _PUT_ON_MANIFEST,
        flight_id=flight_id,
        airport=airport,
        master_waybill=master_waybill,
        now=now,
    )


async def leave_behind(
    uow: UnitOfWork, *, flight_id: str, airport: str, now: datetime
) -> list[Record]:
    return await uow.fetch_all(_LEAVE_BEHIND, flight_id=flight_id, airport=airport, now=now)


async def cancel_flight(
    uow: UnitOfWork, *, flight_id: str, reason: str, now: datetime
) -> Record | None:
    return await uow.fetch_first(_CANCEL, flight_id=flight_id, reason=reason, now=now)


async def strand(uow: UnitOfWork, *, flight_id: str, now: datetime) -> list[str]:
    return [row["id"] for row in await uow.fetch_all(_STRAND, flight_id=flight_id, now=now)]
