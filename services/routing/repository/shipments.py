"""Writes on shipments and the capacity they hold: all legs or none, never more than there is.

Whoever writes takes his turn first (`take_turn`): one advisory lock for routing's write side. A
slice of events, a closing manifest and a status update touch the same flights and shipments in
different orders; with turns they cannot deadlock, and a search after a full flight sees exact
numbers. The guards in the statements hold without it, too.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import text

from shared.db import Statement, UnitOfWork
from shared.kernel.words import Words

# Waiting for the turn is no sign of a deadlock: it may take longer than other locks.
_TAKE_TURN: Final = Statement(
    text("""
    SELECT set_config('lock_timeout', '12s', true),
        pg_advisory_xact_lock(hashtextextended('routing.write', 0))
    """)
)

_CREATE: Final = Statement(
    text("""
    WITH early AS (
        DELETE FROM routing.early_facts
        WHERE order_id = :order_id AND kind <> 'cancelled' RETURNING kind, at, version
    )
    INSERT INTO routing.shipments (
        id, tenant_id, order_id, state, destination_country, gross_weight_g, volume_cm3, pieces,
        leg_no, location, ready_at, released_at, released_version, screened_at, screened_version,
        bookings, placed_at, version)
    SELECT :id, :tenant_id, :order_id, 'waiting', :destination_country, :gross_weight_g,
        :volume_cm3, :pieces, 0, :location,
        CAST(:now AS timestamptz) + (
            SELECT make_interval(mins => minutes) FROM routing.handling_times
            WHERE step = 'handling' AND airport IN (:location, '*')
            ORDER BY airport = '*' LIMIT 1),
        (SELECT at FROM early WHERE kind = 'released'),
        coalesce((SELECT version FROM early WHERE kind = 'released'), 0),
        (SELECT at FROM early WHERE kind = 'screened'),
        coalesce((SELECT version FROM early WHERE kind = 'screened'), 0), 0, :placed_at, 0
    WHERE NOT EXISTS (
        SELECT 1 FROM routing.early_facts WHERE order_id = :order_id AND kind = 'cancelled')
    ON CONFLICT (order_id) DO NOTHING
    RETURNING nextval('routing.house_waybill_number') AS waybill_number,
        ready_at, released_at, screened_at,
        (SELECT version FROM routing.timetable) AS timetable_version
    """)
)

# Rows are locked in the order of their ids, whatever the order of the legs. Nothing is touched
# unless every flight is still open and has room: the counts then agree.
_HOLD: Final = Statement(
    text("""
    WITH free AS (
        SELECT id FROM routing.flights
        WHERE id = ANY(CAST(:flight_ids AS text[])) AND state = 'scheduled'
          AND remaining_g >= :weight_g AND remaining_cm3 >= :volume_cm3
          AND departs_at > :now AND (cut_off_at IS NULL OR cut_off_at > :now)
        ORDER BY id FOR UPDATE
    ), held AS (
        UPDATE routing.flights f
        SET remaining_g = f.remaining_g - :weight_g, remaining_cm3 = f.remaining_cm3 - :volume_cm3,
            booked_shipments = f.booked_shipments + 1
        FROM free
        WHERE f.id = free.id
          AND (SELECT count(*) FROM free) = cardinality(CAST(:flight_ids AS text[]))
        RETURNING f.id
    ), legs AS (
        INSERT INTO routing.shipment_legs (shipment_id, leg_no, tenant_id, flight_id)
        SELECT :shipment_id, CAST(:first_leg_no AS integer) + w.n - 1, :tenant_id, w.id
        FROM unnest(CAST(:flight_ids AS text[])) WITH ORDINALITY AS w(id, n)
        WHERE (SELECT count(*) FROM held) = cardinality(CAST(:flight_ids AS text[]))
    )
    UPDATE routing.shipments
    SET state = CASE WHEN state IN ('manifested', 'departed') THEN state ELSE 'booked' END,
        house_waybill = coalesce(house_waybill, :house_waybill), bookings = bookings + 1,
        cut_off_at = coalesce(:cut_off_at, cut_off_at), promised_at = :promised_at,
        first_promised_at = coalesce(first_promised_at, :promised_at), booked_at = :now,
        rebook_at = NULL, version = version + 1
    WHERE id = :shipment_id
      AND (SELECT count(*) FROM held) = cardinality(CAST(:flight_ids AS text[]))
    RETURNING version, bookings, house_waybill, cut_off_at
    """)
)

_REFUSE: Final = Statement(
    text("""
    UPDATE routing.shipments
    SET state = 'unroutable', refusal_code = :code, refusal_reason = :reason,
        refusal_remedy = :remedy, refusal_reason_zh = :reason_zh, refusal_remedy_zh = :remedy_zh,
        rebook_at = NULL, version = version + 1
    WHERE id = :shipment_id AND state = 'waiting' RETURNING version
    """)
)

_RETRY_LATER: Final = Statement(
    text("UPDATE routing.shipments SET rebook_at = :rebook_at WHERE id = :shipment_id")
)

# Gives back what shipments hold on legs they have not flown: from the next leg on, or, for goods
# aboard or on a closed manifest, from the one after.
_RELEASE: Final = Statement(
    text("""
    WITH gone AS (
        DELETE FROM routing.shipment_legs l USING routing.shipments s
        WHERE l.shipment_id = ANY(CAST(:shipment_ids AS text[])) AND s.id = l.shipment_id
          AND l.leg_no >= s.leg_no
              + CASE WHEN s.location IS NULL OR s.state = 'manifested' THEN 1 ELSE 0 END
        RETURNING l.flight_id, s.gross_weight_g, s.volume_cm3
    ), total AS (
        SELECT flight_id, CAST(sum(gross_weight_g) AS bigint) AS weight_g,
               CAST(sum(volume_cm3) AS bigint) AS volume_cm3, CAST(count(*) AS integer) AS n
        FROM gone GROUP BY flight_id
    ), locked AS (
        SELECT id FROM routing.flights WHERE id IN (SELECT flight_id FROM total)
        ORDER BY id FOR UPDATE
    )
    UPDATE routing.flights f
    SET remaining_g = f.remaining_g + total.weight_g,
        remaining_cm3 = f.remaining_cm3 + total.volume_cm3,
        booked_shipments = f.booked_shipments - total.n
    FROM total JOIN locked ON locked.id = total.flight_id WHERE f.id = total.flight_id
    """)
)

# A shipment that was on a manifest comes off it: the flight's totals follow.
_CANCEL: Final = Statement(
    text("""
    WITH before AS (
        SELECT id, master_waybill, gross_weight_g FROM routing.shipments
        WHERE order_id = :order_id AND state = ANY(CAST(:cancellable AS text[])) FOR UPDATE
    ), off AS (
        UPDATE routing.flights f
        SET manifest_shipments = f.manifest_shipments - 1,
            manifest_weight_g = f.manifest_weight_g - before.gross_weight_g
        FROM before WHERE f.master_waybill = before.master_waybill
    )
    UPDATE routing.shipments s
    SET state = 'cancelled', cancelled_at = :now, rebook_at = NULL, master_waybill = NULL
    FROM before WHERE s.id = before.id RETURNING s.id
    """)
)

_ADD_EARLY_FACT: Final = Statement(
    text("""
    INSERT INTO routing.early_facts AS known (order_id, kind, tenant_id, at, version)
    SELECT :order_id, :kind, :tenant_id, :at, :version
    WHERE NOT EXISTS (SELECT 1 FROM routing.shipments WHERE order_id = :order_id)
    ON CONFLICT (order_id, kind) DO UPDATE SET at = EXCLUDED.at, version = EXCLUDED.version
    WHERE known.version < EXCLUDED.version
    """)
)

_SET_RELEASED: Final = Statement(
    text("""
    UPDATE routing.shipments
    SET released_at = CASE WHEN released_version < :version THEN :at ELSE released_at END,
        released_version = greatest(released_version, :version)
    WHERE order_id = :order_id RETURNING id, state AS status, released_at, screened_at
    """)
)

# `at` is null when the screening was not passed: what passed before no longer counts.
_SET_SCREENED: Final = Statement(
    text("""
    UPDATE routing.shipments
    SET screened_at = CASE WHEN screened_version < :version THEN :at ELSE screened_at END,
        screened_version = greatest(screened_version, :version)
    WHERE order_id = :order_id AND state IN ('booked', 'waiting', 'unroutable')
    RETURNING id, state AS status, released_at, screened_at
    """)
)

_COLUMNS_TO_REBOOK: Final = """
    s.id, s.tenant_id, s.order_id, s.state AS status, s.destination_country, s.gross_weight_g,
    s.volume_cm3, s.pieces, s.ready_at, s.released_at, s.screened_at, s.house_waybill, s.location,
    coalesce(last.leg_no + 1, 0) AS first_leg_no, coalesce(f.destination, s.location) AS origin,
    coalesce(f.arrived_at, f.arrives_at) AS came_at, f.mode AS came_by
"""
_LAST_LEG: Final = """
    LEFT JOIN LATERAL (
        SELECT l.leg_no, l.flight_id FROM routing.shipment_legs l
        WHERE l.shipment_id = s.id ORDER BY l.leg_no DESC LIMIT 1) last ON true
    LEFT JOIN routing.flights f ON f.id = last.flight_id
"""

_DUE_FOR_REBOOKING: Final = Statement(
    text(f"""
    SELECT {_COLUMNS_TO_REBOOK} FROM routing.shipments s {_LAST_LEG}
    WHERE s.rebook_at <= :now AND s.state IN ('waiting', 'manifested', 'departed')
    ORDER BY s.rebook_at, s.id LIMIT :limit
    """)  # noqa: S608 - constants of this module
)

_TO_REBOOK: Final = Statement(
    text(f"""
    SELECT {_COLUMNS_TO_REBOOK} FROM routing.shipments s {_LAST_LEG} WHERE s.id = :shipment_id
    """)  # noqa: S608 - constants of this module
)

_ANY_DUE: Final = Statement(
    text("SELECT EXISTS (SELECT 1 FROM routing.shipments WHERE rebook_at <= :now)")
)

_FLOWN_LEGS: Final = Statement(
    text("""
    SELECT f.id, f.flight_number, f.mode, f.origin, f.destination, f.departs_at, f.arrives_at,
           f.synthetic
    FROM routing.shipment_legs l JOIN routing.flights f ON f.id = l.flight_id
    WHERE l.shipment_id = :shipment_id AND l.leg_no < :first_leg_no ORDER BY l.leg_no
    """)
)


async def take_turn(uow: UnitOfWork) -> None:
    """First statement of everything that writes; held to the end of the transaction."""
    await uow.execute(_TAKE_TURN)


async def create(uow: UnitOfWork, **values: Any) -> Record | None:
    """None: the order has a shipment, or was cancelled before it got one."""
    return await uow.fetch_first(_CREATE, **values)


async def hold(uow: UnitOfWork, **values: Any) -> Record | None:
    """Takes room on all flights and books. None: one of them is full or closed, nothing taken."""
    return await uow.fetch_first(_HOLD, **values)


async def refuse(
    uow: UnitOfWork, *, shipment_id: str, code: str, detail: Words, fix: Words
) -> int | None:
    """The new version, or None if the shipment is no longer waiting for an itinerary."""
    version: int | None = await uow.fetch_value(
        _REFUSE,
        shipment_id=shipment_id,
        code=code,
        reason=detail.en,
        remedy=fix.en,
        reason_zh=detail.zh,
        remedy_zh=fix.zh,
    )
    return version


async def retry_later(uow: UnitOfWork, *, shipment_id: str, rebook_at: datetime) -> None:
    await uow.execute(_RETRY_LATER, shipment_id=shipment_id, rebook_at=rebook_at)


async def release(uow: UnitOfWork, shipment_ids: Sequence[str]) -> None:
    if shipment_ids:
        await uow.execute(_RELEASE, shipment_ids=list(shipment_ids))


async def cancel(
    uow: UnitOfWork, *, order_id: str, cancellable: Sequence[str], now: datetime
) -> str | None:
    """The id of the shipment that is cancelled now, if one could be."""
    shipment_id: str | None = await uow.fetch_value(
        _CANCEL, order_id=order_id, cancellable=list(cancellable), now=now
    )
    return shipment_id


async def add_early_fact(
    uow: UnitOfWork, *, order_id: str, kind: str, tenant_id: str, at: datetime | None, version: int
) -> None:
    await uow.execute(
        _ADD_EARLY_FACT, order_id=order_id, kind=kind, tenant_id=tenant_id, at=at, version=version
    )


async def set_released(
    uow: UnitOfWork, *, order_id: str, at: datetime, version: int
) -> Record | None:
    return await uow.fetch_first(_SET_RELEASED, order_id=order_id, at=at, version=version)


async def set_screened(
    uow: UnitOfWork, *, order_id: str, at: datetime | None, version: int
) -> Record | None:
    return await uow.fetch_first(_SET_SCREENED, order_id=order_id, at=at, version=version)


async def any_due_for_rebooking(uow: UnitOfWork, *, now: datetime) -> bool:
    return bool(await uow.fetch_value(_ANY_DUE, now=now))


async def due_for_rebooking(uow: UnitOfWork, *, now: datetime, limit: int) -> list[Record]:
    return await uow.fetch_all(_DUE_FOR_REBOOKING, now=now, limit=limit)


async def to_rebook(uow: UnitOfWork, shipment_id: str) -> Record:
    row = await uow.fetch_first(_TO_REBOOK, shipment_id=shipment_id)
    assert row is not None, shipment_id
    return row


async def flown_legs(uow: UnitOfWork, *, shipment_id: str, first_leg_no: int) -> list[Record]:
    return await uow.fetch_all(_FLOWN_LEGS, shipment_id=shipment_id, first_leg_no=first_leg_no)
