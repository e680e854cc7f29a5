"""Messages to the Single Window, for operators."""

from typing import Final

from asyncpg import Record
from sqlalchemy import bindparam, select

from services.customs.domain.messages.errors import MessageNotFound
from services.customs.tables.messages import outgoing_messages
from shared.db import Reader, Statement

_m = outgoing_messages.c


_MESSAGE: Final = (
    _m.guid,
    _m.message_type,
    _m.status,
    _m.documents,
    _m.declaration_ids,
    _m.note,
    _m.composed_at,
    _m.written_at,
)


MESSAGES: Final = Statement(
    select(*_MESSAGE)
    .where(_m.guid < bindparam("before"))
    .order_by(_m.guid.desc())
    .limit(bindparam("most"))
)


MESSAGE: Final = Statement(select(*_MESSAGE, _m.body).where(_m.guid == bindparam("guid")))


async def list_messages(reader: Reader, *, before: str, most: int) -> list[Record]:
    """Newest first, without their bodies."""
    return await reader.fetch_all(MESSAGES, before=before, most=most)


async def get_message(reader: Reader, *, guid: str) -> Record:
    """With its body. Raises MessageNotFound."""
    row = await reader.fetch_first(MESSAGE, guid=guid)
    if row is None:
        raise MessageNotFound(guid=guid)
    return row
