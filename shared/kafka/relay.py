"""The relay: sends committed outbox rows to Kafka, loses none, and keeps the order per aggregate.

Each stream has a snapshot `seen`: all rows visible in it are published. A batch is what a later
snapshot, `target`, sees beyond `seen`, in id order, page by page. A page's records are acknowledged
before the cursor moves, and the cursor has moved before the next page is sent, so a crash repeats
one page and nothing else. docs/adr/0003 says why ids or transaction ids alone would not do. All
streams are sent together; what Kafka does not accept is retried stream by stream
(shared.kafka.held_up).

A stream belongs to the session that holds its advisory lock, on the same connection that reads and
moves the cursor: whoever loses the connection loses the stream.
"""

import asyncio
import zlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import asyncpg

from shared.contracts.envelope import CONTENT_TYPE, SPEC_VERSION
from shared.db import Database
from shared.db.connection import Connection
from shared.db.outbox import STREAMS
from shared.kafka import relay_statements as sql
from shared.kafka.faults import Backoff, Fault, fault_of, sleep_until
from shared.kafka.held_up import HeldUpStreams, Page
from shared.kafka.publisher import OutgoingRecord, Publisher
from shared.kernel.clock import monotonic_s, real_time_ms
from shared.kernel.identity import PARK
from shared.kernel.instants import rfc3339
from shared.telemetry import get_logger, metrics

log = get_logger(__name__)

_PAGE_ROWS: Final = 500  # of one stream
_PAGE_BYTES: Final = 4 * 1024 * 1024  # of payload, estimated from the events of the last page
_POLL_S_MIN: Final = 0.02
_POLL_S_MAX: Final = 0.25
_BALANCE_S: Final = 1.0
_RETRY_S_MAX: Final = 1.0  # work must resume soon after an outage
_PRESENCE: Final = 1000  # a lock key besides those of the streams
_BACKLOG_ROWS_MAX: Final = 20_000  # of one stream; counting more costs more than it is worth
_SPEC_VERSION: Final = ("ce_specversion", SPEC_VERSION.encode())
_CONTENT_TYPE: Final = ("content-type", CONTENT_TYPE.encode())
_HEAL_S_MAX: Final = 600
# A plan made while a partition was empty would scan it; there is always an index. The relay writes
# only cursors. If a crash of the database loses one, events are repeated and inboxes absorb them,
# so no commit waits for the disk.
_SESSION: Final = "SET enable_seqscan = off; SET synchronous_commit = off"


def lock_class(schema: str) -> int:
    """The first key of the advisory locks: one per schema, positive because of pg_locks."""
    return zlib.crc32(f"airlane.relay.{schema}".encode()) & 0x7FFF_FFFF


class Relay:
    """Publishes the outbox of `db`'s schema. Any number of relays can run and share the streams."""

    def __init__(
        self,
        *,
        db: Database,
        service: str,
        publisher: Publisher,
        page_rows: int = _PAGE_ROWS,
        page_bytes: int = _PAGE_BYTES,
    ) -> None:
        self._db = db
        self._source = f"/airlane/{service}".encode()
        self._publisher = publisher
        self._page_rows = page_rows
        self._page_bytes = page_bytes
        self._rows = page_rows  # of the next page: fewer where events are large
        self._sql = sql.RelayStatements(db.schema)
        self._class = lock_class(db.schema)
        self._owned: set[int] = set()
        # Streams that may have an unfinished batch -> the batch's last id, if known. It only saves
        # time: without it the search for more rows runs to the end of the stream.
        self._under_way: dict[int, int | None] = {}
        self._wake = asyncio.Event()
        self._balance_at_s = 0.0
        self._held_up = HeldUpStreams(
            schema=db.schema, publisher=publisher, record_of=self._record, wake=self._wake.set
        )

    @property
    def streams(self) -> frozenset[int]:
        return frozenset(self._owned)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; survives whatever happens to PostgreSQL and Kafka."""
        backoff = Backoff(stop, max_s=_RETRY_S_MAX)
        while not stop.is_set():
            try:
                await self._session(stop, backoff)
            except Exception as error:
                self._rows = max(self._rows // 4, 1)  # in case their size was the cause
                if fault_of(error) is Fault.TRANSIENT:
                    log.warning(
                        "relay interrupted", schema=self._db.schema, error=repr(error), seldom=True
                    )
                else:
                    log.exception("relay failed", schema=self._db.schema, seldom=True)
                await backoff.pause()

    async def _session(self, stop: asyncio.Event, backoff: Backoff) -> None:
        session = self._db.session("relay", on_open=self._prepare)
        try:
            await self._publish_until(stop, await session.opened(), backoff)
        finally:
            self._disown(self._owned)
            await self._held_up.close()
            await session.close()  # the server frees the locks with the session

    async def _prepare(self, connection: Connection) -> None:
        await connection.execute(_SESSION)
        await connection.add_listener(self._db.wake_channel, self._on_wake)
        await connection.execute(sql.PRESENT, self._class, _PRESENCE)
        self._balance_at_s = 0.0

    async def _publish_until(
        self, stop: asyncio.Event, connection: asyncpg.Connection, backoff: Backoff
    ) -> None:
        poll_s = _POLL_S_MIN
        while not stop.is_set():
            if monotonic_s() >= self._balance_at_s:
                await self._balance(connection)
                self._balance_at_s = monotonic_s() + _BALANCE_S
            self._wake.clear()
            if await self._round(connection):
                poll_s = _POLL_S_MIN
                backoff.reset()
                continue
            poll_s = min(poll_s * 1.5, _POLL_S_MAX)
            await self._idle(stop, poll_s)

    async def _idle(self, stop: asyncio.Event, poll_s: float) -> None:
        # `stop` is checked once per poll: that is soon enough, and one waiter is cheaper than two.
        if not stop.is_set():
            await sleep_until(self._wake, poll_s)

    def _on_wake(self, *_: object) -> None:
        self._wake.set()

    async def _round(self, connection: asyncpg.Connection) -> bool:
        """One page of every owned stream. False if there was nothing to do."""
        pages = self._held_up.take_through()
        pages |= await self._sent(await self._read(connection))
        if not pages:
            return False
        await self._advance(connection, pages)
        _observe([row for page in pages.values() for row in page.events])
        return True

    async def _sent(self, pages: dict[int, Page]) -> dict[int, Page]:
        """Publishes the pages and returns those that Kafka has. The others are held up."""
        rows = [row for page in pages.values() for row in page.events]
        if not rows:
            return pages
        try:
            await self._publisher.publish(map(self._record, rows))
        except Exception as error:  # noqa: BLE001 - whatever it is, each stream retries alone
            log.warning("a round was not published", schema=self._db.schema, error=repr(error))
            for stream in [stream for stream, page in pages.items() if page.events]:
                self._held_up.add(stream, pages.pop(stream))
        return pages

    async def _read(self, connection: asyncpg.Connection) -> dict[int, Page]:
        rows: list[asyncpg.Record] = []
        asked = self._rows
        if streams := sorted(self._under_way.keys() - self._held_up.streams):
            until_ids = [self._under_way[stream] for stream in streams]
            rows += await connection.fetch(self._sql.next_page, streams, asked, until_ids)
        self._under_way = {row["stream"]: row["until_id"] for row in rows}
        fresh = self._owned - self._under_way.keys() - self._held_up.streams
        if fresh:
            rows += await connection.fetch(self._sql.first_page, sorted(fresh), asked)
        pages = _by_stream(rows, asked)
        events = sum(len(page.events) for page in pages.values())
        if events:
            average = sum(page.chars for page in pages.values()) // events + 1
            self._rows = min(max(self._page_bytes // average, 1), self._page_rows)
        return pages

    async def _advance(self, connection: asyncpg.Connection, pages: dict[int, Page]) -> None:
        cursor = [page.last["id"] if page.is_full else None for page in pages.values()]
        targets = [page.last["target"] for page in pages.values()]
        await connection.execute(self._sql.advance, list(pages), targets, cursor)
        self._under_way = {
            stream: page.last["until_id"] for stream, page in pages.items() if page.is_full
        }

    def _record(self, row: asyncpg.Record) -> OutgoingRecord:
        return record_of(row, self._source)

    async def _balance(self, connection: asyncpg.Connection) -> None:
        """Takes free streams up to a fair share, and gives back those above it."""
        locks = await connection.fetch(sql.LOCKS, self._class)
        relays = sum(1 for lock in locks if lock["key"] == _PRESENCE)
        taken = {lock["key"] for lock in locks if lock["key"] < STREAMS}
        share = -(-STREAMS // max(relays, 1))
        for stream in sorted(self._owned)[share:]:
            await connection.execute(sql.UNLOCK, self._class, stream)
            self._disown({stream})
        gained = set()
        for stream in sorted(set(range(STREAMS)) - taken)[: max(share - len(self._owned), 0)]:
            if await connection.fetchval(sql.TRY_LOCK, self._class, stream):
                gained.add(stream)
        if gained:
            await self._take(connection, gained)

    async def _take(self, connection: asyncpg.Connection, gained: set[int]) -> None:
        lost = [row["stream"] for row in await connection.fetch(self._sql.foreign, sorted(gained))]
        if lost:
            log.warning(
                "the relay's cursor is of another cluster: publishing the outbox again",
                schema=self._db.schema,
                streams=lost,
            )
            await connection.execute(f"SET statement_timeout = '{_HEAL_S_MAX}s'")
            await connection.execute(self._sql.heal, lost, timeout=_HEAL_S_MAX + 3)
            await connection.execute("SET statement_timeout = '15s'")
        self._owned |= gained
        self._under_way |= dict.fromkeys(gained)
        for stream in gained:
            metrics.RELAY_STREAM_OWNER.labels(stream).set(1)
        log.info("streams taken", schema=self._db.schema, streams=sorted(self._owned))

    def _disown(self, streams: Iterable[int]) -> None:
        streams = list(streams)
        self._held_up.forget(streams)
        for stream in streams:
            metrics.RELAY_STREAM_OWNER.labels(stream).set(0)
            self._owned.discard(stream)
            self._under_way.pop(stream, None)

    async def measure(self) -> tuple[int, float]:
        """Rows not yet published and the age of the oldest in seconds; also sets the gauges."""
        async with self._db.read(PARK) as reader:
            backlog = await reader.fetch_first(self._sql.backlog, rows_max=_BACKLOG_ROWS_MAX)
        assert backlog is not None
        metrics.OUTBOX_UNPUBLISHED.set(backlog.rows)
        metrics.OUTBOX_OLDEST_AGE.set(backlog.oldest_age_s)
        return backlog.rows, backlog.oldest_age_s


def _by_stream(rows: list[asyncpg.Record], asked: int) -> dict[int, Page]:
    streams: dict[int, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        streams[row["stream"]].append(row)
    return {stream: Page(own, is_full=len(own) >= asked) for stream, own in streams.items()}


def record_of(row: asyncpg.Record, source: bytes) -> OutgoingRecord:
    """As `Envelope.headers()`, in a third of its time: this is the relay's inner loop."""
    key = row["aggregate_id"].encode()
    headers = [
        _SPEC_VERSION,
        ("ce_id", row["event_id"].encode()),
        ("ce_source", source),
        ("ce_type", row["type"].encode()),
        ("ce_subject", key),
        ("ce_time", rfc3339(row["occurred_at"]).encode()),
        ("ce_tenantid", row["tenant_id"].encode()),
        ("ce_aggregateversion", b"%d" % row["aggregate_version"]),
        _CONTENT_TYPE,
    ]
    traceparent = row["traceparent"]
    if traceparent:
        headers.append(("ce_traceparent", traceparent.encode()))
    # The record's time is that of the commit: ages seen by consumers start there.
    return OutgoingRecord(row["topic"], key, row["payload"].encode(), headers, row["created_ms"])


def _observe(published: list[asyncpg.Record]) -> None:
    now_ms = real_time_ms()
    metrics.OUTBOX_PUBLISHED.inc(len(published))
    # In a large page a hundred rows, evenly spread, give the same picture as all.
    for row in published[:: max(len(published) // 100, 1)]:
        metrics.OUTBOX_PUBLISH_SECONDS.observe(max(now_ms - row["created_ms"], 0) / 1000)
