"""What a list of open work says of each declaration beyond its row: the repairs that are suggested,
and what was refused. Two statements for all repairs of a page, and three for all refusals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.customs.domain.declarations.documents import OrderJson, order_from_json
from services.customs.domain.declarations.findings import FindingJson, finding_from_json
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.refusals import Refusal, refusal_of
from services.customs.domain.declarations.repairing import (
    KeptRepairJson,
    kept_repair_from_json,
    repaired,
    still_valid,
)
from services.customs.domain.declarations.repairs import Repair, RepairValue, value_at
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.stored import (
    DocumentHistory,
    StoredDocument,
    group_by_number,
    numbers_of,
    stored_document,
)
from services.customs.queries.declarations.files import attempts_of, read_receipts, read_uploads
from services.customs.queries.work.items import WorkView
from shared.db import TEXTS, Reader, sql


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`present`: what the order says there."""

    repair: Repair
    present: RepairValue


@dataclass(frozen=True, slots=True)
class _Faulty:
    id: str
    findings: list[FindingJson]
    order_document: OrderJson | None
    repairs: list[KeptRepairJson]


_FAULTY: Final = sql(
    """
    SELECT id, findings, order_document, repairs FROM customs.declarations WHERE id = ANY(:ids)
    """,
    _Faulty,
    ids=TEXTS,
)

_DOCUMENTS: Final = sql(
    """
    SELECT id AS document_id, tenant_id, declaration_id, kind, party_code, number, version,
           replaces, about, parts, '{}'::text[] AS covers, phase, phase_at, send_at, send_parts,
           attempts, app_time, submitted_at, pre_no, invt_no, sum_no, unknown_receipts,
           illegal_receipts, replaced_at, created_at
    FROM customs.documents WHERE declaration_id = ANY(:ids) ORDER BY id
    """,
    stored_document,
    ids=TEXTS,
)


async def list_suggestions(
    reader: Reader, declaration_ids: Sequence[str]
) -> dict[str, tuple[Suggestion, ...]]:
    """By declaration."""
    if not declaration_ids:
        return {}
    found = await reader.fetch_all(_FAULTY, ids=declaration_ids)
    return {one.id: tuple(_suggestions(one)) for one in found}


def _suggestions(faulty: _Faulty) -> list[Suggestion]:
    if faulty.order_document is None:
        return []
    received = order_from_json(faulty.order_document)
    kept = still_valid(received, [kept_repair_from_json(one) for one in faulty.repairs])
    order = repaired(received, kept)
    repairs = [finding_from_json(one).repair for one in faulty.findings]
    return [Suggestion(one, value_at(order, one.pointer)[0]) for one in repairs if one is not None]


async def list_refusals(reader: Reader, rows: Sequence[WorkView]) -> dict[str, Refusal]:
    """By declaration, of what it waits for. `reader`: of the whole park; the caller has read the
    rows as himself.
    """
    if not rows:
        return {}
    documents = await reader.fetch_all(_DOCUMENTS, ids=[one.id for one in rows])
    uploads = await read_uploads(reader, [one.id for one in documents])
    attempts = attempts_of(uploads)
    receipts = await read_receipts(reader, numbers_of(documents, attempts))
    history = DocumentHistory(attempts, group_by_number(one.receipt for one in receipts))
    own: dict[str, list[StoredDocument]] = {}
    for one in documents:
        own.setdefault(one.declaration_id or "", []).append(one)
    found = {row.id: _refusal(row, own.get(row.id, ()), history) for row in rows}
    return {row_id: refusal for row_id, refusal in found.items() if refusal is not None}


def _refusal(
    row: WorkView, documents: Sequence[StoredDocument], history: DocumentHistory
) -> Refusal | None:
    """The newest under the code that the declaration waits for. While it is being cancelled, that
    is of the cancellation, else not.
    """
    is_cancelling = row.status == Phase.CANCEL_REQUESTED
    replaced = {one.replaces for one in documents}
    found: Refusal | None = None
    for one in documents:
        if one.id in replaced or (one.kind is DocumentKind.CANCELLATION) is not is_cancelling:
            continue
        facts = history.facts_of(one)
        refusal = refusal_of(facts, fold_document(facts))
        if refusal is not None and refusal.code == row.waits_for:
            found = refusal
    return found
