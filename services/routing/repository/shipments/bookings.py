"""Writes on shipments and the capacity they hold: all legs or none, never more than there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.routing.domain.network.refusal import Refusal
from services.routing.domain.shipments.planning import Plan, Unplaced
from services.routing.domain.shipments.shipment import Shipment, ShipmentStatus
from services.routing.repository.shipments.goods import to_documents
from services.routing.repository.shipments.second_look import note_change
from shared.db import BIGINT, INSTANT, INTEGER, JSON, TEXT, TEXTS, UnitOfWork, sql


@dataclass(frozen=True, slots=True)
class CreatedShipment:
    """What the database knew of a shipment when it was made."""

    waybill_number: int
    handled_at: datetime | None
    is_cleared: bool
    has_lost_list: bool
    timetable_version: str
    change_no: int


_CREATE: Final = sql(
    """
    WITH early AS (
        DELETE FROM routing.early_facts
        WHERE order_id = :order_id AND kind <> 'cancelled' RETURNING kind, at, version
    ), stopped AS (
        SELECT kind, at, version FROM early WHERE kind IN ('blocked', 'returned', 'withdrawn')
        ORDER BY version DESC LIMIT 1
    ), ended AS (
        SELECT version FROM early WHERE kind = 'declaration_cancelled'
        UNION ALL SELECT version FROM stopped
    )
    INSERT INTO routing.shipments (
        id, tenant_id, order_id, state, destination_country, gross_weight_g, volume_cm3, pieces,
        delivery_region, hs_codes, dangerous_goods, leg_no, location, ready_at, released_at,
        released_version, screened_at, screened_version,
        declaration_cancelled_at, declaration_cancelled_version, cancel_requested_at,
        cancel_requested_version, stopped_at, stopped_by, stopped_version, bookings, placed_at,
        version, store)
    SELECT :id, :merchant_id, :order_id, 'waiting', :destination_country, :gross_weight_g,
        :volume_cm3, :pieces, :delivery_region, :hs_codes, :dangerous_goods, 0, :location,
        :now + (
            SELECT make_interval(mins => minutes) FROM routing.handling_times
            WHERE step = 'handling' AND airport IN (:location, '*')
            ORDER BY airport = '*' LIMIT 1),
        (SELECT r.at FROM early r WHERE r.kind = 'released' AND NOT EXISTS (
            SELECT 1 FROM ended e WHERE e.version >= r.version)),
        coalesce((SELECT version FROM early WHERE kind = 'released'), 0),
        (SELECT at FROM early WHERE kind = 'screened'),
        coalesce((SELECT version FROM early WHERE kind = 'screened'), 0),
        (SELECT at FROM early WHERE kind = 'declaration_cancelled'),
        coalesce((SELECT version FROM early WHERE kind = 'declaration_cancelled'), 0),
        (SELECT q.at FROM early q WHERE q.kind = 'cancel_requested' AND NOT EXISTS (
            SELECT 1 FROM ended e WHERE e.version >= q.version)),
        coalesce((SELECT version FROM early WHERE kind = 'cancel_requested'), 0),
        (SELECT at FROM stopped), (SELECT kind FROM stopped),
        coalesce((SELECT version FROM stopped), 0),
        0, :placed_at, 0, :store
    WHERE NOT EXISTS (
        SELECT 1 FROM routing.early_facts WHERE order_id = :order_id AND kind = 'cancelled')
    ON CONFLICT (order_id) DO NOTHING
    RETURNING nextval('routing.house_waybill_number') AS waybill_number, ready_at AS handled_at,
        released_at IS NOT NULL AND screened_at IS NOT NULL AND cancel_requested_at IS NULL
            AS is_cleared,
        released_at IS NULL AND (stopped_at IS NOT NULL OR declaration_cancelled_at IS NOT NULL)
            AS has_lost_list,
        (SELECT t.version || '/' || r.version FROM routing.timetable t, routing.rate_book r)
            AS timetable_version,
        coalesce(pg_sequence_last_value('routing.flight_change'), 0) AS change_no
    """,
    CreatedShipment,
    id=TEXT,
    merchant_id=TEXT,
    order_id=TEXT,
    store=TEXT,
    destination_country=TEXT,
    gross_weight_g=BIGINT,
    volume_cm3=BIGINT,
    pieces=BIGINT,
    delivery_region=TEXT,
    hs_codes=TEXTS,
    dangerous_goods=JSON,
    location=TEXT,
    placed_at=INSTANT,
    now=INSTANT,
)


@dataclass(frozen=True, slots=True)
class Booking:
    """What holding room made of a shipment. `bookings` counts this one."""

    version: int
    bookings: int
    house_waybill: str
    cut_off_at: datetime


# Rows are locked in the order of their ids, whatever the order of the legs. Nothing is touched
# unless every flight is still open and has room: the counts then agree.
_HOLD: Final = sql(
    """
    WITH free AS (
        SELECT id FROM routing.flights
        WHERE id = ANY(:flight_ids) AND state = 'scheduled'
          AND remaining_g >= :weight_g AND remaining_cm3 >= :volume_cm3
          AND departs_at > :now AND (cut_off_at IS NULL OR cut_off_at > :now)
          AND change_no <= :seen_no
        ORDER BY id FOR UPDATE
    ), held AS (
        UPDATE routing.flights f
        SET remaining_g = f.remaining_g - :weight_g, remaining_cm3 = f.remaining_cm3 - :volume_cm3,
            booked_shipments = f.booked_shipments + 1
        FROM free
        WHERE f.id = free.id AND (SELECT count(*) FROM free) = cardinality(:flight_ids)
        RETURNING f.id
    ), legs AS (
        INSERT INTO routing.shipment_legs (shipment_id, leg_no, tenant_id, flight_id)
        SELECT :shipment_id, :first_leg_no + w.n - 1, :merchant_id, w.id
        FROM unnest(:flight_ids) WITH ORDINALITY AS w(id, n)
        WHERE (SELECT count(*) FROM held) = cardinality(:flight_ids)
    )
    UPDATE routing.shipments
    SET state = CASE WHEN state IN ('manifested', 'departed') THEN state ELSE 'booked' END,
        house_waybill = coalesce(house_waybill, :house_waybill), bookings = bookings + 1,
        cut_off_at = coalesce(:cut_off_at, cut_off_at), promised_at = :promised_at,
        first_promised_at = coalesce(first_promised_at, :promised_at), booked_at = :now,
        rebook_at = NULL, version = version + 1
    WHERE id = :shipment_id AND (SELECT count(*) FROM held) = cardinality(:flight_ids)
    RETURNING version, bookings, house_waybill, cut_off_at
    """,
    Booking,
    flight_ids=TEXTS,
    seen_no=BIGINT,
    weight_g=BIGINT,
    volume_cm3=BIGINT,
    now=INSTANT,
    shipment_id=TEXT,
    first_leg_no=INTEGER,
    merchant_id=TEXT,
    house_waybill=TEXT,
    cut_off_at=INSTANT,
    promised_at=INSTANT,
)

_REFUSE: Final = sql(
    """
    UPDATE routing.shipments
    SET state = 'unroutable', refusal_code = :code, refusal_reason = :reason,
        refusal_remedy = :remedy, refusal_reason_zh = :reason_zh, refusal_remedy_zh = :remedy_zh,
        rebook_at = NULL, version = version + 1
    WHERE id = :shipment_id AND state = 'waiting' RETURNING version
    """,
    int,
    shipment_id=TEXT,
    code=TEXT,
    reason=TEXT,
    remedy=TEXT,
    reason_zh=TEXT,
    remedy_zh=TEXT,
)

_RETRY_LATER: Final = sql(
    "UPDATE routing.shipments SET rebook_at = :rebook_at WHERE id = :shipment_id",
    shipment_id=TEXT,
    rebook_at=INSTANT,
)

_STOP_SEEKING: Final = sql(
    "UPDATE routing.shipments SET rebook_at = NULL WHERE id = :shipment_id", shipment_id=TEXT
)

# Gives back what shipments hold on legs they have not flown: from the next leg on, or, for goods
# aboard or on a closed manifest, from the one after.
_RELEASE: Final = sql(
    """
    WITH gone AS (
        DELETE FROM routing.shipment_legs l USING routing.shipments s
        WHERE l.shipment_id = ANY(:shipment_ids) AND s.id = l.shipment_id
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
    """,
    shipment_ids=TEXTS,
)

# A shipment that was on a manifest comes off it: the flight's totals follow.
_CANCEL: Final = sql(
    """
    WITH before AS (
        SELECT id, master_waybill, gross_weight_g FROM routing.shipments
        WHERE order_id = :order_id AND state = ANY(:cancellable) FOR UPDATE
    ), off AS (
        UPDATE routing.flights f
        SET manifest_shipments = f.manifest_shipments - 1,
            manifest_weight_g = f.manifest_weight_g - before.gross_weight_g
        FROM before WHERE f.master_waybill = before.master_waybill
    )
    UPDATE routing.shipments s
    SET state = 'cancelled', cancelled_at = :now, rebook_at = NULL, master_waybill = NULL
    FROM before WHERE s.id = before.id RETURNING s.id
    """,
    str,
    order_id=TEXT,
    cancellable=TEXTS,
    now=INSTANT,
)


async def create(
    uow: UnitOfWork,
    shipment: Shipment,
    *,
    store: str,
    location: str,
    placed_at: datetime,
    now: datetime,
) -> CreatedShipment | None:
    """None: the order has a shipment, or was cancelled before it got one."""
    return await uow.fetch_first(
        _CREATE,
        id=shipment.id,
        merchant_id=shipment.merchant_id,
        order_id=shipment.order_id,
        store=store,
        destination_country=shipment.destination_country,
        gross_weight_g=shipment.gross_weight_g,
        volume_cm3=shipment.volume_cm3,
        pieces=shipment.pieces,
        delivery_region=shipment.delivery_region,
        hs_codes=None if shipment.hs_codes is None else sorted(shipment.hs_codes),
        dangerous_goods=to_documents(shipment.dangerous_goods),
        location=location,
        placed_at=placed_at,
        now=now,
    )


async def hold(
    uow: UnitOfWork, unplaced: Unplaced, plan: Plan, *, seen_no: int, now: datetime
) -> Booking | None:
    """Takes room on all flights and books. None: one of them is full or closed, or has changed
    after `seen_no`, the last change of a flight that the plan knows of; nothing is taken.
    """
    shipment = unplaced.shipment
    return await uow.fetch_first(
        _HOLD,
        flight_ids=plan.flight_ids,
        seen_no=seen_no,
        weight_g=shipment.gross_weight_g,
        volume_cm3=shipment.volume_cm3,
        now=now,
        shipment_id=shipment.id,
        first_leg_no=unplaced.first_leg_no,
        merchant_id=shipment.merchant_id,
        house_waybill=unplaced.house_waybill,
        cut_off_at=plan.cut_off_at,
        promised_at=plan.promised_at,
    )


async def refuse(uow: UnitOfWork, shipment_id: str, refusal: Refusal) -> int:
    """The new version of a shipment that was waiting for an itinerary."""
    version = await uow.fetch_value(
        _REFUSE,
        shipment_id=shipment_id,
        code=refusal.code,
        reason=refusal.detail.en,
        remedy=refusal.fix.en,
        reason_zh=refusal.detail.zh,
        remedy_zh=refusal.fix.zh,
    )
    assert version is not None, shipment_id
    return version


async def retry_later(uow: UnitOfWork, shipment_id: str, *, rebook_at: datetime) -> None:
    await uow.execute(_RETRY_LATER, shipment_id=shipment_id, rebook_at=rebook_at)


async def stop_seeking(uow: UnitOfWork, shipment_id: str) -> None:
    """The job that rebooks does not look for another flight."""
    await uow.execute(_STOP_SEEKING, shipment_id=shipment_id)


async def release(uow: UnitOfWork, shipment_ids: Sequence[str]) -> None:
    """Gives back the room on all legs that are not flown."""
    if shipment_ids and await uow.execute(_RELEASE, shipment_ids=shipment_ids):
        await note_change(uow)


async def cancel(
    uow: UnitOfWork, *, order_id: str, cancellable: Sequence[ShipmentStatus], now: datetime
) -> str | None:
    """The id of the shipment that is cancelled now, if one could be."""
    return await uow.fetch_value(_CANCEL, order_id=order_id, cancellable=cancellable, now=now)
