"""The queues of the security lanes. A parcel joins one when customs has its list, and leaves it by
screening, return or cancellation. Taking is a lease in real time: what is not reported back in time
is offered again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.announcements import Subject
from services.customs.domain.declarations.clocks import Clock, Running
from services.customs.domain.declarations.dossier import ParcelFacts
from services.customs.domain.declarations.missing import Owner
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.work import Work
from services.customs.domain.documents.state import Channel
from services.customs.domain.lanes.queue import JoiningParcel, LaneParcel, LaneQueue
from services.customs.domain.lanes.screening import ScreenedParcel, Screening
from shared.db import INSTANT, INTEGER, JSON, SMALLINT, TEXTS, UnitOfWork, sql
from shared.kernel.ids import new_id


def _screened_parcel(  # noqa: PLR0917 - a row's columns
    declaration_id: str,
    tenant_id: str,
    order_id: str,
    shipment_id: str | None,
    traceparent: str | None,
    status: str,
    channel: Channel | None,
    screened_at: datetime | None,
    is_held: bool,
    facts: list[str],
    version: int,
    has_departed: bool,
    waits_for: str | None,
    owner: Owner | None,
    wait_by: datetime | None,
) -> ScreenedParcel:
    subject = Subject(declaration_id, tenant_id, order_id, shipment_id, traceparent)
    return ScreenedParcel(
        subject,
        Phase(status),
        channel,
        screened_at,
        is_held,
        tuple(facts),
        version,
        has_departed=has_departed,
        work=Work(waits_for, owner, wait_by) if waits_for and owner else None,
    )


def _known_screening(
    screening_id: str,
    declaration_id: str,
    lane: int,
    passed: bool,
    screened_at: datetime,
) -> tuple[Screening, str]:
    return Screening(declaration_id, lane, passed, screened_at), screening_id


_QUEUES: Final = sql(
    """
    SELECT l.lane, l.capacity_per_hour, count(p.declaration_id) AS waiting
    FROM customs.lanes AS l
    LEFT JOIN customs.parcels AS p ON p.lane = l.lane AND p.state = 'waiting'
    GROUP BY l.lane ORDER BY l.lane
    """,
    LaneQueue,
)

_LANE_EXISTS: Final = sql(
    "SELECT lane FROM customs.lanes WHERE lane = :lane",
    int,
    lane=SMALLINT,
)

_JOIN: Final = sql(
    """
    INSERT INTO customs.parcels AS p (
        declaration_id, tenant_id, lane, state, cut_off_at, queued_at)
    SELECT declaration_id, tenant_id, lane, 'waiting', cut_off_at, :now
    FROM jsonb_to_recordset(:rows) AS r (
        declaration_id text, tenant_id text, lane smallint, cut_off_at timestamptz)
    ORDER BY declaration_id
    ON CONFLICT (declaration_id) DO UPDATE SET
        lane = excluded.lane, state = 'waiting', cut_off_at = excluded.cut_off_at,
        queued_at = excluded.queued_at, lease_until = NULL
    WHERE p.state IN ('left', 'elsewhere')
    """,
    rows=JSON,
    now=INSTANT,
)

_LEAVE: Final = sql(
    """
    UPDATE customs.parcels SET state = 'left', lease_until = NULL
    WHERE declaration_id = ANY(:ids) AND state IN ('waiting', 'held')
    """,
    ids=TEXTS,
)

_MOVE_CUT_OFFS: Final = sql(
    """
    UPDATE customs.parcels AS p SET cut_off_at = d.cut_off_at
    FROM customs.declarations AS d
    WHERE d.id = p.declaration_id AND p.declaration_id = ANY(:ids)
      AND p.cut_off_at IS DISTINCT FROM d.cut_off_at
    """,
    ids=TEXTS,
)

_TAKE: Final = sql(
    """
    UPDATE customs.parcels AS p SET lease_until = :lease_until
    FROM (
        SELECT declaration_id FROM customs.parcels
        WHERE lane = :lane AND state = 'waiting'
          AND (lease_until IS NULL OR lease_until <= :real_now)
        ORDER BY cut_off_at NULLS LAST, queued_at, declaration_id
        LIMIT :rows_max FOR UPDATE SKIP LOCKED
    ) AS next, customs.declarations AS d
    WHERE p.declaration_id = next.declaration_id AND d.id = p.declaration_id
    RETURNING p.declaration_id, d.order_id, d.shipment_id, d.tenant_id AS merchant_id,
              d.waybill ->> 'house_waybill' AS house_waybill, d.channel, p.cut_off_at,
              p.queued_at
    """,
    LaneParcel,
    lane=SMALLINT,
    lease_until=INSTANT,
    real_now=INSTANT,
    rows_max=INTEGER,
)

_LOCK_PARCELS: Final = sql(
    """
    SELECT d.id AS declaration_id, d.tenant_id, d.order_id, d.shipment_id, d.traceparent, d.status,
           d.channel, p.screened_at, coalesce(p.is_held, false) AS is_held, d.facts, d.version,
           p.departed_at IS NOT NULL AS has_departed, d.waits_for, d.owner, d.wait_by
    FROM customs.declarations AS d LEFT JOIN customs.parcels AS p ON p.declaration_id = d.id
    WHERE d.id = ANY(:ids) ORDER BY d.order_id FOR UPDATE OF d
    """,
    _screened_parcel,
    ids=TEXTS,
)


def _parcel(  # noqa: PLR0917 - a row's columns
    declaration_id: str,
    is_queued: bool,
    is_screened: bool,
    is_held: bool,
    arrived_at: datetime | None,
    departed_at: datetime | None,
    is_reported: bool,
    clock: str | None,
    clock_at: datetime | None,
) -> tuple[str, ParcelFacts]:
    return declaration_id, ParcelFacts(
        is_queued=is_queued,
        is_screened=is_screened,
        is_held=is_held,
        arrived_at=arrived_at,
        departed_at=departed_at,
        is_reported=is_reported,
        running=Running(Clock(clock), clock_at) if clock and clock_at else None,
    )


_PARCELS: Final = sql(
    """
    SELECT declaration_id, state IN ('waiting', 'held', 'screened') AS is_queued,
           screened_at IS NOT NULL AS is_screened, is_held, arrived_at, departed_at,
           departure_reported_at IS NOT NULL AS is_reported, clock, clock_at
    FROM customs.parcels WHERE declaration_id = ANY(:ids)
    """,
    _parcel,
    ids=TEXTS,
)

_KNOWN_SCREENINGS: Final = sql(
    """
    SELECT id AS screening_id, declaration_id, lane, passed, screened_at FROM customs.screenings
    WHERE declaration_id = ANY(:ids)
    """,
    _known_screening,
    ids=TEXTS,
)

_INSERT_SCREENINGS: Final = sql(
    """
    INSERT INTO customs.screenings (
        id, tenant_id, declaration_id, lane, passed, screened_at, received_at)
    SELECT id, tenant_id, declaration_id, lane, passed, screened_at, :now
    FROM jsonb_to_recordset(:rows) AS r (
        id text, tenant_id text, declaration_id text, lane smallint, passed boolean,
        screened_at timestamptz)
    ON CONFLICT DO NOTHING
    """,
    rows=JSON,
    now=INSTANT,
)

# A parcel that never joined a queue may be screened, too.
_SAVE_SCREENED: Final = sql(
    """
    WITH results AS (
        SELECT * FROM jsonb_to_recordset(:rows) AS r (
            id text, tenant_id text, screened_at timestamptz, is_held boolean, version integer,
            facts jsonb, waits_for text, owner text, wait_by timestamptz)),
    parcels AS (
        INSERT INTO customs.parcels AS p (declaration_id, tenant_id, state, screened_at, is_held)
        SELECT id, tenant_id, 'elsewhere', screened_at, is_held FROM results ORDER BY id
        ON CONFLICT (declaration_id) DO UPDATE SET
            screened_at = excluded.screened_at, is_held = excluded.is_held, lease_until = NULL,
            state = CASE WHEN p.state = 'elsewhere' THEN p.state
                         WHEN excluded.is_held THEN 'held' ELSE 'screened' END)
    UPDATE customs.declarations AS d SET
        version = r.version, facts = ARRAY(SELECT jsonb_array_elements_text(r.facts)),
        waits_for = r.waits_for, owner = r.owner, wait_by = r.wait_by
    FROM results AS r WHERE d.id = r.id
    """,
    rows=JSON,
)


async def list_queues(uow: UnitOfWork) -> list[LaneQueue]:
    """By the number of the lane."""
    return await uow.fetch_all(_QUEUES)


async def lane_exists(uow: UnitOfWork, lane: int) -> bool:
    return await uow.fetch_value(_LANE_EXISTS, lane=lane) is not None


async def join_queues(
    uow: UnitOfWork,
    parcels: Sequence[JoiningParcel],
    *,
    lanes: Mapping[str, int],
    now: datetime,
) -> None:
    """`lanes`: by declaration. A parcel that has left a queue joins one again."""
    rows = [
        {
            "declaration_id": parcel.declaration_id,
            "tenant_id": parcel.merchant_id,
            "lane": lanes[parcel.declaration_id],
            "cut_off_at": parcel.cut_off_at.isoformat() if parcel.cut_off_at else None,
        }
        for parcel in parcels
    ]
    await uow.execute(_JOIN, rows=rows, now=now)


async def leave_queues(uow: UnitOfWork, declaration_ids: Sequence[str]) -> None:
    await uow.execute(_LEAVE, ids=declaration_ids)


async def move_cut_offs(uow: UnitOfWork, declaration_ids: Sequence[str]) -> None:
    """Of parcels in a queue, to the cut-off of the flight they are booked on now."""
    await uow.execute(_MOVE_CUT_OFFS, ids=declaration_ids)


async def take(
    uow: UnitOfWork, *, lane: int, rows_max: int, lease_until: datetime, real_now: datetime
) -> list[LaneParcel]:
    """The next parcels of the lane, in no order."""
    return await uow.fetch_all(
        _TAKE, lane=lane, rows_max=rows_max, lease_until=lease_until, real_now=real_now
    )


async def parcels_of(uow: UnitOfWork, declaration_ids: Sequence[str]) -> dict[str, ParcelFacts]:
    """By declaration. The declarations are locked."""
    return dict(await uow.fetch_all(_PARCELS, ids=declaration_ids))


async def lock_parcels(uow: UnitOfWork, declaration_ids: Sequence[str]) -> list[ScreenedParcel]:
    return await uow.fetch_all(_LOCK_PARCELS, ids=declaration_ids)


async def known_screenings(uow: UnitOfWork, declaration_ids: Sequence[str]) -> dict[Screening, str]:
    """The ids of the reports there have been."""
    return dict(await uow.fetch_all(_KNOWN_SCREENINGS, ids=declaration_ids))


async def insert_screenings(
    uow: UnitOfWork,
    screenings: Sequence[Screening],
    *,
    parcels: Mapping[str, ScreenedParcel],
    now: datetime,
) -> dict[Screening, str]:
    """Their ids. `parcels`: by declaration."""
    ids = {screening: new_id("scr") for screening in screenings}
    rows = [
        {
            "id": screening_id,
            "tenant_id": parcels[screening.declaration_id].subject.merchant_id,
            "declaration_id": screening.declaration_id,
            "lane": screening.lane,
            "passed": screening.passed,
            "screened_at": screening.screened_at.isoformat(),
        }
        for screening, screening_id in ids.items()
    ]
    await uow.execute(_INSERT_SCREENINGS, rows=rows, now=now)
    return ids


async def save_screened(uow: UnitOfWork, parcels: Sequence[ScreenedParcel]) -> None:
    rows = [
        {
            "id": parcel.subject.id,
            "tenant_id": parcel.subject.merchant_id,
            "screened_at": parcel.screened_at.isoformat() if parcel.screened_at else None,
            "is_held": parcel.is_held,
            "version": parcel.version,
            "facts": parcel.announced,
            "waits_for": parcel.work.waits_for if parcel.work else None,
            "owner": parcel.work.owner if parcel.work else None,
            "wait_by": parcel.work.by.isoformat() if parcel.work and parcel.work.by else None,
        }
        for parcel in parcels
    ]
    await uow.execute(_SAVE_SCREENED, rows=rows)
