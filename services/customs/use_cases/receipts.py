"""Customs' answers, up to 100 at a time: kept raw, stored once, folded into phases, told as facts,
and parcels sent to a lane when customs has the list. A handful of statements per message.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from asyncpg import Record

from services.customs.domain.declarations.phase import ENTERED, Phase
from services.customs.domain.lanes.assignment import assign_lanes
from services.customs.domain.receipts.meanings import meaning_of
from services.customs.domain.receipts.outcome import (
    Outcome,
    after_receipts,
    new_facts,
    phase_of_code,
)
from services.customs.domain.receipts.receipt import Receipt, parse_return_info
from services.customs.domain.receipts.settlement import Settlement, settle
from services.customs.events import declarations as events
from services.customs.repository import departures as departures_repo
from services.customs.repository import lanes, receipts
from services.customs.use_cases import metrics
from services.customs.use_cases.declarations.announcing import tell
from shared.db import UnitOfWork
from shared.kernel.ids import new_id
from shared.kernel.words import words

LIST_RECEIPT: Final = "CEB604"
DEPARTURE_RECEIPT: Final = "CEB510"


@dataclass(frozen=True)
class Recorded:
    """What became of one receipt. `document_id` is None when no such document is known here."""

    receipt_id: str
    document_id: str | None
    is_new: bool


@dataclass(frozen=True)
class RawMessage:
    content_type: str
    raw: bytes

    @property
    def digest(self) -> str:
        return sha256(self.raw).hexdigest()


async def record_receipts(
    uow: UnitOfWork,
    *,
    message: RawMessage,
    received: Sequence[Receipt],
    now: datetime,
    real_now: datetime,
) -> list[Recorded]:
    """In the order of `received`. Repetitions, permutations and strangers change nothing. Runs for
    the whole park."""
    await receipts.keep_raw(
        uow, digest=message.digest, content_type=message.content_type, raw=message.raw, now=now
    )
    if not received:
        return []
    keys = sorted({receipt.business_key for receipt in received})
    declarations = {r["cop_no"]: r for r in await receipts.lock_by_cop_no(uow, keys)}
    about_departures = any(r.message_type == DEPARTURE_RECEIPT for r in received)
    departures = (
        {r["cop_no"]: r for r in await departures_repo.lock_departures(uow, keys)}
        if about_departures
        else {}
    )
    rows = _receipt_rows(received, declarations, departures)
    new = await receipts.insert_receipts(uow, list(rows.values()), digest=message.digest, now=now)
    stored = await _stored(uow, keys)
    if new:
        fresh = {row["business_key"] for row in rows.values() if row["id"] in new}
        await _fold_declarations(
            uow,
            [row for key, row in declarations.items() if key in fresh],
            stored,
            now=now,
            real_now=real_now,
        )
        await _fold_departures(uow, [r for k, r in departures.items() if k in fresh], stored)
    _count(uow, [row for row in rows.values() if row["id"] in new])
    return [
        Recorded(
            receipt_id=stored[receipt.business_key][receipt.identity],
            document_id=_document_id(receipt, declarations, departures),
            is_new=rows[receipt.identity]["id"] in new,
        )
        for receipt in received
    ]


_Identity = tuple[str, str, str, datetime, str]


class _Stored(dict[_Identity, str]):
    """All receipts of one business key: identity → id, and the receipts themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.receipts: list[Receipt] = []


async def _stored(uow: UnitOfWork, keys: Sequence[str]) -> dict[str, _Stored]:
    found: dict[str, _Stored] = defaultdict(_Stored)
    for row in await receipts.receipts_by_key(uow, keys):
        receipt = Receipt(
            message_type=row["message_type"],
            business_key=row["business_key"],
            return_status=row["return_status"],
            return_time=row["return_time"],
            return_info=row["return_info"],
            guid=row["guid"],
            pre_no=row["pre_no"],
            invt_no=row["invt_no"],
        )
        found[receipt.business_key][receipt.identity] = row["id"]
        found[receipt.business_key].receipts.append(receipt)
    return found


def _document_id(
    receipt: Receipt, declarations: dict[str, Record], departures: dict[str, Record]
) -> str | None:
    known = departures if receipt.message_type == DEPARTURE_RECEIPT else declarations
    row = known.get(receipt.business_key)
    return row["id"] if row is not None else None


def _receipt_rows(
    received: Sequence[Receipt],
    declarations: dict[str, Record],
    departures: dict[str, Record],
) -> dict[_Identity, dict[str, Any]]:
    rows: dict[_Identity, dict[str, Any]] = {}
    for receipt in received:
        if receipt.identity in rows:
            continue
        info = parse_return_info(receipt.return_info)
        about_list = receipt.message_type == LIST_RECEIPT
        declaration = declarations.get(receipt.business_key) if about_list else None
        rows[receipt.identity] = {
            "id": new_id("rcp"),
            "tenant_id": declaration["tenant_id"] if declaration else "park",
            "declaration_id": declaration["id"] if declaration else None,
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
            "is_known": phase_of_code(receipt.return_status) is not None,
            "is_matched": _document_id(receipt, declarations, departures) is not None,
        }
    return rows


def _count(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    metrics.add_after_commit(uow, metrics.RECEIPTS, len(rows))
    unknown = sum(not row["is_known"] for row in rows)
    metrics.add_after_commit(uow, metrics.UNKNOWN_RECEIPTS, unknown)
    unmatched = sum(not row["is_matched"] for row in rows)
    metrics.add_after_commit(uow, metrics.UNMATCHED_RECEIPTS, unmatched)


async def _fold_declarations(
    uow: UnitOfWork,
    rows: Sequence[Record],
    stored: dict[str, _Stored],
    *,
    now: datetime,
    real_now: datetime,
) -> None:
    changes = []
    joining = []
    leaving = []
    for row in rows:
        about = [r for r in stored[row["cop_no"]].receipts if r.message_type == LIST_RECEIPT]
        outcome = after_receipts(about, settled_at=row["settled_at"])
        settlement = settle(
            outcome,
            before=Phase(row["phase"]),
            is_cancelled=row["cancelled_at"] is not None,
            attempts=row["attempts"],
        )
        change = _change(row, outcome, settlement, now=now, real_now=real_now)
        _tell_facts(uow, row, outcome, settlement, change, now=now)
        changes.append(change)
        if _joins_queue(row, settlement):
            joining.append((row, change))
        elif row["lane"] is not None and settlement.phase in (Phase.RETURNED, Phase.WITHDRAWN):
            leaving.append(row["id"])
            change["lane"] = None
    await _queue(uow, joining, now=now)
    if changes:
        await receipts.save_outcomes(uow, changes)
    if leaving:
        await lanes.leave_queue(uow, leaving)
    _count_changes(uow, rows, changes)


def _change(
    row: Record,
    outcome: Outcome,
    settlement: Settlement,
    *,
    now: datetime,
    real_now: datetime,
) -> dict[str, Any]:
    last = outcome.last
    resend_at = None
    if settlement.resend_after is not None:
        resend_at = real_now + settlement.resend_after
    numbers = [move for move in outcome.moves if move.invt_no or move.pre_no]
    return {
        "id": row["id"],
        "phase": settlement.phase,
        "status": settlement.status,
        "channel": outcome.channel,
        "phase_at": (last.return_time if last else now).isoformat(),
        "facts": list(row["facts"]),
        "version": row["version"],
        "pre_no": next((m.pre_no for m in reversed(numbers) if m.pre_no), row["pre_no"]),
        "invt_no": next((m.invt_no for m in reversed(numbers) if m.invt_no), row["invt_no"]),
        "unknown_receipts": len(outcome.unknown),
        "lane": row["lane"],
        "settled_at": last.return_time.isoformat() if last and resend_at else None,
        "resend_at": resend_at.isoformat() if resend_at else None,
        "retry": outcome.retry,
    }


def _tell_facts(
    uow: UnitOfWork,
    row: Record,
    outcome: Outcome,
    settlement: Settlement,
    change: dict[str, Any],
    *,
    now: datetime,
) -> None:
    for fact, receipt in new_facts(outcome, frozenset(row["facts"])):
        change["version"] += 1
        change["facts"].append(fact)
        payload = events.declaration_fact(
            row,
            fact,
            at=receipt.return_time,
            status=settlement.status,
            channel=outcome.channel,
            return_status=receipt.return_status,
            detail=parse_return_info(receipt.return_info).text or None,
            meaning=words(meaning_of(receipt.return_status).text),
        )
        tell(uow, row, payload, version=change["version"], now=now)


def _joins_queue(row: Record, settlement: Settlement) -> bool:
    return (
        settlement.phase in ENTERED
        and settlement.phase is not Phase.CLOSED
        and row["lane"] is None
        and row["screened_at"] is None
        and row["cancelled_at"] is None
    )


async def _queue(
    uow: UnitOfWork, joining: Sequence[tuple[Record, dict[str, Any]]], *, now: datetime
) -> None:
    """The new parcels by cut-off, each to the lane with the least expected wait."""
    if not joining:
        return
    known, lengths = await lanes.lanes_with_queues(uow)
    latest = datetime.max.replace(tzinfo=now.tzinfo)
    ordered = sorted(joining, key=lambda one: (one[0]["cut_off_at"] or latest, one[0]["id"]))
    parcels = []
    for (row, change), lane in zip(
        ordered, assign_lanes(known, lengths, parcels=len(ordered)), strict=True
    ):
        change["lane"] = lane
        cut_off_at = row["cut_off_at"]
        parcels.append(
            {
                "declaration_id": row["id"],
                "tenant_id": row["tenant_id"],
                "lane": lane,
                "cut_off_at": cut_off_at.isoformat() if cut_off_at else None,
            }
        )
    await lanes.join_queue(uow, parcels, now=now)


def _count_changes(
    uow: UnitOfWork, rows: Sequence[Record], changes: Sequence[dict[str, Any]]
) -> None:
    before = {row["id"]: row["status"] for row in rows}
    changed = [c["status"] for c in changes if c["status"] != before[c["id"]]]
    metrics.count_after_commit(uow, metrics.DECLARATIONS, changed)
    retries = [c["retry"] for c in changes if c["retry"] is not None]
    metrics.count_after_commit(uow, metrics.FAILED_UPLOADS, retries)


async def _fold_departures(
    uow: UnitOfWork, rows: Sequence[Record], stored: dict[str, _Stored]
) -> None:
    if not rows:
        return
    ids, phases = [], []
    for row in rows:
        about = [r for r in stored[row["cop_no"]].receipts if r.message_type == DEPARTURE_RECEIPT]
        outcome = after_receipts(about)
        ids.append(row["id"])
        phases.append(outcome.phase if outcome.moves else row["phase"])
    await departures_repo.save_departure_phases(uow, ids=ids, phases=phases)
