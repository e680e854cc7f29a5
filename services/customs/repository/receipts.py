"""Receipts in, and what they change: a handful of statements for a message of up to 100."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.announcements import Subject
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.receipts.folding import AnsweredDeclaration, DeclarationChange
from services.customs.domain.receipts.matching import KeptReceipt, MatchedReceipt
from services.customs.domain.receipts.receipt import (
    DocumentKey,
    Receipt,
    ReceiptIdentity,
    parse_return_info,
)
from shared.db import INSTANT, JSON, TEXT, TEXTS, UnitOfWork, sql
from shared.kernel.identity import PARK_TENANT
from shared.kernel.ids import new_id


def _declaration(  # noqa: PLR0917 - a row's columns
    declaration_id: str,
    tenant_id: str,
    order_id: str,
    shipment_id: str | None,
    traceparent: str | None,
    cop_no: str,
    phase: str,
    status: str,
    facts: list[str],
    version: int,
    attempts: int,
    settled_at: datetime | None,
    cancelled_at: datetime | None,
    screened_at: datetime | None,
    cut_off_at: datetime | None,
    lane: int | None,
    pre_no: str | None,
    invt_no: str | None,
) -> AnsweredDeclaration:
    return AnsweredDeclaration(
        subject=Subject(declaration_id, tenant_id, order_id, shipment_id, traceparent),
        cop_no=cop_no,
        phase=Phase(phase),
        status=Phase(status),
        announced=tuple(facts),
        version=version,
        attempts=attempts,
        settled_at=settled_at,
        is_cancelled=cancelled_at is not None,
        is_screened=screened_at is not None,
        cut_off_at=cut_off_at,
        lane=lane,
        pre_no=pre_no,
        invt_no=invt_no,
    )


def _kept(  # noqa: PLR0917 - a row's columns
    receipt_id: str,
    message_type: str,
    business_key: str,
    return_status: str,
    return_time: datetime,
    return_info: str,
    guid: str | None,
    pre_no: str | None,
    invt_no: str | None,
) -> KeptReceipt:
    receipt = Receipt(
        message_type,
        DocumentKey("", business_key),
        return_status,
        return_time,
        return_info,
        guid,
        pre_no,
        invt_no,
    )
    return KeptReceipt(receipt_id, receipt)


_LOCK_DECLARATIONS: Final = sql(
    """
    SELECT id AS declaration_id, tenant_id, order_id, shipment_id, traceparent, cop_no, phase,
           status, facts, version, attempts, settled_at, cancelled_at, screened_at, cut_off_at,
           lane, pre_no, invt_no
    FROM customs.declarations WHERE cop_no = ANY(:cop_nos) ORDER BY order_id FOR UPDATE
    """,
    _declaration,
    cop_nos=TEXTS,
)

# Returns what was new. The unique constraint decides; a repetition changes nothing.
_INSERT: Final = sql(
    """
    INSERT INTO customs.receipts (
        id, tenant_id, declaration_id, message_type, business_key, return_status, return_time,
        return_info, info_hash, info_code, info_text, guid, pre_no, invt_no, is_known,
        inbound_digest, received_at)
    SELECT id, tenant_id, declaration_id, message_type, business_key, return_status,
        return_time, return_info, info_hash, info_code, info_text, guid, pre_no, invt_no,
        is_known, :digest, :now
    FROM jsonb_to_recordset(:rows) AS r (
        id text, tenant_id text, declaration_id text, message_type text, business_key text,
        return_status text, return_time timestamptz, return_info text, info_hash text,
        info_code text, info_text text, guid text, pre_no text, invt_no text, is_known boolean)
    ORDER BY business_key, message_type, return_status, return_time, info_hash
    ON CONFLICT DO NOTHING
    RETURNING id
    """,
    str,
    digest=TEXT,
    now=INSTANT,
    rows=JSON,
)

_BY_COP_NO: Final = sql(
    """
    SELECT id AS receipt_id, message_type, business_key, return_status, return_time, return_info,
           guid, pre_no, invt_no
    FROM customs.receipts WHERE business_key = ANY(:cop_nos)
    """,
    _kept,
    cop_nos=TEXTS,
)

_SAVE_CHANGES: Final = sql(
    """
    UPDATE customs.declarations AS d SET
        phase = r.phase, status = r.status, channel = r.channel,
        phase_at = CASE WHEN d.status = r.status THEN d.phase_at ELSE r.phase_at END,
        facts = ARRAY(SELECT jsonb_array_elements_text(r.facts)), version = r.version,
        pre_no = r.pre_no, invt_no = r.invt_no, unknown_receipts = r.unknown_receipts,
        lane = r.lane, settled_at = coalesce(r.settled_at, d.settled_at),
        message_guid = CASE WHEN r.resend_at IS NULL THEN d.message_guid END,
        resend_at = r.resend_at
    FROM jsonb_to_recordset(:rows) AS r (
        id text, phase text, status text, channel text, phase_at timestamptz, facts jsonb,
        version integer, pre_no text, invt_no text, unknown_receipts integer, lane smallint,
        settled_at timestamptz, resend_at timestamptz)
    WHERE d.id = r.id
    """,
    rows=JSON,
)


async def lock_declarations(uow: UnitOfWork, cop_nos: Sequence[str]) -> list[AnsweredDeclaration]:
    return await uow.fetch_all(_LOCK_DECLARATIONS, cop_nos=cop_nos)


async def insert_receipts(
    uow: UnitOfWork, receipts: Collection[MatchedReceipt], *, digest: str, now: datetime
) -> set[ReceiptIdentity]:
    """Those that were new. `digest`: of the message they came in."""
    by_id = {new_id("rcp"): matched for matched in receipts}
    rows = [_row(receipt_id, matched) for receipt_id, matched in by_id.items()]
    new = await uow.fetch_values(_INSERT, rows=rows, digest=digest, now=now)
    return {by_id[receipt_id].receipt.identity for receipt_id in new}


def _row(receipt_id: str, matched: MatchedReceipt) -> dict[str, object]:
    receipt = matched.receipt
    info = parse_return_info(receipt.return_info)
    return {
        "id": receipt_id,
        "tenant_id": matched.merchant_id or PARK_TENANT,
        "declaration_id": matched.declaration_id,
        "message_type": receipt.message_type,
        "business_key": receipt.business_key,
        "return_status": receipt.return_status,
        "return_time": receipt.return_time.isoformat(),
        "return_info": receipt.return_info,
        "info_hash": receipt.info_hash,
        "info_code": info.code,
        "info_text": info.text,
        "guid": receipt.guid,
        "pre_no": receipt.pre_no,
        "invt_no": receipt.invt_no,
        "is_known": matched.is_known_code,
    }


async def receipts_of(uow: UnitOfWork, cop_nos: Sequence[str]) -> list[KeptReceipt]:
    """All that there are about these documents."""
    return await uow.fetch_all(_BY_COP_NO, cop_nos=cop_nos)


async def save_changes(uow: UnitOfWork, changes: Sequence[DeclarationChange]) -> None:
    rows = [
        {
            "id": change.declaration_id,
            "phase": change.phase,
            "status": change.status,
            "channel": change.channel,
            "phase_at": change.phase_at.isoformat(),
            "facts": change.announced,
            "version": change.version,
            "pre_no": change.pre_no,
            "invt_no": change.invt_no,
            "unknown_receipts": change.unknown_receipts,
            "lane": change.lane,
            "settled_at": change.settled_at.isoformat() if change.settled_at else None,
            "resend_at": change.resend_at.isoformat() if change.resend_at else None,
        }
        for change in changes
    ]
    await uow.execute(_SAVE_CHANGES, rows=rows)
