"""Messages to the Single Window, for operators."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.customs.domain.messages.errors import MessageNotFound
from shared.db import TEXT, Listing, Reader, Window, sql


@dataclass(frozen=True, slots=True)
class MessageView:
    guid: str
    message_type: str
    status: Literal["composed", "signed", "delivered", "refused"]
    documents: int
    declaration_ids: list[str]
    note: str
    door: str | None
    tries: int
    last_error: str | None
    composed_at: datetime
    signed_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageViewWithBody(MessageView):
    body: str


_COLUMNS: Final = (
    "guid, message_type, status, documents, declaration_ids, note, door, tries, last_error,"
    " composed_at, signed_at, delivered_at"
)

_MESSAGES: Final = Listing(
    f"SELECT {_COLUMNS} FROM customs.outgoing_messages",  # noqa: S608 - constants
    MessageView,
    order_by="guid DESC",
    after="guid < :after_guid",
    after_guid=TEXT,
)

_MESSAGE: Final = sql(
    f"SELECT {_COLUMNS}, body FROM customs.outgoing_messages WHERE guid = :guid",  # noqa: S608 - constants
    MessageViewWithBody,
    guid=TEXT,
)


async def list_messages(reader: Reader, window: Window) -> list[MessageView]:
    """Newest first, without their bodies."""
    return await _MESSAGES.page(reader, window)


async def get_message(reader: Reader, *, guid: str) -> MessageViewWithBody:
    """Raises MessageNotFound."""
    message = await reader.fetch_first(_MESSAGE, guid=guid)
    if message is None:
        raise MessageNotFound(guid=guid)
    return message
