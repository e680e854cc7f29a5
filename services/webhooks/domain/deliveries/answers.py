"""What came back from one request."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

EXCERPT_BYTES_MAX: Final = 1000


class Result(StrEnum):
    """What an attempt came to, in the log and in metrics.

    `refused`: an answer that is not 2xx. `unreachable`: no connection, or it broke.
    `forbidden_address`: the name leads to an address that is not public. `internal_error`: a fault
    of ours, which says nothing about the endpoint.
    """

    DELIVERED = "delivered"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    FORBIDDEN_ADDRESS = "forbidden_address"
    INTERNAL_ERROR = "internal_error"


@dataclass(frozen=True, slots=True)
class Answer:
    """`status_code` is None when no answer came."""

    result: Result
    status_code: int | None
    error: str | None
    excerpt: str | None
    retry_after: str | None
    started_at: datetime
    duration_ms: int

    @classmethod
    def not_sent(cls, error: str, *, at: datetime) -> "Answer":
        """For a fault of ours."""
        return cls(Result.INTERNAL_ERROR, None, error, None, None, started_at=at, duration_ms=0)

    @property
    def is_success(self) -> bool:
        return self.result is Result.DELIVERED

    @property
    def is_about_endpoint(self) -> bool:
        return self.result is not Result.INTERNAL_ERROR

    def without_foreign_text(self) -> "Answer":
        """Only what we measured ourselves: for an answer whose text cannot be stored."""
        return replace(self, error="the answer could not be kept", excerpt=None, retry_after=None)


def readable(body: bytes) -> str:
    """The start of an answer as text that PostgreSQL can store (it refuses NUL)."""
    return body[:EXCERPT_BYTES_MAX].decode("utf-8", "replace").replace("\x00", "\ufffd")
