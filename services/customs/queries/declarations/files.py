"""The documents of a declaration with what was sent of them and what was answered, and the state
that follows. Messages carry the documents of several merchants, and so do the answers to these:
they are read for the whole park, once it is certain that the caller may see the declaration.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from services.customs.domain.declarations.case import Case, match_of, predecessors_of
from services.customs.domain.declarations.outstanding import Outstanding, kind_to_leave
from services.customs.domain.declarations.refusals import Refusal, refusal_of
from services.customs.domain.declarations.state import DeclarationState, declaration_state
from services.customs.domain.declarations.stops import Stop, Stops
from services.customs.domain.documents.correlation import KeptReceipt, kept_receipt
from services.customs.domain.documents.document import Attempt, message_refusal
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.state import DocumentState, Mark
from services.customs.domain.documents.stored import (
    DocumentHistory,
    StoredDocument,
    group_by_number,
    numbers_of,
    stored_document,
)
from services.customs.domain.receipts.receipt import ReceiptIdentity
from services.customs.queries.declarations.views import DeclarationView, read_declarations
from shared.db import TEXT, TEXTS, Reader, sql

_WAITING: Final = ("composed", "signed")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class UploadView:
    """`door`: which it left by; None: it has not left. `message_status`: of the message that it is
    in. `unsigned_holder`: who has to sign that, and has not.
    """

    document_id: str
    attempt: Attempt
    door: str | None
    message_status: str | None
    unsigned_holder: str | None = None

    @property
    def is_waiting(self) -> bool:
        """It is composed, and has not left."""
        return self.message_status in _WAITING


@dataclass(frozen=True, slots=True)
class DeclarationFile:
    """`state`: of the declaration; `states`: of all its documents, by id. `shared_refusals`: of
    documents for many declarations.
    """

    declaration: DeclarationView
    documents: Sequence[StoredDocument]
    uploads: Sequence[UploadView]
    receipts: Sequence[KeptReceipt]
    history: DocumentHistory
    state: DeclarationState
    states: dict[str, DocumentState]
    shared_refusals: Sequence[Refusal] = ()

    def stop_of(self, one: Outstanding, stops: Stops) -> Stop | None:
        """What keeps the document that this is about from leaving; None: nothing, or there is none
        that waits to leave.
        """
        kind = kind_to_leave(one.code)
        ids = {document.id for document in self.documents if document.kind is kind}
        waiting = [up for up in self.uploads if up.document_id in ids and up.is_waiting]
        return stops.of(unsigned_holder=waiting[-1].unsigned_holder) if waiting else None

    def mark_of(self, document_id: str, identity: ReceiptIdentity) -> Mark | None:
        return self.states[document_id].marks.get(identity)


def _upload(  # noqa: PLR0917 - a row's columns
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
    door: str | None,
    message_status: str | None,
    unsigned_holder: str | None,
) -> UploadView:
    attempt = Attempt(
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
    return UploadView(document_id, attempt, door, message_status, unsigned_holder)


_SELECT: Final = """
    SELECT id AS document_id, tenant_id, declaration_id, kind, party_code, number, version,
           replaces, about, parts, '{}'::text[] AS covers, phase, phase_at, send_at, send_parts,
           attempts, app_time, submitted_at, pre_no, invt_no, sum_no, unknown_receipts,
           illegal_receipts, replaced_at, created_at
    FROM customs.documents
"""

# Ids: its own. What covers many declarations is found by the parcel, and a summary by the list.
DOCUMENTS_OF_DECLARATION: Final = """
        SELECT o.id FROM customs.documents AS o WHERE o.declaration_id = :id
        UNION ALL
        SELECT unnest(ARRAY[p.arrival_id, p.bill_id, p.departure_id] || p.report_ids)
        FROM customs.parcels AS p WHERE p.declaration_id = :id
        UNION ALL
        SELECT s.summary_id FROM customs.documents AS l
        JOIN customs.summary_lists AS s ON s.list_id = l.id
        WHERE l.declaration_id = :id AND l.kind = 'list'
"""

# A merchant does not see which other declarations a document covers.
_DOCUMENTS: Final = sql(
    f"""
    {_SELECT} WHERE id IN ({DOCUMENTS_OF_DECLARATION})
    ORDER BY id
    """,
    stored_document,
    id=TEXT,
)

_OWN_DOCUMENTS: Final = sql(
    f"{_SELECT} WHERE declaration_id = ANY(:ids) ORDER BY id",
    stored_document,
    ids=TEXTS,
)

_UPLOADS: Final = sql(
    """
    SELECT a.document_id, a.part, a.number, a.version, a.guid, a.message_guid, a.app_time,
           m.delivered_at AS left_at,
           CASE WHEN m.status = 'refused' THEN coalesce(m.refused_at, m.composed_at) END
               AS refused_at,
           m.refused_as, m.last_error AS refused_because, coalesce(m.documents, 1) AS nodes,
           coalesce(k.trusted_at >= m.signed_at, false) AS is_key_trusted,
           CASE WHEN m.delivered_at IS NOT NULL THEN m.door END AS door,
           m.status AS message_status,
           CASE WHEN m.status = 'composed' AND m.note = '' THEN m.holder_name END
               AS unsigned_holder
    FROM customs.attempts AS a
    LEFT JOIN customs.outgoing_messages AS m ON m.guid = a.message_guid
    LEFT JOIN customs.key_complaints AS k ON k.key_name = m.signature ->> 'key_name'
    WHERE a.document_id = ANY(:ids) ORDER BY a.document_id, a.part, a.number
    """,
    _upload,
    ids=TEXTS,
)

_RECEIPTS: Final = sql(
    """
    SELECT id AS receipt_id, message_type, party_code, number, part, return_status, return_time,
           return_info, guid, pre_no, invt_no, sum_no, mark, times, received_at
    FROM customs.receipts WHERE number = ANY(:numbers)
    """,
    kept_receipt,
    numbers=TEXTS,
)


async def get_file(reader: Reader, declaration: DeclarationView) -> DeclarationFile:
    """`reader`: of the whole park; the caller has read the declaration as himself."""
    documents = await reader.fetch_all(_DOCUMENTS, id=declaration.id)
    ids = [one.id for one in documents]
    uploads = await read_uploads(reader, ids)
    receipts = await read_receipts(reader, numbers_of(documents, attempts_of(uploads)))
    return file_of(declaration, documents, uploads, receipts)


async def read_own_files(reader: Reader, declaration_ids: Sequence[str]) -> list[DeclarationFile]:
    """With their own documents only: what covers many is left out. `reader`: of the whole park; the
    caller has found the declarations as himself. Four statements for any number of them.
    """
    declarations = await read_declarations(reader, declaration_ids)
    if not declarations:
        return []
    documents = await reader.fetch_all(_OWN_DOCUMENTS, ids=declaration_ids)
    uploads = await read_uploads(reader, [one.id for one in documents])
    receipts = await read_receipts(reader, numbers_of(documents, attempts_of(uploads)))
    documents_of = _grouped(documents, lambda one: one.declaration_id)
    uploads_of = _grouped(uploads, lambda one: one.document_id)
    receipts_of = _grouped(receipts, lambda one: one.receipt.key.number)

    def file(declaration: DeclarationView) -> DeclarationFile:
        own = documents_of.get(declaration.id, ())
        sent = [upload for one in own for upload in uploads_of.get(one.id, ())]
        numbers = numbers_of(own, attempts_of(sent))
        heard = [receipt for number in numbers for receipt in receipts_of.get(number, ())]
        return file_of(declaration, own, sent, heard)

    return [file(one) for one in declarations]


def _grouped(rows: Sequence[_T], key: Callable[[_T], str | None]) -> dict[str | None, list[_T]]:
    found: dict[str | None, list[_T]] = {}
    for one in rows:
        found.setdefault(key(one), []).append(one)
    return found


async def read_uploads(reader: Reader, document_ids: Sequence[str]) -> list[UploadView]:
    return await reader.fetch_all(_UPLOADS, ids=document_ids) if document_ids else []


async def read_receipts(reader: Reader, numbers: Sequence[str]) -> list[KeptReceipt]:
    """Those that name these documents or messages."""
    return await reader.fetch_all(_RECEIPTS, numbers=numbers) if numbers else []


def attempts_of(uploads: Sequence[UploadView]) -> dict[str, tuple[Attempt, ...]]:
    """By document."""
    found: dict[str, list[Attempt]] = {}
    for upload in uploads:
        found.setdefault(upload.document_id, []).append(upload.attempt)
    return {document_id: tuple(tried) for document_id, tried in found.items()}


def file_of(
    declaration: DeclarationView,
    documents: Sequence[StoredDocument],
    uploads: Sequence[UploadView],
    receipts: Sequence[KeptReceipt],
) -> DeclarationFile:
    history = DocumentHistory(
        attempts_of(uploads), group_by_number(one.receipt for one in receipts)
    )
    own = [history.facts_of(one) for one in documents if one.declaration_id]
    state = declaration_state(
        Case(
            match=match_of(declaration.list_id, declaration.findings),
            matched_at=declaration.status_at,
            documents=tuple(own),
            predecessors=predecessors_of(own),
            cancel_asked_at=declaration.cancel_asked_at,
        )
    )
    shared = [history.facts_of(one) for one in documents if one.declaration_id is None]
    states = {one.id: fold_document(one) for one in shared}
    refusals = [refusal_of(one, states[one.id]) for one in shared if not one.is_replaced]
    return DeclarationFile(
        declaration,
        documents,
        uploads,
        receipts,
        history,
        state,
        {**state.documents, **states},
        [one for one in refusals if one is not None],
    )
