"""One event on its way to one endpoint: states, and what an attempt came to."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

EXCERPT_BYTES: Final = 1000


class DeliveryStatus(StrEnum):
    """`pending` covers waiting, being sent and waiting for a retry; `failed` = all tries used."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Result(StrEnum):
    """The label of an attempt, in the log and in metrics."""

    DELIVERED = "delivered"
    REFUSED = "refused"  # an answer that is not 2xx
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"  # no connection, or it broke
    FORBIDDEN = "forbidden_address"  # our guard: the name leads to an address that is not public
    INTERNAL = "internal_error"  # a fault on our side, which says nothing about the endpoint


@dataclass(frozen=True)
class Answer:
    """What came back from one request. `status_code` is None when nothing did."""

    result: Result
    status_code: int | None
    error: str | None
    excerpt: str | None
    retry_after: str | None
    started_at: datetime
    duration_ms: int

    @classmethod
    def not_sent(cls, error: str, *, at: datetime) -> "Answer":
        """For a fault on our side."""
        return cls(Result.INTERNAL, None, error, None, None, started_at=at, duration_ms=0)

    @property
    def is_success(self) -> bool:
        return self.result is Result.DELIVERED

    @property
    def is_about_endpoint(self) -> bool:
        return self.result is not Result.INTERNAL

    def without_foreign_text(self) -> "Answer":
        """Only what we measured ourselves: for an answer whose text cannot be kept."""
        return replace(self, error="the answer could not be kept", excerpt=None, retry_after=None)


def readable(body: bytes) -> str:
    """The start of an answer as text that PostgreSQL can store (it refuses NUL)."""
    return body[:EXCERPT_BYTES].decode("utf-8", "replace").replace("\x00", "\ufffd")
