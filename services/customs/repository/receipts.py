"""Receipts: each is kept once, and says how often it came."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from services.customs.domain.documents.correlation import (
    KeptReceipt,
    MatchedReceipt,
    kept_receipt,
)
from services.customs.domain.documents.phases import is_known_code
from services.customs.domain.documents.state import Mark
from services.customs.domain.receipts.receipt import (
    ReceiptIdentity,
    parse_return_info,
)
from shared.db import INSTANT, INTEGER, JSON, TEXT, TEXTS, UnitOfWork, sql
from shared.kernel.identity import PARK_TENANT
from shared.kernel.ids import new_id


def _inserted(receipt_id: str, is_new: bool) -> tuple[str, bool]:
    return receipt_id, is_new


# The unique constraint decides what is new. A repetition is only counted, by `more`.
_INSERT: Final = sql(
    """
    INSERT INTO customs.receipts AS k (
        id, tenant_id, document_id, declaration_id, message_type, party_code, number, part,
        return_status, return_time, return_info, info_hash, info_code, info_text, guid, pre_no,
        invt_no, sum_no, is_known, inbound_digest, received_at)
    SELECT id, tenant_id, document_id, declaration_id, message_type, party_code, number, part,
        return_status, return_time, return_info, info_hash, info_code, info_text, guid, pre_no,
        invt_no, sum_no, is_known, :digest, :now
    FROM jsonb_to_recordset(:rows) AS r (
        id text, tenant_id text, document_id text, declaration_id text, message_type text,
        party_code text, number text, part integer, return_status text, return_time timestamptz,
        return_info text, info_hash text, info_code text, info_text text, guid text, pre_no text,
        invt_no text, sum_no text, is_known boolean)
    ORDER BY number, message_type, part, party_code, return_status, return_time, info_hash
    ON CONFLICT ON CONSTRAINT receipts_identity_uq DO UPDATE SET times = k.times + :more
    RETURNING id AS receipt_id, xmax = 0 AS is_new
    """,
    _inserted,
    digest=TEXT,
    now=INSTANT,
    rows=JSON,
    more=INTEGER,
)

_BY_NUMBER: Final = sql(
    """
    SELECT id AS receipt_id, message_type, party_code, number, part, return_status, return_time,
           return_info, guid, pre_no, invt_no, sum_no, mark, times, received_at
    FROM customs.receipts WHERE number = ANY(:numbers)
    """,
    kept_receipt,
    numbers=TEXTS,
)

_SAVE_COMPLETED: Final = sql(
    """
    UPDATE customs.receipts AS k
    SET guid = r.guid, pre_no = r.pre_no, invt_no = r.invt_no, sum_no = r.sum_no
    FROM jsonb_to_recordset(:rows) AS r (
        id text, guid text, pre_no text, invt_no text, sum_no text)
    WHERE k.id = r.id
    """,
    rows=JSON,
)

_SAVE_MARKS: Final = sql(
    """
    UPDATE customs.receipts AS k SET mark = r.mark
    FROM unnest(:ids, :marks) AS r (id, mark) WHERE k.id = r.id
    """,
    ids=TEXTS,
    marks=TEXTS,
)


async def insert_receipts(
    uow: UnitOfWork,
    receipts: Collection[MatchedReceipt],
    *,
    digest: str,
    is_repetition: bool,
    now: datetime,
) -> set[ReceiptIdentity]:
    """Those that were new. `digest`: of the message they came in; `is_repetition`: the others have
    come again.
    """
    by_id = {new_id("rcp"): matched for matched in receipts}
    rows = [_row(receipt_id, matched) for receipt_id, matched in by_id.items()]
    inserted = await uow.fetch_all(
        _INSERT, rows=rows, digest=digest, now=now, more=int(is_repetition)
    )
    return {by_id[receipt_id].receipt.identity for receipt_id, is_new in inserted if is_new}


def _row(receipt_id: str, matched: MatchedReceipt) -> dict[str, object]:
    receipt, document = matched.receipt, matched.document
    info = parse_return_info(receipt.return_info)
    return {
        "id": receipt_id,
        "tenant_id": document.tenant_id if document else PARK_TENANT,
        "document_id": document.id if document else None,
        "declaration_id": document.declaration_id if document else None,
        "message_type": receipt.message_type,
        "party_code": receipt.key.party_code,
        "number": receipt.key.number,
        "part": receipt.key.part,
        "return_status": receipt.return_status,
        "return_time": receipt.return_time.isoformat(),
        "return_info": receipt.return_info,
        "info_hash": receipt.info_hash,
        "info_code": info.code,
        "info_text": info.text,
        "guid": receipt.guid,
        "pre_no": receipt.pre_no,
        "invt_no": receipt.invt_no,
        "sum_no": receipt.sum_no,
        "is_known": is_known_code(receipt.return_status),
    }


async def receipts_by_number(uow: UnitOfWork, numbers: Sequence[str]) -> list[KeptReceipt]:
    """All that there are under these numbers of documents and guids of messages."""
    return await uow.fetch_all(_BY_NUMBER, numbers=numbers)


async def save_completed(uow: UnitOfWork, receipts: Collection[KeptReceipt]) -> None:
    """What a repetition said that the first did not."""
    rows = [
        {
            "id": one.id,
            "guid": one.receipt.guid,
            "pre_no": one.receipt.pre_no,
            "invt_no": one.receipt.invt_no,
            "sum_no": one.receipt.sum_no,
        }
        for one in receipts
    ]
    await uow.execute(_SAVE_COMPLETED, rows=rows)


async def save_marks(uow: UnitOfWork, marks: Mapping[str, Mark]) -> None:
    """By receipt."""
    await uow.execute(_SAVE_MARKS, ids=list(marks), marks=list(marks.values()))
