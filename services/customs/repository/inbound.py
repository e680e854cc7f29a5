"""Messages of the port: kept as they came, then with what reading them amounted to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict

from services.customs.domain.inbound.message import (
    ChosenMessages,
    InboundSource,
    RawMessage,
    Reading,
    Reason,
)
from shared.db import BYTES, INSTANT, INTEGER, JSON, TEXT, UnitOfWork, sql
from shared.kernel.identity import PARK_TENANT


class ReasonJson(TypedDict):
    code: str
    params: Mapping[str, str]
    entry: int | None


# A message that was refused is read again when it comes again: it may be declared differently, or
# the reader may know more.
_STORE: Final = sql(
    f"""
    INSERT INTO customs.inbound_messages AS m (
        digest, tenant_id, content_type, raw, received_at, last_received_at, status, source,
        file_name, message_type, guid, due_at)
    VALUES (:digest, '{PARK_TENANT}', :content_type, :raw, :now, :now, 'stored', :source,
        :file_name, :message_type, :guid, :due_at)
    ON CONFLICT (digest) DO UPDATE SET
        times = m.times + 1,
        last_received_at = excluded.last_received_at,
        content_type = CASE WHEN m.status = 'refused' THEN excluded.content_type
            ELSE m.content_type END,
        status = CASE WHEN m.status = 'refused' THEN 'stored' ELSE m.status END,
        due_at = CASE WHEN m.status = 'refused' THEN excluded.due_at ELSE m.due_at END
    """,  # noqa: S608 - constants
    digest=TEXT,
    content_type=TEXT,
    raw=BYTES,
    now=INSTANT,
    source=TEXT,
    file_name=TEXT,
    message_type=TEXT,
    guid=TEXT,
    due_at=INSTANT,
)


@dataclass(frozen=True, slots=True)
class LeftMessage:
    """`was_read`: once before; it is to be read again."""

    message: RawMessage
    was_read: bool


def _left(content_type: str, raw: bytes, was_read: bool) -> LeftMessage:
    return LeftMessage(RawMessage(content_type, raw), was_read)


# SKIP LOCKED: another worker reads it.
_LOCK: Final = sql(
    """
    SELECT content_type, raw, read_at IS NOT NULL AS was_read FROM customs.inbound_messages
    WHERE digest = :digest AND status = 'stored' FOR UPDATE SKIP LOCKED
    """,
    _left,
    digest=TEXT,
)

_SAVE: Final = sql(
    """
    UPDATE customs.inbound_messages SET
        status = :status, reason = :reason,
        parser_version = :parser_version, message_type = coalesce(:message_type, message_type),
        guid = coalesce(:guid, guid), entries_read = :entries_read,
        entries_refused = :entries_refused, read_at = :now, failures = 0, due_at = NULL
    WHERE digest = :digest
    """,
    digest=TEXT,
    status=TEXT,
    reason=JSON,
    parser_version=INTEGER,
    message_type=TEXT,
    guid=TEXT,
    entries_read=INTEGER,
    entries_refused=INTEGER,
    now=INSTANT,
)

_PUT_OFF: Final = sql(
    """
    UPDATE customs.inbound_messages SET failures = failures + 1, due_at = :due_at, reason = :reason
    WHERE digest = :digest AND status = 'stored'
    """,
    digest=TEXT,
    due_at=INSTANT,
    reason=JSON,
)

_FAILURES: Final = sql(
    "SELECT failures FROM customs.inbound_messages WHERE digest = :digest", int, digest=TEXT
)

_REPLAY: Final = sql(
    """
    UPDATE customs.inbound_messages SET status = 'stored', due_at = :real_now, failures = 0
    WHERE digest = :digest
    """,
    digest=TEXT,
    real_now=INSTANT,
)

_REPLAY_MANY: Final = sql(
    """
    UPDATE customs.inbound_messages SET status = 'stored', due_at = :real_now, failures = 0
    WHERE digest IN (
        SELECT digest FROM customs.inbound_messages
        WHERE status <> 'stored' AND parser_version < :parser_before
          AND (CAST(:status AS text) IS NULL OR status = :status)
          AND (CAST(:message_type AS text) IS NULL OR message_type = :message_type)
          AND received_at >= :received_from AND received_at < :received_to
        ORDER BY received_at, digest LIMIT :rows_max FOR UPDATE SKIP LOCKED)
    """,
    real_now=INSTANT,
    parser_before=INTEGER,
    status=TEXT,
    message_type=TEXT,
    received_from=INSTANT,
    received_to=INSTANT,
    rows_max=INTEGER,
)


async def store_message(
    uow: UnitOfWork,
    message: RawMessage,
    *,
    source: InboundSource,
    file_name: str | None,
    due_at: datetime,
    now: datetime,
) -> None:
    """Once, and how often it came. `due_at`, real time: who has not read it by then may be dead."""
    await uow.execute(
        _STORE,
        digest=message.digest,
        content_type=message.content_type,
        raw=message.raw,
        now=now,
        source=source,
        file_name=file_name,
        message_type=message.head.message_type,
        guid=message.head.guid,
        due_at=due_at,
    )


async def lock_waiting(uow: UnitOfWork, digest: str) -> LeftMessage | None:
    """None: it has been read, or another worker reads it."""
    return await uow.fetch_first(_LOCK, digest=digest)


async def save_reading(
    uow: UnitOfWork, *, digest: str, reading: Reading, parser_version: int, now: datetime
) -> None:
    await uow.execute(
        _SAVE,
        digest=digest,
        status=reading.status,
        reason=_reason(reading.reason),
        parser_version=parser_version,
        message_type=reading.head.message_type,
        guid=reading.head.guid,
        entries_read=reading.read,
        entries_refused=reading.refused,
        now=now,
    )


async def failures_of(uow: UnitOfWork, digest: str) -> int:
    return await uow.fetch_value(_FAILURES, digest=digest) or 0


async def put_off(uow: UnitOfWork, digest: str, *, due_at: datetime, reason: Reason) -> None:
    """It could not be applied: the others go before it for a while."""
    await uow.execute(_PUT_OFF, digest=digest, due_at=due_at, reason=_reason(reason))


async def replay(uow: UnitOfWork, digest: str, *, real_now: datetime) -> bool:
    """It is to be read again. False: it has never come."""
    return await uow.execute(_REPLAY, digest=digest, real_now=real_now) > 0


async def replay_many(
    uow: UnitOfWork, chosen: ChosenMessages, *, rows_max: int, real_now: datetime
) -> int:
    """The oldest of them are to be read again. Returns how many."""
    return await uow.execute(
        _REPLAY_MANY,
        real_now=real_now,
        parser_before=chosen.parser_before,
        status=chosen.status,
        message_type=chosen.message_type,
        received_from=chosen.received_from,
        received_to=chosen.received_to,
        rows_max=rows_max,
    )


def _reason(reason: Reason | None) -> ReasonJson | None:
    if reason is None:
        return None
    return {"code": reason.code, "params": reason.params, "entry": reason.entry}
