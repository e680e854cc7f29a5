"""Receipts in, phases out: a message of up to 100 receipts takes a handful of statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import text

from services.customs.repository.params import instant, octets, rows, string, strings
from shared.db import Statement, UnitOfWork

KEEP_RAW: Final = Statement(
    text(
        """
        INSERT INTO customs.inbound_messages (digest, tenant_id, content_type, raw, received_at)
        VALUES (:digest, 'park', :content_type, :raw, :now) ON CONFLICT DO NOTHING
        """
    ).bindparams(string("digest"), string("content_type"), octets("raw"), instant("now"))
)


LOCK_BY_COP_NO: Final = Statement(
    text(
        """
        SELECT id, tenant_id, order_id, shipment_id, cop_no, phase, status, channel, facts, version,
               attempts, settled_at, cancelled_at, cut_off_at, lane, screened_at, is_held,
               pre_no, invt_no, unknown_receipts, traceparent
        FROM customs.declarations WHERE cop_no = ANY(:cop_nos) ORDER BY order_id FOR UPDATE
        """
    ).bindparams(strings("cop_nos"))
)


# Returns what was new. The unique constraint decides; a repetition changes nothing.
INSERT_RECEIPTS: Final = Statement(
    text(
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
        """
    ).bindparams(string("digest"), instant("now"), rows("rows"))
)


RECEIPTS_BY_KEY: Final = Statement(
    text(
        """
        SELECT id, message_type, business_key, return_status, return_time, return_info, info_hash,
               guid, pre_no, invt_no
        FROM customs.receipts WHERE business_key = ANY(:keys)
        """
    ).bindparams(strings("keys"))
)


SAVE_OUTCOMES: Final = Statement(
    text(
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
        """
    ).bindparams(rows("rows"))
)


async def keep_raw(
    uow: UnitOfWork, *, digest: str, content_type: str, raw: bytes, now: datetime
) -> None:
    await uow.execute(KEEP_RAW, digest=digest, content_type=content_type, raw=raw, now=now)


async def lock_by_cop_no(uow: UnitOfWork, cop_nos: Sequence[str]) -> list[Record]:
    return await uow.fetch_all(LOCK_BY_COP_NO, cop_nos=list(cop_nos))


async def insert_receipts(
    uow: UnitOfWork, rows: Sequence[dict[str, Any]], *, digest: str, now: datetime
) -> set[str]:
    """The ids of the receipts that were new."""
    new = await uow.fetch_all(INSERT_RECEIPTS, rows=list(rows), digest=digest, now=now)
    return {row["id"] for row in new}


async def receipts_by_key(uow: UnitOfWork, keys: Sequence[str]) -> list[Record]:
    return await uow.fetch_all(RECEIPTS_BY_KEY, keys=list(keys))


async def save_outcomes(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    await uow.execute(SAVE_OUTCOMES, rows=list(rows))
