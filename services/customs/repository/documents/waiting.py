"""Documents that wait for a message, and what their uploads change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.customs.domain.documents.content import (
    ContentJson,
    content_from_json,
    sender_from_json,
)
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import FAILED, DocumentPhase
from services.customs.domain.documents.uploading import DueDocument, Upload
from services.customs.domain.messages.kinds.kind import DOCUMENTS_PER_MESSAGE_MAX
from shared.db import INSTANT, INTEGER, JSON, TEXT, TEXTS, UnitOfWork, sql

# SKIP LOCKED: several workers share the work. A row that a receipt holds locked is taken later.
_SELECT_DUE: Final = """
    SELECT id AS document_id, tenant_id, kind, version, attempts, app_time,
           CASE WHEN attempts > 0 THEN (
               SELECT max(r.return_time) FROM customs.receipts AS r
               WHERE r.number = documents.number) END AS heard_at,
           phase, covers, content, nodes_max, send_parts
    FROM customs.documents
"""


def _due(  # noqa: PLR0917 - a row's columns
    document_id: str,
    tenant_id: str,
    kind: str,
    version: int,
    attempts: int,
    app_time: datetime | None,
    heard_at: datetime | None,
    phase: str,
    covers: list[str],
    content: ContentJson,
    nodes_max: int | None,
    send_parts: list[int] | None,
) -> DueDocument:
    return DueDocument(
        id=document_id,
        tenant_id=tenant_id,
        kind=DocumentKind(kind),
        version=version,
        attempts=attempts,
        app_time=app_time,
        heard_at=heard_at,
        phase=DocumentPhase(phase),
        covers=tuple(covers),
        parts=content_from_json(content),
        nodes_max=nodes_max or DOCUMENTS_PER_MESSAGE_MAX,
        send_parts=None if send_parts is None else tuple(send_parts),
        sender=sender_from_json(content),
    )


_LOCK_DUE: Final = sql(
    f"""
    {_SELECT_DUE} WHERE kind = :kind AND send_at <= :real_now
    ORDER BY id LIMIT :rows_max FOR UPDATE SKIP LOCKED
    """,
    _due,
    kind=TEXT,
    real_now=INSTANT,
    rows_max=INTEGER,
)

_LOCK_DUE_ONE: Final = sql(
    f"{_SELECT_DUE} WHERE id = :id AND send_at IS NOT NULL FOR UPDATE SKIP LOCKED",
    _due,
    id=TEXT,
)

_DUE_IDS: Final = sql(
    """
    SELECT id FROM customs.documents WHERE kind = :kind AND send_at <= :real_now
    ORDER BY id LIMIT :rows_max
    """,
    str,
    kind=TEXT,
    real_now=INSTANT,
    rows_max=INTEGER,
)

_DUE_KINDS: Final = sql(
    "SELECT DISTINCT kind FROM customs.documents WHERE send_at <= :real_now",
    str,
    real_now=INSTANT,
)

_PUT_OFF: Final = sql(
    "UPDATE customs.documents SET send_at = :until WHERE id = :id AND send_at IS NOT NULL",
    id=TEXT,
    until=INSTANT,
)

_INSERT_ATTEMPTS: Final = sql(
    """
    INSERT INTO customs.attempts (
        tenant_id, document_id, part, number, version, guid, message_guid, app_time)
    SELECT tenant_id, document_id, part, number, version, guid, message_guid, app_time
    FROM jsonb_to_recordset(:rows) AS r (
        tenant_id text, document_id text, part smallint, number smallint, version integer,
        guid text, message_guid text, app_time timestamptz)
    """,
    rows=JSON,
)

# What failed is under way again, so nothing may take its place.
_FAILED: Final = "', '".join(sorted(FAILED))
_HAS_FAILED: Final = f"d.phase IN ('{_FAILED}')"

_MARK_UPLOADED: Final = sql(
    f"""
    UPDATE customs.documents AS d SET
        attempts = r.number, app_time = r.app_time, send_at = NULL, send_parts = NULL,
        phase = CASE WHEN {_HAS_FAILED} THEN '{DocumentPhase.QUEUED}' ELSE d.phase END,
        phase_at = CASE WHEN {_HAS_FAILED} THEN r.app_time ELSE d.phase_at END,
        part_phases = (
            SELECT array_agg(CASE WHEN p.part = ANY(r.parts) THEN '{DocumentPhase.QUEUED}'
                             ELSE p.phase END ORDER BY p.part)
            FROM unnest(d.part_phases) WITH ORDINALITY AS p (phase, part))
    FROM jsonb_to_recordset(:rows) AS r (
        document_id text, number smallint, app_time timestamptz, parts smallint[])
    WHERE d.id = r.document_id
    """,  # noqa: S608 - constants
    rows=JSON,
)

# Whom their declarations wait for is worked out anew. Who holds a declaration does so by himself;
# SKIP LOCKED, since he may wait for these documents.
_RENEW_WORK: Final = sql(
    """
    UPDATE customs.declarations SET work_rules = 0 WHERE id IN (
        SELECT c.id FROM customs.declarations AS c JOIN customs.documents AS d
            ON d.declaration_id = c.id
        WHERE d.id = ANY(:ids) ORDER BY c.id FOR UPDATE OF c SKIP LOCKED)
    """,
    ids=TEXTS,
)


async def due_kinds(uow: UnitOfWork, *, real_now: datetime) -> list[DocumentKind]:
    """Kinds of which there are documents that may leave, in the order in which they are sent."""
    kinds = {DocumentKind(kind) for kind in await uow.fetch_values(_DUE_KINDS, real_now=real_now)}
    return [kind for kind in DocumentKind if kind in kinds]


async def lock_due(
    uow: UnitOfWork, *, kind: DocumentKind, real_now: datetime, rows_max: int
) -> list[DueDocument]:
    """Documents of the kind that may leave, oldest first."""
    return await uow.fetch_all(_LOCK_DUE, kind=kind, real_now=real_now, rows_max=rows_max)


async def lock_due_one(uow: UnitOfWork, document_id: str) -> list[DueDocument]:
    """This one, unless it has left or is locked."""
    return await uow.fetch_all(_LOCK_DUE_ONE, id=document_id)


async def list_due(
    uow: UnitOfWork, *, kind: DocumentKind, real_now: datetime, rows_max: int
) -> list[str]:
    return await uow.fetch_values(_DUE_IDS, kind=kind, real_now=real_now, rows_max=rows_max)


async def put_off(uow: UnitOfWork, document_id: str, *, until: datetime) -> None:
    """Real time."""
    await uow.execute(_PUT_OFF, id=document_id, until=until)


async def record_uploads(uow: UnitOfWork, uploads: Sequence[Upload]) -> None:
    """The documents are locked. They wait no longer. What is waited for when a document leaves for
    the first time stays the same.
    """
    rows = [_row(one) for one in uploads]
    parts: dict[str, list[int]] = {}
    for one in uploads:
        parts.setdefault(one.document_id, []).append(one.part)
    # The parts of a document that leave do so together: the first of them stands for all.
    first = {one.document_id: _row(one) for one in reversed(uploads)}
    marked = [{**row, "parts": parts[document_id]} for document_id, row in first.items()]
    await uow.execute(_INSERT_ATTEMPTS, rows=rows)
    await uow.execute(_MARK_UPLOADED, rows=marked)
    again = sorted({one.document_id for one in uploads if one.number > 1})
    if again:
        await uow.execute(_RENEW_WORK, ids=again)


def _row(upload: Upload) -> dict[str, object]:
    return {
        "tenant_id": upload.tenant_id,
        "document_id": upload.document_id,
        "part": upload.part,
        "number": upload.number,
        "version": upload.version,
        "guid": upload.guid,
        "message_guid": upload.message_guid,
        "app_time": upload.app_time.isoformat(),
    }
