"""How an event is sent: CloudEvents 1.0 attributes around a typed payload.

A payload class *is* an event type: it carries `event_type` and `topic`. `registry` lists them all.
Kafka binary mode (CloudEvents Kafka binding): attributes are `ce_*` headers, the value is `data`.
"""

import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, TypeVar

from pydantic import BaseModel, ConfigDict

from shared.kernel.instants import rfc3339

SPEC_VERSION: Final = "1.0"
CONTENT_TYPE: Final = "application/json"
# Half of what a Kafka broker accepts by default: an event with its headers must always fit.
EVENT_BYTES_MAX: Final = 512 * 1024
_VERSION_MAX: Final = 2**31 - 1  # a column of type integer, here and at every consumer


class EventPayload(BaseModel):
    """Base of all payloads. Frozen; unknown fields are ignored, so producers may add fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    event_type: ClassVar[str]
    topic: ClassVar[str]


class ContractModel(BaseModel):
    """Base of the parts inside payloads."""

    model_config = ConfigDict(frozen=True, extra="ignore")


P = TypeVar("P", bound=EventPayload)


@dataclass(frozen=True)
class Envelope:
    """One received or outgoing event. `time` is business time; `id` is `evt_…` (UUIDv7).

    `aggregate_version` counts the events of one aggregate from 1 without gaps: consumers may ignore
    what is older than what they know, and an auditor can prove that nothing is missing.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    tenant_id: str
    aggregate_version: int
    traceparent: str | None
    data: bytes

    def payload(self, model: "builtins.type[P]") -> P:
        """Decodes and validates `data`. Raises pydantic.ValidationError."""
        return model.model_validate_json(self.data)

    def headers(self) -> list[tuple[str, bytes | None]]:
        """The Kafka headers of binary mode."""
        pairs = [
            ("ce_specversion", SPEC_VERSION),
            ("ce_id", self.id),
            ("ce_source", self.source),
            ("ce_type", self.type),
            ("ce_subject", self.subject),
            ("ce_time", rfc3339(self.time)),
            ("ce_tenantid", self.tenant_id),
            ("ce_aggregateversion", str(self.aggregate_version)),
            ("content-type", CONTENT_TYPE),
        ]
        if self.traceparent:
            pairs.append(("ce_traceparent", self.traceparent))
        return [(name, value.encode()) for name, value in pairs]


class MalformedEvent(ValueError):
    """A record that is not a CloudEvent of ours; the message names the faulty attribute."""


def envelope_from_record(headers: Mapping[str, bytes | None], value: bytes | None) -> Envelope:
    """The envelope of a Kafka record in binary mode. Raises MalformedEvent."""

    def text(name: str) -> str:
        raw = headers.get(f"ce_{name}")
        if raw is None:
            raise MalformedEvent(f"ce_{name} is missing")
        return raw.decode("utf-8", "strict")

    try:
        if text("specversion") != SPEC_VERSION:
            raise MalformedEvent(f"ce_specversion is not {SPEC_VERSION}")
        if value is None:
            raise MalformedEvent("the record has no value")
        time = datetime.fromisoformat(text("time"))
        if time.tzinfo is None:
            raise MalformedEvent("ce_time has no offset")
        traceparent = headers.get("ce_traceparent")
        return Envelope(
            id=text("id"),
            source=text("source"),
            type=text("type"),
            subject=text("subject"),
            time=time,
            tenant_id=text("tenantid"),
            aggregate_version=_version(text("aggregateversion")),
            traceparent=traceparent.decode("ascii") if traceparent else None,
            data=value,
        )
    except (UnicodeDecodeError, ValueError) as error:
        if isinstance(error, MalformedEvent):
            raise
        raise MalformedEvent(str(error)) from error


def _version(text: str) -> int:
    version = int(text)
    if not 0 <= version <= _VERSION_MAX:
        raise MalformedEvent(f"ce_aggregateversion is not between 0 and {_VERSION_MAX}")
    return version
