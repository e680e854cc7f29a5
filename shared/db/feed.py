"""The outbox as a feed: what happened to one tenant, in the order of commits, each event once.

Ids alone would lose events: a transaction may write id 7 and commit after somebody has read id 8.
So a reader's place is a snapshot `seen`, as the relay's is (docs/adr/0003). A window is what a
later snapshot, `target`, sees beyond `seen`, in id order, page by page. The order of an aggregate's
events is right, because they are inserted while its row is locked.

`floor_id` keeps windows cheap: every event that `seen` does not see has a larger id. It is the
largest id that was visible at a moment before which no transaction that was open at `seen` had
begun. (An event gets its id after its transaction has its number: the state is written first.)
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.db.kept_outbox import DAYS_KEPT
from shared.db.statement import sql
from shared.db.types import BIGINT, INTEGER, TEXT, TEXTS, SqlType
from shared.db.unit_of_work import Reader

# Visible in it is nothing: the beginning of all that is kept.
_NOTHING_SEEN: Final = "1:1:"
# A day less than the rows are kept, so that none is dropped between two pages.
CURSOR_VALID: Final = timedelta(days=DAYS_KEPT - 1)
# Rows that one page looks at, some milliseconds' worth; and about so many bytes it has.
_WALK_MAX: Final = 10_000
_PAGE_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event of the outbox. `data` is its payload as JSON text."""

    id: int
    event_id: str
    type: str
    subject: str
    version: int
    at: datetime
    data: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader is. `target` is None between windows; `last_id` is the last event read of a
    window, and `read_at` when that was written. `next_floor_id` may replace `floor_id` once no
    transaction below `next_floor_xid` is open. `cluster`: the one whose transactions the snapshots
    speak of.
    """

    cluster: int
    seen: str = _NOTHING_SEEN
    target: str | None = None
    last_id: int = 0
    floor_id: int = 0
    next_floor_xid: int = 0
    next_floor_id: int = 0
    seen_at: datetime | None = None
    target_at: datetime | None = None
    read_at: datetime | None = None

    def has_expired(self, now: datetime) -> bool:
        """Whether something that is still to be read may be kept no more. `now`: real time."""
        if self.seen_at is not None:
            return now - self.seen_at > CURSOR_VALID
        # Read from the beginning. Days are dropped as a whole.
        return self.read_at is not None and self.read_at < _oldest_day(now)

    @property
    def since(self) -> datetime | None:
        """What was written from then on may still have to be read; None: everything."""
        return self.seen_at or self.read_at


@dataclass(frozen=True, slots=True)
class Now:
    """A snapshot, and the largest id of the tenant that is visible in it. `at`: real time.

    Transactions that were open at the snapshot have numbers below `xid`. The snapshot's own upper
    end does not say so: it is only above those that had ended.
    """

    cluster: int
    snapshot: str
    xid: int
    id_max: int
    at: datetime

    @property
    def xmin(self) -> int:
        """All older transactions have ended."""
        return int(self.snapshot.split(":")[0])


@dataclass(frozen=True, slots=True)
class FeedPage:
    """`is_last`: nothing more had been committed when its window was opened. A page can have fewer
    events than were asked for, or none, and not be the last.
    """

    events: list[FeedEvent]
    place: Place
    is_last: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """`in_all`: how many events the page found; those beyond its bytes are not here."""

    event: FeedEvent
    in_all: int


def _found(  # noqa: PLR0917 - columns
    id: int,  # noqa: A002 - the column
    event_id: str,
    type: str,  # noqa: A002 - the column
    subject: str,
    version: int,
    at: datetime,
    data: str,
    in_all: int,
) -> _Found:
    return _Found(FeedEvent(id, event_id, type, subject, version, at, data), in_all)


@dataclass(frozen=True, slots=True)
class _Walked:
    id: int
    event_id: str


class Feed:
    """Reads the outbox of one schema. The outbox has no row-level security; every statement here
    names the tenant.
    """

    def __init__(self, schema: str) -> None:
        # Plans the page that follows in the same transaction. A plan made while today's partition
        # was empty would scan it, and a sort would read the whole window for one page.
        self._now = sql(
            f"""
            SELECT here.system_identifier AS cluster, pg_current_snapshot()::text AS snapshot,
                pg_current_xact_id()::text::bigint AS xid,
                greatest(0,
                    (SELECT max(id) FROM {schema}.outbox WHERE tenant_id = :tenant),
                    (SELECT max(id) FROM {schema}.outbox_kept WHERE tenant_id = :tenant)
                ) AS id_max,
                clock_timestamp() AS at
            FROM pg_control_system() here,
                set_config('enable_seqscan', 'off', true) AS no_scan,
                set_config('enable_sort', 'off', true) AS no_sort
            """,
            Now,
            tenant=TEXT,
        )
        window: dict[str, SqlType] = {"tenant": TEXT, "last_id": BIGINT, "seen": TEXT}
        window |= {"target": TEXT, "rows_max": INTEGER}
        self._all = sql(_window(schema), _found, **window)
        self._of_types = sql(
            _window(schema, "AND type = ANY(:types)"), _found, **window, types=TEXTS
        )
        self._walk_end = sql(
            f"SELECT id, event_id FROM ({_walk(schema)}) w OFFSET {_WALK_MAX - 1}",
            _Walked,
            tenant=TEXT,
            last_id=BIGINT,
        )

    async def now(self, reader: Reader, *, tenant: str) -> Now:
        now = await reader.fetch_first(self._now, tenant=tenant)
        assert now is not None
        return now

    async def page(
        self,
        reader: Reader,
        place: Place,
        now: Now,
        *,
        tenant: str,
        types: list[str] | None = None,
        limit: int,
    ) -> FeedPage:
        """The next events after `place`; `types` leaves out others. `now` is of the same reader."""
        window = place if place.target is not None else opened(place, now)
        assert window.target is not None
        at = {"tenant": tenant, "last_id": window.last_id}
        values = {**at, "seen": window.seen, "target": window.target, "rows_max": limit + 1}
        if types is None:
            found = await reader.fetch_all(self._all, **values)
        else:
            found = await reader.fetch_all(self._of_types, **values, types=types)
        events = [one.event for one in found[:limit]]
        if found and found[0].in_all > len(events):
            return FeedPage(events, continued(window, events[-1].id, events[-1].event_id), False)
        end = await reader.fetch_first(self._walk_end, **at)
        if end is None:
            return FeedPage(events, closed(window), is_last=True)
        # What became visible between the two statements is not of this window, but may have ended
        # the second walk a little earlier.
        last = max([(end.id, end.event_id), *((one.id, one.event_id) for one in events[-1:])])
        return FeedPage(events, continued(window, *last), is_last=False)


def _walk(schema: str) -> str:
    """The next events of the tenant, seen or not, of any type, by the index on (tenant_id, id).

    Their number is bounded: a filter that matches nothing, or a floor that has not moved for long,
    would otherwise read all that is kept, in vain at every request.
    """

    def half(table: str) -> str:
        return f"""
            (SELECT id, event_id, type, aggregate_id, aggregate_version, occurred_at, payload, xid
            FROM {schema}.{table} WHERE tenant_id = :tenant AND id > :last_id
            ORDER BY id LIMIT {_WALK_MAX})
        """

    return f"{half('outbox_kept')} UNION ALL {half('outbox')} ORDER BY id LIMIT {_WALK_MAX}"


def _window(schema: str, condition: str = "") -> str:
    """Those of a walk that are in the window, as many as a page may have in rows and bytes."""
    return f"""
        SELECT id, event_id, type, subject, version, at, data, in_all FROM (
            SELECT id, event_id, type, aggregate_id AS subject, aggregate_version AS version,
                occurred_at AS at, payload AS data, count(*) OVER () AS in_all,
                sum(octet_length(payload)) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING)
                    - octet_length(payload) AS before
            FROM (
                SELECT * FROM ({_walk(schema)}) w
                WHERE NOT pg_visible_in_snapshot(xid, CAST(CAST(:seen AS text) AS pg_snapshot))
                    AND pg_visible_in_snapshot(xid, CAST(CAST(:target AS text) AS pg_snapshot))
                    {condition}
                ORDER BY id LIMIT :rows_max
            ) page
        ) measured
        WHERE before < {_PAGE_BYTES} ORDER BY id
    """


def beginning(now: Now) -> Place:
    """Before everything that is kept."""
    return Place(now.cluster)


def after_all(before: Now, now: Now) -> Place:
    """After everything that `now` sees. `before` is an earlier moment, by which windows become
    cheap from the start.
    """
    place = Place(now.cluster, next_floor_xid=before.xid, next_floor_id=before.id_max)
    return closed(opened(place, now))


def opened(place: Place, now: Now) -> Place:
    """A window that ends now, and the floor of the one after it."""
    is_settled = now.xmin >= place.next_floor_xid
    return replace(
        place,
        target=now.snapshot,
        target_at=now.at,
        last_id=place.floor_id,
        floor_id=place.next_floor_id if is_settled else place.floor_id,
        next_floor_xid=now.xid if is_settled else place.next_floor_xid,
        next_floor_id=max(now.id_max, place.next_floor_id) if is_settled else place.next_floor_id,
    )


def continued(place: Place, last_id: int, event_id: str) -> Place:
    return replace(place, last_id=last_id, read_at=_written_at(event_id))


def _written_at(event_id: str) -> datetime:
    """Ids begin with the real time in milliseconds (shared.kernel.ids)."""
    ms = int(event_id.partition("_")[2][:12], 16)
    return datetime.fromtimestamp(ms / 1000, UTC)


def closed(place: Place) -> Place:
    """Everything that the window's target sees has been read."""
    assert place.target is not None
    return replace(
        place,
        seen=place.target,
        seen_at=place.target_at,
        target=None,
        target_at=None,
        last_id=0,
        read_at=None,
    )


def _oldest_day(now: datetime) -> datetime:
    """Where the oldest day begins that is kept for sure (shared.db.kept_outbox)."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=DAYS_KEPT)
