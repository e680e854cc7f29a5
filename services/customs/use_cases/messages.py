"""Documents go into messages, and messages through the door to the port."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.customs.clients.doors.door import DeliveredMessage, Door
from services.customs.domain.declarations.dossier import Dossier
from services.customs.domain.documents.changing import DocumentChange
from services.customs.domain.documents.document import MessageRefusal
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.stored import StoredDocument
from services.customs.domain.documents.uploading import DueDocument, Signs, compose_uploads
from services.customs.domain.doors.breaker import put_off_for
from services.customs.domain.messages.kinds.kind import DOCUMENTS_PER_MESSAGE_MAX
from services.customs.domain.messages.senders import Sender
from services.customs.repository import declarations, messages
from services.customs.repository.documents import stored, waiting
from services.customs.use_cases import metrics
from services.customs.use_cases.declarations.loading import load_history
from services.customs.use_cases.declarations.settling import settle
from services.customs.use_cases.evidence import record_delivery
from shared.db import UnitOfWork

# Real time.
_PUT_OFF: Final = timedelta(minutes=1)


async def due_kinds(uow: UnitOfWork, *, real_now: datetime) -> list[DocumentKind]:
    """Kinds of which there are documents that may leave, in the order in which they are sent."""
    return await waiting.due_kinds(uow, real_now=real_now)


async def list_undelivered(uow: UnitOfWork, *, real_now: datetime, limit: int) -> list[str]:
    """Guids of messages that wait for a door, oldest first."""
    return await messages.list_undelivered(uow, real_now=real_now, rows_max=limit)


async def find_probe(uow: UnitOfWork) -> str | None:
    """Guid of the message to try a door with that is down: the one that was tried least."""
    return await messages.least_tried(uow)


async def compose_due(
    uow: UnitOfWork,
    *,
    kind: DocumentKind,
    park: Sender,
    signs: Signs,
    now: datetime,
    real_now: datetime,
) -> int:
    """Messages of up to 100 documents of the kind that may leave. Returns how many documents."""
    due = await waiting.lock_due(
        uow, kind=kind, real_now=real_now, rows_max=DOCUMENTS_PER_MESSAGE_MAX
    )
    return await _compose(uow, due, park=park, signs=signs, now=now)


async def list_due(uow: UnitOfWork, *, kind: DocumentKind, real_now: datetime) -> list[str]:
    """The documents that `compose_due` would take."""
    return await waiting.list_due(
        uow, kind=kind, real_now=real_now, rows_max=DOCUMENTS_PER_MESSAGE_MAX
    )


async def compose_one(
    uow: UnitOfWork, *, document_id: str, park: Sender, signs: Signs, now: datetime
) -> None:
    """A message for one document, if it still waits."""
    due = await waiting.lock_due_one(uow, document_id)
    await _compose(uow, due, park=park, signs=signs, now=now)


async def put_off_document(uow: UnitOfWork, *, document_id: str, real_now: datetime) -> None:
    """It cannot be composed as it is: the others go before it for a while."""
    await waiting.put_off(uow, document_id, until=real_now + _PUT_OFF)


async def _compose(
    uow: UnitOfWork, due: Sequence[DueDocument], *, park: Sender, signs: Signs, now: datetime
) -> int:
    if not due:
        return 0

    composed = compose_uploads(due, park=park, signs=signs, now=now)

    for one in composed:
        await messages.insert_message(
            uow, one.message, holder=one.holder, dxp_id=one.sender.dxp_id, now=now
        )
    await waiting.record_uploads(uow, [upload for one in composed for upload in one.uploads])
    return len(due)


async def deliver_message(
    uow: UnitOfWork,
    *,
    guid: str,
    door: Door,
    now: datetime,
    real_now: datetime,
) -> bool:
    """To the door first, commit after: killed in between, the same bytes are delivered again. The
    declarations are locked only then, since a door may be slow; an answer that is quicker than our
    commit speaks for itself. False: it is delivered already, or another worker is at it.
    """
    message = await messages.lock_undelivered(uow, guid)
    if message is None:
        return False
    await door.deliver(
        DeliveredMessage(
            message.guid,
            message.message_type,
            message.body.encode("utf-8"),
            message.composed_at,
            message.dxp_id,
        )
    )
    await record_delivery(
        uow,
        guid=message.guid,
        message_type=message.message_type,
        body=message.body,
        door=door.name,
        now=now,
    )

    documents = await _lock_documents(uow, guid)
    departed = await messages.mark_delivered(uow, message, door=door.name, now=now)
    metrics.count_reported(uow, departed, now=now)
    await _settle(uow, documents, now=now, real_now=real_now)
    metrics.count_message(uow, message.message_type)
    metrics.count_delivery(uow, door.name, "delivered")
    return True


async def put_off_message(uow: UnitOfWork, *, guid: str, error: str, real_now: datetime) -> None:
    """A door failed to take it. It may be this message that it cannot take, so the others go before
    it for a while.
    """
    message = await messages.lock_undelivered(uow, guid)
    if message is not None:
        until = real_now + put_off_for(message.tries + 1)
        await messages.put_off(uow, message, until=until, error=error)


async def refuse_message(
    uow: UnitOfWork,
    *,
    guid: str,
    refusal: MessageRefusal,
    door: str | None = None,
    now: datetime,
    real_now: datetime,
) -> None:
    """It will never reach the port: its documents are sent again in other messages, by themselves
    or by a person. `door`: which refused it; None: it could not be signed.
    """
    if not await messages.mark_refused(uow, guid, refusal, door=door):
        return
    changes = await _settle(uow, await _lock_documents(uow, guid), now=now, real_now=real_now)
    metrics.count_failures(uow, changes)
    if door is not None:
        metrics.count_delivery(uow, door, "refused")


async def list_unsettled(uow: UnitOfWork, *, limit: int) -> list[str]:
    """Guids of refused messages whose documents nobody has settled, oldest first."""
    return await messages.list_unsettled(uow, rows_max=limit)


async def settle_refused(uow: UnitOfWork, *, guid: str, now: datetime, real_now: datetime) -> None:
    """The documents of a message that was refused before."""
    if await messages.mark_settled(uow, guid):
        await _settle(uow, await _lock_documents(uow, guid), now=now, real_now=real_now)


async def settle_documents(
    uow: UnitOfWork, *, guid: str, now: datetime, real_now: datetime
) -> None:
    """Of a message: something is known about it that nobody has told them."""
    await _settle(uow, await _lock_documents(uow, guid), now=now, real_now=real_now)


@dataclass(frozen=True, slots=True)
class _LockedDocuments:
    """Of a message, with their declarations and all other documents of these."""

    ids: frozenset[str]
    dossiers: Sequence[Dossier]
    stored: Sequence[StoredDocument]


async def _lock_documents(uow: UnitOfWork, guid: str) -> _LockedDocuments:
    owners = dict(await stored.owners_by_message(uow, [guid]))
    dossiers = await declarations.lock_dossiers(uow, sorted(set(filter(None, owners.values()))))
    return _LockedDocuments(
        frozenset(owners), dossiers, await stored.lock_with_declarations(uow, owners)
    )


async def _settle(
    uow: UnitOfWork, locked: _LockedDocuments, *, now: datetime, real_now: datetime
) -> list[DocumentChange]:
    """What has become of its message is stored. Returns the changes of its documents."""
    history, kept = await load_history(uow, locked.stored)
    changes = await settle(
        uow,
        dossiers=locked.dossiers,
        stored=locked.stored,
        history=history,
        kept=kept,
        touched=locked.ids,
        now=now,
        real_now=real_now,
    )
    return [one for one in changes if one.id in locked.ids]
