"""Documents and the attempts to get them to the port. Rows are locked in the order of `id`, after
those of their declarations where both are.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.phase import Phase
from services.customs.domain.documents.changing import DocumentChange, RedrawnDocument
from services.customs.domain.documents.content import content_to_json
from services.customs.domain.documents.document import Attempt, message_refusal
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.stored import (
    NewDocument,
    StoredDocument,
    stored_document,
)
from shared.db import INSTANT, INTEGER, JSON, TEXT, TEXTS, Reader, UnitOfWork, sql

_STORED: Final = """
    SELECT id AS document_id, tenant_id, declaration_id, kind, party_code, number, version,
           replaces, about, parts, covers, phase, phase_at, send_at, send_parts, attempts,
           app_time, submitted_at, pre_no, invt_no, sum_no, unknown_receipts, illegal_receipts,
           replaced_at, created_at
    FROM customs.documents
"""

_LOCK_OF_DECLARATIONS: Final = sql(
    f"{_STORED} WHERE declaration_id = ANY(:ids) ORDER BY id FOR UPDATE",
    stored_document,
    ids=TEXTS,
)

_LOCK: Final = sql(
    f"{_STORED} WHERE id = ANY(:ids) ORDER BY id FOR UPDATE", stored_document, ids=TEXTS
)


def _head(document_id: str, head: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    return document_id, head


_HEADS: Final = sql(
    """
    SELECT id AS document_id, content #> '{parts,0,head}' AS head FROM customs.documents
    WHERE id = ANY(:ids)
    """,
    _head,
    ids=TEXTS,
)


def _whose(document_id: str, declaration_id: str | None) -> tuple[str, str | None]:
    return document_id, declaration_id


_BY_NUMBER: Final = sql(
    """
    SELECT id AS document_id, declaration_id FROM customs.documents WHERE number = ANY(:numbers)
    """,
    _whose,
    numbers=TEXTS,
)

_BY_ID: Final = sql(
    "SELECT id AS document_id, declaration_id FROM customs.documents WHERE id = ANY(:ids)",
    _whose,
    ids=TEXTS,
)

# What was taken back or replaced is never sent again.
_OF_PHASE: Final = sql(
    f"""
    SELECT o.id FROM customs.documents AS o
    WHERE o.kind = :kind AND o.phase = :phase AND o.send_at IS NULL AND o.attempts > 0
        AND o.replaced_at IS NULL
        AND NOT EXISTS (
            SELECT FROM customs.declarations AS d
            WHERE d.id = o.declaration_id
                AND d.status IN ('{Phase.WITHDRAWN}', '{Phase.CANCELLED}'))
        AND NOT EXISTS (
            SELECT FROM customs.documents AS r
            WHERE r.declaration_id = o.declaration_id AND r.replaces = o.id)
    ORDER BY o.id LIMIT :rows_max
    """,  # noqa: S608 - constants
    str,
    kind=TEXT,
    phase=TEXT,
    rows_max=INTEGER,
)

_BY_MESSAGE: Final = sql(
    """
    SELECT DISTINCT d.id AS document_id, d.declaration_id
    FROM customs.attempts AS a JOIN customs.documents AS d ON d.id = a.document_id
    WHERE a.message_guid = ANY(:guids)
    """,
    _whose,
    guids=TEXTS,
)


def _taker(party_code: str, number: str, declaration_id: str) -> tuple[tuple[str, str], str]:
    return (party_code, number), declaration_id


# Always in the order of the keys, so that two slices do not wait for each other.
_LOCK_NUMBERS: Final = sql(
    """
    SELECT count(pg_advisory_xact_lock(key)) FROM (
        SELECT DISTINCT hashtextextended('customs.order_no ' || one, 0) AS key
        FROM unnest(:numbers) AS asked(one) ORDER BY key) AS keys
    """,
    int,
    numbers=TEXTS,
)

# The oldest last, so that it has the number.
_TAKERS: Final = sql(
    f"""
    SELECT party_code, number, declaration_id FROM customs.documents
    WHERE number = ANY(:numbers) AND kind = '{DocumentKind.ORDER}'
        AND phase <> '{DocumentPhase.WITHDRAWN}' AND declaration_id IS NOT NULL
    ORDER BY id DESC
    """,  # noqa: S608 - constants
    _taker,
    numbers=TEXTS,
)


def _attempt(  # noqa: PLR0917 - a row's columns
    document_id: str,
    part: int,
    number: int,
    version: int,
    guid: str,
    message_guid: str,
    app_time: datetime,
    left_at: datetime | None,
    refused_at: datetime | None,
    refused_as: str | None,
    refused_because: str | None,
    nodes: int,
    is_key_trusted: bool,
) -> tuple[str, Attempt]:
    return document_id, Attempt(
        part=part,
        number=number,
        version=version,
        guid=guid,
        message_guid=message_guid,
        app_time=app_time,
        left_at=left_at,
        refusal=message_refusal(refused_at, refused_as, refused_because),
        nodes=nodes,
        is_key_trusted=is_key_trusted,
    )


_ATTEMPTS: Final = sql(
    """
    SELECT a.document_id, a.part, a.number, a.version, a.guid, a.message_guid, a.app_time,
           m.delivered_at AS left_at,
           CASE WHEN m.status = 'refused' THEN coalesce(m.refused_at, m.composed_at) END
               AS refused_at,
           m.refused_as, m.last_error AS refused_because, coalesce(m.documents, 1) AS nodes,
           coalesce(k.trusted_at >= m.signed_at, false) AS is_key_trusted
    FROM customs.attempts AS a
    LEFT JOIN customs.outgoing_messages AS m ON m.guid = a.message_guid
    LEFT JOIN customs.key_complaints AS k ON k.key_name = m.signature ->> 'key_name'
    WHERE a.document_id = ANY(:ids) ORDER BY a.document_id, a.part, a.number
    """,
    _attempt,
    ids=TEXTS,
)

_INSERT: Final = sql(
    """
    INSERT INTO customs.documents (
        id, tenant_id, declaration_id, kind, party_code, number, replaces, about, parts, content,
        covers, flight_id, phase, phase_at, send_at, created_at)
    SELECT id, tenant_id, declaration_id, kind, party_code, number, replaces, about, parts, content,
        ARRAY(SELECT jsonb_array_elements_text(covers)), flight_id, phase, :now, send_at, :now
    FROM jsonb_to_recordset(:rows) AS r (
        id text, tenant_id text, declaration_id text, kind text, party_code text, number text,
        replaces text, about text, parts smallint, content jsonb, covers jsonb, flight_id text,
        phase text, send_at timestamptz)
    """,
    rows=JSON,
    now=INSTANT,
)

_REDRAW: Final = sql(
    """
    UPDATE customs.documents AS d SET
        party_code = r.party_code, number = r.number, content = r.content, parts = r.parts,
        version = r.version
    FROM jsonb_to_recordset(:rows) AS r (
        id text, party_code text, number text, content jsonb, parts smallint, version integer)
    WHERE d.id = r.id
    """,
    rows=JSON,
)

_SAVE_CHANGES: Final = sql(
    """
    UPDATE customs.documents AS d SET
        phase = r.phase, phase_at = r.phase_at, part_phases = r.part_phases, send_at = r.send_at,
        send_parts = r.send_parts, nodes_max = r.nodes_max,
        pre_no = r.pre_no, invt_no = r.invt_no, sum_no = r.sum_no,
        unknown_receipts = r.unknown_receipts, illegal_receipts = r.illegal_receipts
    FROM jsonb_to_recordset(:rows) AS r (
        id text, phase text, phase_at timestamptz, part_phases text[], send_at timestamptz,
        send_parts smallint[], nodes_max smallint,
        pre_no text, invt_no text, sum_no text, unknown_receipts integer, illegal_receipts integer)
    WHERE d.id = r.id
    """,
    rows=JSON,
)


_MARK_REPLACED: Final = sql(
    """
    UPDATE customs.documents SET
        replaced_at = coalesce(replaced_at, :now), send_at = NULL, send_parts = NULL,
        phase = CASE WHEN attempts = 0 THEN 'withdrawn' ELSE phase END
    WHERE id = ANY(:ids)
    """,
    ids=TEXTS,
    now=INSTANT,
)

# Of documents that cover many declarations only summaries say which one they replace.
_TAKE_BACK: Final = sql(
    """
    UPDATE customs.documents SET phase = 'withdrawn', phase_at = :now, send_at = NULL
    WHERE kind = 'summary' AND replaces = ANY(:ids) AND attempts = 0
    """,
    ids=TEXTS,
    now=INSTANT,
)


async def insert_documents(
    uow: UnitOfWork, documents: Sequence[NewDocument], *, now: datetime
) -> None:
    rows = [
        {
            "id": one.id,
            "tenant_id": one.tenant_id,
            "declaration_id": one.declaration_id,
            "kind": one.drawn.kind,
            "party_code": one.drawn.party_code,
            "number": one.drawn.number,
            "replaces": one.replaces,
            "about": one.about,
            "parts": len(one.drawn.parts),
            "content": content_to_json(one.drawn.parts, one.drawn.sender),
            "covers": one.covers,
            "flight_id": one.flight_id,
            "phase": one.phase,
            "send_at": one.send_at.isoformat() if one.send_at else None,
        }
        for one in documents
    ]
    await uow.execute(_INSERT, rows=rows, now=now)


async def redraw_documents(uow: UnitOfWork, redrawn: Sequence[RedrawnDocument]) -> None:
    rows = [
        {
            "id": one.id,
            "party_code": one.drawn.party_code,
            "number": one.drawn.number,
            "content": content_to_json(one.drawn.parts, one.drawn.sender),
            "parts": len(one.drawn.parts),
            "version": one.version,
        }
        for one in redrawn
    ]
    await uow.execute(_REDRAW, rows=rows)


async def save_changes(uow: UnitOfWork, changes: Sequence[DocumentChange]) -> None:
    rows = [
        {
            "id": one.id,
            "phase": one.phase,
            "phase_at": one.phase_at.isoformat(),
            "part_phases": one.part_phases,
            "send_at": one.send_at.isoformat() if one.send_at else None,
            "send_parts": one.send_parts,
            "nodes_max": one.nodes_max,
            "pre_no": one.pre_no,
            "invt_no": one.invt_no,
            "sum_no": one.sum_no,
            "unknown_receipts": one.unknown_receipts,
            "illegal_receipts": one.illegal_receipts,
        }
        for one in changes
    ]
    await uow.execute(_SAVE_CHANGES, rows=rows)


async def mark_replaced(uow: UnitOfWork, document_ids: Collection[str], *, now: datetime) -> None:
    """Others stand for these documents, which cover many declarations: they leave no more."""
    if document_ids:
        await uow.execute(_MARK_REPLACED, ids=sorted(document_ids), now=now)


async def take_back_replacements(
    uow: UnitOfWork, document_ids: Sequence[str], *, now: datetime
) -> None:
    """Customs has these documents after all: what was to replace them, and has not left, is taken
    back.
    """
    await uow.execute(_TAKE_BACK, ids=document_ids, now=now)


async def lock_of_declarations(
    uow: UnitOfWork, declaration_ids: Sequence[str]
) -> list[StoredDocument]:
    """All documents of these declarations alone. The declarations are locked."""
    return await uow.fetch_all(_LOCK_OF_DECLARATIONS, ids=declaration_ids)


async def lock_with_declarations(
    uow: UnitOfWork, owners: Mapping[str, str | None]
) -> list[StoredDocument]:
    """`owners`: documents with their declarations. All documents of these declarations, and the
    documents that have none. The declarations are locked.
    """
    declaration_ids = sorted(set(filter(None, owners.values())))
    own = [document_id for document_id, declaration_id in owners.items() if not declaration_id]
    stored = await lock_of_declarations(uow, declaration_ids) if declaration_ids else []
    return stored + (await uow.fetch_all(_LOCK, ids=own) if own else [])


async def heads_of(uow: UnitOfWork, document_ids: Sequence[str]) -> dict[str, Mapping[str, str]]:
    """What the first part of each document says in its head."""
    return dict(await uow.fetch_all(_HEADS, ids=document_ids))


async def owners_by_number(uow: UnitOfWork, numbers: Sequence[str]) -> list[tuple[str, str | None]]:
    """Ids of the documents under these numbers, of whatever kind, and of their declarations."""
    return await uow.fetch_all(_BY_NUMBER, numbers=numbers)


async def owners_by_id(uow: UnitOfWork, document_ids: Sequence[str]) -> dict[str, str | None]:
    """Documents with their declarations."""
    return dict(await uow.fetch_all(_BY_ID, ids=document_ids))


async def list_of_phase(
    uow: UnitOfWork, *, kind: DocumentKind, phase: DocumentPhase, rows_max: int
) -> list[str]:
    """Those that were sent and do not wait to be, oldest first."""
    return await uow.fetch_values(_OF_PHASE, kind=kind, phase=phase, rows_max=rows_max)


async def owners_by_message(uow: UnitOfWork, guids: Sequence[str]) -> list[tuple[str, str | None]]:
    """Ids of the documents that were uploaded in these messages, and of their declarations."""
    return await uow.fetch_all(_BY_MESSAGE, guids=guids)


async def lock_order_numbers(uow: UnitOfWork, order_nos: Sequence[str]) -> None:
    """Nobody else looks for their takers until the transaction ends."""
    await uow.fetch_value(_LOCK_NUMBERS, numbers=order_nos)


async def takers_of(reader: Reader, order_nos: Sequence[str]) -> dict[tuple[str, str], str]:
    """Which declarations have these order numbers at customs, by platform and number."""
    return dict(await reader.fetch_all(_TAKERS, numbers=order_nos))


async def attempts_of(
    uow: UnitOfWork, document_ids: Sequence[str]
) -> dict[str, tuple[Attempt, ...]]:
    """By document; of each part by number."""
    found: dict[str, list[Attempt]] = {}
    for document_id, attempt in await uow.fetch_all(_ATTEMPTS, ids=document_ids):
        found.setdefault(document_id, []).append(attempt)
    return {document_id: tuple(attempts) for document_id, attempts in found.items()}
