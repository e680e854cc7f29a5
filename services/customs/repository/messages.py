"""Messages to the Single Window, and what delivering them changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.documents.document import MessageRefusal
from services.customs.domain.messages.message import OutgoingMessage
from services.customs.domain.messages.parties import Party
from shared.db import INSTANT, INTEGER, TEXT, TEXTS, UnitOfWork, sql
from shared.kernel.identity import PARK_TENANT


@dataclass(frozen=True, slots=True)
class UndeliveredMessage:
    """Composed, but not with the port yet. `tries`: how often a door failed to take it."""

    guid: str
    message_type: str
    body: str
    tries: int
    dxp_id: str
    composed_at: datetime


_INSERT: Final = sql(
    f"""
    INSERT INTO customs.outgoing_messages (
        guid, tenant_id, message_type, status, documents, declaration_ids, body, note, holder_code,
        holder_name, dxp_id, composed_at)
    VALUES (:guid, '{PARK_TENANT}', :message_type, 'composed', :documents, :declaration_ids, :body,
        :note, :holder_code, :holder_name, :dxp_id, :now)
    """,  # noqa: S608 - constants
    guid=TEXT,
    message_type=TEXT,
    documents=INTEGER,
    declaration_ids=TEXTS,
    body=TEXT,
    note=TEXT,
    holder_code=TEXT,
    holder_name=TEXT,
    dxp_id=TEXT,
    now=INSTANT,
)

# Without a note a message has to be signed first.
_MAY_LEAVE: Final = "status IN ('composed', 'signed') AND (status = 'signed' OR note <> '')"

_UNDELIVERED: Final = sql(
    f"""
    SELECT guid FROM customs.outgoing_messages
    WHERE {_MAY_LEAVE} AND (next_try_at IS NULL OR next_try_at <= :real_now)
    ORDER BY guid LIMIT :rows_max
    """,  # noqa: S608 - constants
    str,
    real_now=INSTANT,
    rows_max=INTEGER,
)

# The probe of a door that is down. The one that was tried least, whether it was put off or not: no
# message stands in the way of the others, and one that is alone waits for nothing but the door.
_LEAST_TRIED: Final = sql(
    f"""
    SELECT guid FROM customs.outgoing_messages
    WHERE {_MAY_LEAVE} ORDER BY tries, guid LIMIT 1
    """,  # noqa: S608 - constants
    str,
)

_PUT_OFF: Final = sql(
    f"""
    UPDATE customs.outgoing_messages
    SET tries = tries + 1, next_try_at = :until, last_error = :error
    WHERE guid = :guid AND {_MAY_LEAVE} AND tries = :tries
    """,  # noqa: S608 - constants
    guid=TEXT,
    tries=INTEGER,
    until=INSTANT,
    error=TEXT,
)

# SKIP LOCKED: several workers share the work.
_LOCK_UNDELIVERED: Final = sql(
    f"""
    SELECT guid, message_type, body, tries, coalesce(dxp_id, '') AS dxp_id, composed_at
    FROM customs.outgoing_messages
    WHERE guid = :guid AND {_MAY_LEAVE} FOR UPDATE SKIP LOCKED
    """,  # noqa: S608 - constants
    UndeliveredMessage,
    guid=TEXT,
)


def _since(since: datetime | None) -> datetime | None:
    return since


_MARK_DELIVERED: Final = sql(
    """
    WITH message AS (
        UPDATE customs.outgoing_messages
        SET status = 'delivered', delivered_at = :now, door = :door, next_try_at = NULL
        WHERE guid = :guid),
    uploaded AS (
        UPDATE customs.documents AS d
        SET submitted_at = coalesce(d.submitted_at, :now)
        FROM customs.attempts AS a
        WHERE a.message_guid = :guid AND a.part = 1 AND d.id = a.document_id),
    departed AS (
        SELECT p.declaration_id, CASE p.clock WHEN 'reporting' THEN p.clock_at END AS since
        FROM customs.parcels AS p JOIN customs.attempts AS a ON p.departure_id = a.document_id
        WHERE :message_type = 'CEB509' AND a.message_guid = :guid)
    UPDATE customs.parcels AS p SET
        departure_reported_at = :now, clock = NULL, clock_at = NULL, warn_at = NULL,
        breach_at = NULL, alarm_level = 0
    FROM departed AS d WHERE p.declaration_id = d.declaration_id
    RETURNING d.since
    """,
    _since,
    guid=TEXT,
    message_type=TEXT,
    door=TEXT,
    now=INSTANT,
)

_MARK_REFUSED: Final = sql(
    """
    UPDATE customs.outgoing_messages
    SET status = 'refused', tries = tries + 1, last_error = :said, door = :door,
        refused_at = :at, refused_as = :retry, next_try_at = NULL
    WHERE guid = :guid AND status IN ('composed', 'signed')
    """,
    guid=TEXT,
    door=TEXT,
    said=TEXT,
    at=INSTANT,
    retry=TEXT,
)

# Messages that were refused by earlier releases.
_UNSETTLED: Final = sql(
    """
    SELECT guid FROM customs.outgoing_messages
    WHERE status = 'refused' AND refused_at IS NULL ORDER BY guid LIMIT :rows_max
    """,
    str,
    rows_max=INTEGER,
)

_MARK_SETTLED: Final = sql(
    """
    UPDATE customs.outgoing_messages SET refused_at = composed_at
    WHERE guid = :guid AND status = 'refused' AND refused_at IS NULL
    """,
    guid=TEXT,
)


def _left_by(guid: str, door: str) -> tuple[str, str]:
    return guid, door


_DOORS_OF: Final = sql(
    """
    SELECT guid, door FROM customs.outgoing_messages WHERE guid = ANY(:guids) AND door IS NOT NULL
    """,
    _left_by,
    guids=TEXTS,
)


async def insert_message(
    uow: UnitOfWork, message: OutgoingMessage, *, holder: Party, dxp_id: str, now: datetime
) -> None:
    """`holder`: whose certificate may sign it; `dxp_id`: by whose client it leaves."""
    await uow.execute(
        _INSERT,
        guid=message.guid,
        message_type=message.message_type,
        documents=message.documents,
        declaration_ids=message.declaration_ids,
        body=message.body,
        note=message.note,
        holder_code=holder.code,
        holder_name=holder.name,
        dxp_id=dxp_id,
        now=now,
    )


async def list_undelivered(uow: UnitOfWork, *, real_now: datetime, rows_max: int) -> list[str]:
    """Guids of the messages that may go to a door, oldest first."""
    return await uow.fetch_values(_UNDELIVERED, real_now=real_now, rows_max=rows_max)


async def least_tried(uow: UnitOfWork) -> str | None:
    """Guid of the message to try a door with that is down, put off or not."""
    return await uow.fetch_value(_LEAST_TRIED)


async def put_off(
    uow: UnitOfWork, message: UndeliveredMessage, *, until: datetime, error: str
) -> None:
    """A door has failed to take it: the others go before it until then, real time."""
    await uow.execute(_PUT_OFF, guid=message.guid, tries=message.tries, until=until, error=error)


async def lock_undelivered(uow: UnitOfWork, guid: str) -> UndeliveredMessage | None:
    """None: it is delivered, or another worker is at it."""
    return await uow.fetch_first(_LOCK_UNDELIVERED, guid=guid)


async def mark_delivered(
    uow: UnitOfWork, message: UndeliveredMessage, *, door: str, now: datetime
) -> list[datetime]:
    """The message, its documents, and the parcels that it reports as departed. Returns since when
    the clocks ran that this stops.
    """
    stopped = await uow.fetch_all(
        _MARK_DELIVERED, guid=message.guid, message_type=message.message_type, door=door, now=now
    )
    return [since for since in stopped if since is not None]


async def mark_refused(
    uow: UnitOfWork, guid: str, refusal: MessageRefusal, *, door: str | None
) -> bool:
    """False: it is refused or delivered already."""
    said, at, retry = refusal.said, refusal.at, refusal.retry
    rows = await uow.execute(_MARK_REFUSED, guid=guid, door=door, said=said, at=at, retry=retry)
    return rows > 0


async def list_unsettled(uow: UnitOfWork, *, rows_max: int) -> list[str]:
    """Guids of refused messages whose documents nobody has settled, oldest first."""
    return await uow.fetch_values(_UNSETTLED, rows_max=rows_max)


async def mark_settled(uow: UnitOfWork, guid: str) -> bool:
    """False: another worker has settled it."""
    return await uow.execute(_MARK_SETTLED, guid=guid) > 0


async def doors_of(uow: UnitOfWork, guids: Sequence[str]) -> dict[str, str]:
    """By which door each of them has left."""
    return dict(await uow.fetch_all(_DOORS_OF, guids=guids))
