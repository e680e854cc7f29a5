"""An event type of the tests' own, and records of Kafka that hold it, for tests without Kafka."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from shared.contracts.envelope import Envelope, EventPayload
from shared.kernel.ids import new_id


class CrateOpened(EventPayload):
    event_type: ClassVar[str] = "test.crate.opened"
    topic: ClassVar[str] = "crates"
    count: int


@dataclass
class ARecord:
    value: bytes | None = b'{"count": 1}'
    headers: Sequence[tuple[str, bytes | None]] = ()
    key: bytes | None = b"k"
    topic: str = "crates"
    partition: int = 3
    offset: int = 7
    timestamp: int = 0


def an_envelope(**more: Any) -> Envelope:
    fields: dict[str, Any] = {
        "id": new_id("evt"),
        "source": "/airlane/test",
        "type": "test.crate.opened",
        "subject": "crt_1",
        "time": datetime(2026, 11, 22, tzinfo=UTC),
        "tenant_id": "mer_1",
        "aggregate_version": 1,
        "traceparent": None,
        "data": b'{"count": 1}',
    }
    return Envelope(**fields | more)
