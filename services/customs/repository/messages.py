"""Messages to the Single Window: the lists that wait for one, the messages themselves, and what
delivering them changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.announcements import Subject
from services.customs.domain.declarations.documents import (
    OrderJson,
    WaybillJson,
    order_from_json,
    waybill_from_json,
)
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.submission import (
    QueuedList,
    Submission,
    SubmissionChange,
    SubmittedList,
)
from services.customs.domain.messages.message import OutgoingMessage
from shared.db import INSTANT, INSTANTS, INTEGER, JSON, TEXT, TEXTS, UnitOfWork, sql
from shared.kernel.identity import PARK_TENANT


@dataclass(frozen=True, slots=True)
class UnwrittenMessage:
    """Composed, but not in the folder yet."""

    guid: str
    message_type: str
    body: str
    declaration_ids: list[str]


def _queued_list(
    declaration_id: str,
    cop_no: str,
    order_document: OrderJson,
    waybill: WaybillJson,
    app_time: datetime | None,
) -> QueuedList:
    order = order_from_json(order_document)
    return QueuedList(declaration_id, cop_no, order, waybill_from_json(waybill), app_time)


def _submitted_list(  # noqa: PLR0917 - a row's columns
    declaration_id: str,
    tenant_id: str,
    order_id: str,
    shipment_id: str | None,
    traceparent: str | None,
    phase: str,
    status: str,
    facts: list[str],
    version: int,
) -> SubmittedList:
    subject = Subject(declaration_id, tenant_id, order_id, shipment_id, traceparent)
    return SubmittedList(subject, Phase(phase), Phase(status), tuple(facts), version)


# SKIP LOCKED: several workers share the work. A row that a receipt holds locked is taken later.
_QUEUED_LISTS: Final = sql(
    """
    SELECT id AS declaration_id, cop_no, order_document, waybill, app_time
    FROM customs.declarations
    WHERE phase = 'queued' AND message_guid IS NULL
      AND (resend_at IS NULL OR resend_at <= :real_now)
    ORDER BY id LIMIT :rows_max FOR UPDATE SKIP LOCKED
    """,
    _queued_list,
    real_now=INSTANT,
    rows_max=INTEGER,
)

_QUEUED_LIST: Final = sql(
    """
    SELECT id AS declaration_id, cop_no, order_document, waybill, app_time
    FROM customs.declarations
    WHERE id = :declaration_id AND phase = 'queued' AND message_guid IS NULL
    FOR UPDATE SKIP LOCKED
    """,
    _queued_list,
    declaration_id=TEXT,
)

_QUEUED_IDS: Final = sql(
    """
    SELECT id FROM customs.declarations
    WHERE phase = 'queued' AND message_guid IS NULL
      AND (resend_at IS NULL OR resend_at <= :real_now)
    ORDER BY id LIMIT :rows_max
    """,
    str,
    real_now=INSTANT,
    rows_max=INTEGER,
)

_PUT_OFF: Final = sql(
    """
    UPDATE customs.declarations SET resend_at = :until
    WHERE id = :declaration_id AND phase = 'queued' AND message_guid IS NULL
    """,
    declaration_id=TEXT,
    until=INSTANT,
)

_MARK_COMPOSED: Final = sql(
    """
    UPDATE customs.declarations AS d
    SET message_guid = :guid, app_time = r.app_time, attempts = d.attempts + 1, resend_at = NULL
    FROM unnest(:ids, :app_times) AS r (id, app_time)
    WHERE d.id = r.id
    """,
    guid=TEXT,
    ids=TEXTS,
    app_times=INSTANTS,
)

_INSERT_MESSAGE: Final = sql(
    f"""
    INSERT INTO customs.outgoing_messages (
        guid, tenant_id, message_type, status, documents, declaration_ids, body, note, composed_at)
    VALUES (:guid, '{PARK_TENANT}', :message_type, 'composed', :documents, :declaration_ids, :body,
        :note, :now)
    """,  # noqa: S608 - constants
    guid=TEXT,
    message_type=TEXT,
    documents=INTEGER,
    declaration_ids=TEXTS,
    body=TEXT,
    note=TEXT,
    now=INSTANT,
)

_UNWRITTEN: Final = sql(
    """
    SELECT guid, message_type, body, declaration_ids FROM customs.outgoing_messages
    WHERE status = 'composed' ORDER BY guid LIMIT :rows_max FOR UPDATE SKIP LOCKED
    """,
    UnwrittenMessage,
    rows_max=INTEGER,
)

# Locked before the file appears: a receipt that is quicker than our commit waits for it.
_LOCK_SUBMITTED: Final = sql(
    """
    SELECT id AS declaration_id, tenant_id, order_id, shipment_id, traceparent, phase, status,
           facts, version
    FROM customs.declarations WHERE id = ANY(:ids) ORDER BY order_id FOR UPDATE
    """,
    _submitted_list,
    ids=TEXTS,
)

_MARK_WRITTEN: Final = sql(
    """
    UPDATE customs.outgoing_messages SET status = 'written', written_at = :now
    WHERE guid = ANY(:guids)
    """,
    now=INSTANT,
    guids=TEXTS,
)

_SAVE_SUBMISSIONS: Final = sql(
    """
    UPDATE customs.declarations AS d SET
        phase = r.phase, status = r.status,
        phase_at = CASE WHEN d.status = r.status THEN d.phase_at ELSE :now END,
        submitted_at = coalesce(d.submitted_at, :now),
        facts = ARRAY(SELECT jsonb_array_elements_text(r.facts)), version = r.version
    FROM jsonb_to_recordset(:rows) AS r (
        id text, phase text, status text, facts jsonb, version integer)
    WHERE d.id = r.id
    """,
    rows=JSON,
    now=INSTANT,
)


async def lock_queued_lists(
    uow: UnitOfWork, *, real_now: datetime, rows_max: int
) -> list[QueuedList]:
    """Lists that may leave now, oldest first."""
    return await uow.fetch_all(_QUEUED_LISTS, real_now=real_now, rows_max=rows_max)


async def lock_queued_list(uow: UnitOfWork, declaration_id: str) -> list[QueuedList]:
    """This one, unless it has left or is locked."""
    return await uow.fetch_all(_QUEUED_LIST, declaration_id=declaration_id)


async def list_queued(uow: UnitOfWork, *, real_now: datetime, rows_max: int) -> list[str]:
    """Ids of the lists that may leave now, oldest first."""
    return await uow.fetch_values(_QUEUED_IDS, real_now=real_now, rows_max=rows_max)


async def put_off(uow: UnitOfWork, declaration_id: str, *, until: datetime) -> None:
    """Real time."""
    await uow.execute(_PUT_OFF, declaration_id=declaration_id, until=until)


async def insert_message(uow: UnitOfWork, message: OutgoingMessage, *, now: datetime) -> None:
    await uow.execute(
        _INSERT_MESSAGE,
        guid=message.guid,
        message_type=message.message_type,
        documents=message.documents,
        declaration_ids=message.declaration_ids,
        body=message.body,
        note=message.note,
        now=now,
    )


async def mark_composed(uow: UnitOfWork, submissions: Sequence[Submission], *, guid: str) -> None:
    """The lists are in the message `guid`."""
    await uow.execute(
        _MARK_COMPOSED,
        guid=guid,
        ids=[submission.declaration_id for submission in submissions],
        app_times=[submission.app_time for submission in submissions],
    )


async def lock_unwritten(uow: UnitOfWork, *, rows_max: int) -> list[UnwrittenMessage]:
    return await uow.fetch_all(_UNWRITTEN, rows_max=rows_max)


async def lock_submitted(uow: UnitOfWork, declaration_ids: Sequence[str]) -> list[SubmittedList]:
    return await uow.fetch_all(_LOCK_SUBMITTED, ids=declaration_ids)


async def mark_written(uow: UnitOfWork, guids: Sequence[str], *, now: datetime) -> None:
    await uow.execute(_MARK_WRITTEN, guids=guids, now=now)


async def save_submissions(
    uow: UnitOfWork, changes: Sequence[SubmissionChange], *, now: datetime
) -> None:
    rows = [
        {
            "id": one.declaration_id,
            "phase": one.phase,
            "status": one.status,
            "facts": one.announced,
            "version": one.version,
        }
        for one in changes
    ]
    await uow.execute(_SAVE_SUBMISSIONS, rows=rows, now=now)
