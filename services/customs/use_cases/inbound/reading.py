"""From the bytes of a message to its receipts, whatever the bytes are: no message can stop those
behind it.
"""

import asyncio
from datetime import datetime
from typing import Final

from services.customs.domain.inbound.errors import InboundReaderFailed
from services.customs.domain.inbound.message import (
    Head,
    RawMessage,
    Reading,
    bytes_max_of,
    guid_of,
)
from services.customs.domain.messages.errors import MessageTooLarge
from services.customs.domain.messages.reader import read_message
from services.customs.domain.receipts.answers import receipts_of
from services.customs.domain.receipts.items import read_items
from shared.documents import strict_json
from shared.kernel.errors import AirlaneError

JSON: Final = "application/json"
# Longer ones are read in a thread, so that other requests continue.
_INLINE_BYTES_MAX: Final = 16 * 1024


async def read_apart(message: RawMessage, *, now: datetime) -> Reading:
    """`read_inbound` without holding up the event loop."""
    if len(message.raw) <= _INLINE_BYTES_MAX:
        return read_inbound(message, now=now)
    return await asyncio.to_thread(read_inbound, message, now=now)


def read_inbound(message: RawMessage, *, now: datetime) -> Reading:
    """Never raises: what cannot be read is refused with a reason."""
    try:
        return _read(message, now)
    except AirlaneError as refusal:
        return Reading(message.head, refusal=refusal)
    except Exception as error:  # noqa: BLE001 - a fault of the reader concerns this message only
        return Reading(message.head, refusal=InboundReaderFailed(kind=type(error).__name__))


def _read(message: RawMessage, now: datetime) -> Reading:
    """Raises AirlaneError."""
    bytes_max = bytes_max_of(message.head)
    if len(message.raw) > bytes_max:
        raise MessageTooLarge(limit=f"{bytes_max} bytes")
    if message.content_type == JSON:
        document = strict_json.parse(message.raw, values_max=strict_json.VALUES_MAX)
        return Reading(message.head, tuple(read_items(document, now=now)))
    found = read_message(message.raw)
    head = Head(found.message_type, guid_of(found.guid))
    return Reading(head, tuple(receipts_of(found, now)))
