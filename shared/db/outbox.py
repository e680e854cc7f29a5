"""The transactional outbox: events are rows of the same transaction as the state they report.

Rows are only ever inserted. The relay (`shared.kafka.relay`) reads them by a snapshot cursor for
each stream; old partitions are dropped. Events of an aggregate keep their order because they are in
one stream, and because they are inserted while the aggregate's row is locked (docs/adr/0003).
"""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.contracts.envelope import EVENT_BYTES_MAX, EventPayload
from shared.db.statement import Statement, sql
from shared.db.types import INSTANT, INTEGER, SMALLINT, TEXT, SqlType, array_of
from shared.kernel.ids import new_id
from shared.telemetry import trace

STREAMS: Final = 8


def stream_of(aggregate_id: str) -> int:
    return zlib.crc32(aggregate_id.encode()) % STREAMS


@dataclass(frozen=True)
class OutboxRow:
    """`stream`: the relay's ordered stream to which the row belongs, in the column `lane`."""

    event_id: str
    topic: str
    aggregate_id: str
    type: str
    tenant_id: str
    aggregate_version: int
    occurred_at: datetime
    traceparent: str | None
    payload: str
    stream: int


_COLUMNS: Final[dict[str, SqlType]] = {
    "event_id": TEXT,
    "topic": TEXT,
    "aggregate_id": TEXT,
    "type": TEXT,
    "tenant_id": TEXT,
    "aggregate_version": INTEGER,
    "occurred_at": INSTANT,
    "traceparent": TEXT,
    "payload": TEXT,
    "stream": SMALLINT,
}
_NAMES: Final = ", ".join("lane" if name == "stream" else name for name in _COLUMNS)


def insert_statement(schema: str) -> Statement[None]:
    """All rows of a transaction in one statement, in the order in which they were added."""
    arrays = ", ".join(f":{name}" for name in _COLUMNS)
    return sql(
        f"INSERT INTO {schema}.outbox ({_NAMES}) SELECT {_NAMES} FROM unnest({arrays})"
        f" WITH ORDINALITY AS t({_NAMES}, n) ORDER BY n",
        **{name: array_of(kind) for name, kind in _COLUMNS.items()},
    )


def insert_arguments(rows: list[OutboxRow]) -> dict[str, list[object]]:
    return {name: [getattr(row, name) for row in rows] for name in _COLUMNS}


class Outbox:
    """The events of one transaction; the unit of work writes them at commit."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant
        self.rows: list[OutboxRow] = []
        # Set by whoever writes events with a statement of its own, which needs the SQL function
        # `stream_of`: the relay is then told, too.
        self.was_written_to = False

    def act_as(self, tenant: str) -> None:
        self._tenant = tenant

    def add(
        self,
        payload: EventPayload,
        *,
        subject: str,
        version: int,
        at: datetime,
        tenant_id: str | None = None,
    ) -> str:
        """Queues an event and returns its id.

        `subject` is the aggregate id and the Kafka key; `version` counts its events from 1; `at` is
        business time. `tenant_id` is needed only where the unit of work runs for the whole park.
        """
        tenant = tenant_id or self._tenant
        assert tenant != "*", "an event belongs to a tenant: pass tenant_id"
        data = payload.model_dump_json()
        # Refused here, where the cause is known: in the relay it would only hold up its stream.
        if len(data.encode()) > EVENT_BYTES_MAX:
            raise ValueError(f"{payload.event_type} of {subject} has over {EVENT_BYTES_MAX} bytes")
        event_id = new_id("evt")
        self.rows.append(
            OutboxRow(
                event_id=event_id,
                topic=payload.topic,
                aggregate_id=subject,
                type=payload.event_type,
                tenant_id=tenant,
                aggregate_version=version,
                occurred_at=at,
                traceparent=trace.traceparent(),
                payload=data,
                stream=stream_of(subject),
            )
        )
        return event_id
