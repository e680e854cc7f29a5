"""Messages of the port, for operators."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.inbound.errors import InboundMessageNotFound
from services.customs.domain.inbound.message import InboundSource, InboundStatus, Reason
from shared.db import INSTANT, TEXT, Filters, Listing, Reader, Window, sql
from shared.kernel.json import JsonObject


@dataclass(frozen=True, slots=True)
class InboundView:
    digest: str
    status: InboundStatus
    message_type: str | None
    guid: str | None
    source: InboundSource
    file_name: str | None
    content_type: str
    bytes: int
    times: int
    entries_read: int
    entries_refused: int
    stored_reason: JsonObject | None
    parser_version: int
    received_at: datetime
    last_received_at: datetime
    read_at: datetime | None

    @property
    def reason(self) -> Reason | None:
        stored = self.stored_reason
        return None if stored is None else Reason(stored["code"], stored["params"], stored["entry"])


@dataclass(frozen=True, slots=True)
class InboundViewWithRaw(InboundView):
    raw: bytes


_COLUMNS: Final = """
    digest, status, message_type, guid, source, file_name, content_type, length(raw) AS bytes,
    times, entries_read, entries_refused, reason AS stored_reason, parser_version, received_at,
    coalesce(last_received_at, received_at) AS last_received_at, read_at
"""

_MESSAGES: Final = Listing(
    f"SELECT {_COLUMNS} FROM customs.inbound_messages",  # noqa: S608 - constants
    InboundView,
    order_by="received_at DESC, digest DESC",
    after="(received_at, digest) < (:after_received_at, :after_digest)",
    filters={
        "status": "status = :status",
        "message_type": "message_type = :message_type",
        "received_from": "received_at >= :received_from",
        "received_to": "received_at < :received_to",
    },
    after_received_at=INSTANT,
    after_digest=TEXT,
    status=TEXT,
    message_type=TEXT,
    received_from=INSTANT,
    received_to=INSTANT,
)

_MESSAGE: Final = sql(
    f"SELECT {_COLUMNS}, raw FROM customs.inbound_messages WHERE digest = :digest",  # noqa: S608 - constants
    InboundViewWithRaw,
    digest=TEXT,
)


# A run reads no more: others get their turn.
_LEFT: Final = sql(
    """
    SELECT digest FROM customs.inbound_messages
    WHERE status = 'stored' AND due_at <= :real_now ORDER BY due_at, digest LIMIT 50
    """,
    str,
    real_now=INSTANT,
)


async def list_left(reader: Reader, *, real_now: datetime) -> list[str]:
    """Digests of messages that are kept and that nobody has read in time."""
    return await reader.fetch_values(_LEFT, real_now=real_now)


async def list_messages(reader: Reader, window: Window, filters: Filters) -> list[InboundView]:
    """Newest first, without their bytes."""
    return await _MESSAGES.page(reader, window, filters)


async def get_message(reader: Reader, *, digest: str) -> InboundViewWithRaw:
    """Raises InboundMessageNotFound."""
    message = await reader.fetch_first(_MESSAGE, digest=digest)
    if message is None:
        raise InboundMessageNotFound(digest=digest)
    return message
