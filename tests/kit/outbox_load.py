"""Writers as nasty as real ones, and a checker of what was published."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import BigInteger, bindparam, text

from shared.db import Database, Statement
from shared.db.outbox import OutboxRow, insert_arguments, insert_statement, stream_of
from shared.kafka.publisher import OutgoingRecord, PublishFailed
from shared.kernel.clock import monotonic_s, real_now
from shared.kernel.ids import new_id

SCHEMA = "catalog"
TENANT = "mer_load"
AGGREGATES = [f"ord_{n:032x}" for n in range(40)]
TABLES = (
    f"CREATE TABLE {SCHEMA}.aggregate (id text PRIMARY KEY, version integer NOT NULL)",
    f"""
    INSERT INTO {SCHEMA}.aggregate
    SELECT 'ord_' || lpad(to_hex(n), 32, '0'), 0 FROM generate_series(0, 39) n
    """,
    f"CREATE TABLE {SCHEMA}.scribble (n bigint)",
)
_BUMP = Statement(
    text(f"UPDATE {SCHEMA}.aggregate SET version = version + 1 WHERE id = :id RETURNING version")
)
_SCRIBBLE = Statement(
    text(f"INSERT INTO {SCHEMA}.scribble VALUES (:n)").bindparams(bindparam("n", type_=BigInteger))
)
_INSERT = insert_statement(SCHEMA)


@dataclass
class Ledger:
    """Every (aggregate, version) in the order in which it was published."""

    published: list[tuple[str, int]] = field(default_factory=list)

    def add(self, records: Iterable[OutgoingRecord]) -> None:
        for record in records:
            assert record.key is not None
            headers = dict(record.headers)
            self.published.append(
                (record.key.decode(), int(headers["ce_aggregateversion"] or b"0"))
            )

    def lost(self, committed: dict[str, int]) -> int:
        """Versions count from 1 without gaps, so the last committed one says them all."""
        seen = set(self.published)
        return sum(
            (aggregate, version) not in seen
            for aggregate, last in committed.items()
            for version in range(1, last + 1)
        )

    @property
    def duplicates(self) -> int:
        return len(self.published) - len(set(self.published))

    @property
    def inversions(self) -> int:
        """First appearances that come after a higher version of the same aggregate."""
        highest: dict[str, int] = defaultdict(int)
        seen: set[tuple[str, int]] = set()
        wrong = 0
        for aggregate, version in self.published:
            if (aggregate, version) in seen:
                continue
            seen.add((aggregate, version))
            wrong += version < highest[aggregate]
            highest[aggregate] = max(highest[aggregate], version)
        return wrong


def outbox_row(aggregate: str, version: int, *, topic: str = "load", size: int = 100) -> OutboxRow:
    return OutboxRow(
        event_id=new_id("evt"),
        topic=topic,
        aggregate_id=aggregate,
        type="catalog.test.changed",
        tenant_id=TENANT,
        aggregate_version=version,
        occurred_at=real_now(),
        traceparent=None,
        payload='{"text":"' + "x" * size + '"}',
        stream=stream_of(aggregate),
    )


async def write_for(
    db: Database, seconds: float, *, writers: int = 16, pause_s: float = 0.012, topic: str = "load"
) -> dict[str, int]:
    """Writes until the time is up; returns the last committed version of each aggregate."""
    committed: dict[str, int] = {}
    deadline = monotonic_s() + seconds

    async def writer(seed: int) -> None:
        chance = random.Random(seed)
        while monotonic_s() < deadline:
            aggregate = chance.choice(AGGREGATES)
            version = await _write_one(db, aggregate, chance, pause_s, topic)
            if version:
                committed[aggregate] = max(committed.get(aggregate, 0), version)

    await asyncio.gather(*(writer(seed) for seed in range(writers)))
    return committed


async def _write_one(
    db: Database, aggregate: str, chance: random.Random, pause_s: float, topic: str
) -> int:
    """The version committed, or 0: one in twenty is rolled back."""
    try:
        async with db.transaction(TENANT) as uow:
            if chance.random() < 0.5:
                # An xid before the wait for the row lock: xid order is not aggregate order.
                await uow.execute(_SCRIBBLE, n=1)
                await asyncio.sleep(chance.random() * pause_s)
            version = int(await uow.fetch_value(_BUMP, id=aggregate) or 0)
            await asyncio.sleep(chance.random() * pause_s)
            await uow.execute(
                _INSERT, **insert_arguments([outbox_row(aggregate, version, topic=topic)])
            )
            await asyncio.sleep(chance.random() * pause_s)
            _perhaps_fail(chance)
    except RolledBack:
        return 0
    return version


def _perhaps_fail(chance: random.Random) -> None:
    if chance.random() < 0.05:
        raise RolledBack


class RolledBack(Exception):
    """Half-done work that must leave no trace."""


class RecordingPublisher:
    """Replaces the broker in tests of the cursor: it is slow, and can fail or be killed between the
    acknowledgement and the caller's next step.
    """

    def __init__(self, ledger: Ledger, *, fail_every: int = 0) -> None:
        self._ledger = ledger
        self._fail_every = fail_every
        self._calls = 0
        self.acknowledged = asyncio.Event()
        self.hold = False

    def another(self, _name: str) -> "RecordingPublisher":
        return self

    async def close(self) -> None: ...

    async def publish(self, records: Iterable[OutgoingRecord]) -> None:
        batch = list(records)
        await asyncio.sleep(random.random() * 0.004)
        self._calls += 1
        if self._fail_every and self._calls % self._fail_every == 0:
            # An unknown outcome: part of it arrived, nobody said so.
            self._ledger.add(batch[: len(batch) // 2])
            raise PublishFailed("the connection was lost")
        self._ledger.add(batch)
        self.acknowledged.set()
        if self.hold:
            await asyncio.Event().wait()
