"""Facts of orders, shipments and flights become dossiers; a complete dossier is matched at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asyncpg import Record

from services.customs.domain.declarations.documents import (
    OrderDocument,
    Waybill,
    order_from_json,
    waybill_from_json,
)
from services.customs.domain.declarations.export_list import draw_up_list, export_list_document
from services.customs.domain.declarations.facts import DossierFacts
from services.customs.domain.declarations.findings import Finding, summary
from services.customs.domain.declarations.match import field_findings, match_documents
from services.customs.domain.declarations.phase import OPEN, Phase, phase_after_cancel
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.messages.numbering import guid_text
from services.customs.events import declarations as events
from services.customs.repository import declarations as dossiers
from services.customs.repository import lanes
from services.customs.use_cases import metrics
from services.customs.use_cases.declarations.announcing import tell
from shared.db import UnitOfWork

_ANY_GUID = guid_text("0" * 32)


async def record_facts(
    uow: UnitOfWork,
    *,
    facts: Sequence[DossierFacts],
    rulebook: Rulebook,
    now: datetime,
    real_now: datetime,
) -> None:
    """Any number of facts of any orders, in any order, repeated or not. Runs for the whole park."""
    by_order: dict[str, DossierFacts] = {}
    for fact in facts:
        known = by_order.get(fact.order_id)
        by_order[fact.order_id] = known.merged(fact) if known else fact
    if not by_order:
        return
    rows = await dossiers.upsert_facts(uow, list(by_order.values()), now=now, real_now=real_now)
    decisions = [
        decision
        for row in rows
        if (decision := _decide(uow, row, rulebook=rulebook, now=now)) is not None
    ]
    if decisions:
        await dossiers.save_decisions(uow, decisions, now=now)
        metrics.count_after_commit(
            uow, metrics.DECLARATIONS, (decision["status"] for decision in decisions)
        )
    left = [row["id"] for row in rows if row["cancelled_at"] and row["lane"] is not None]
    if left:
        await lanes.leave_queue(uow, left)
    rebooked = [
        row["id"]
        for row in rows
        if row["lane"] is not None and by_order[row["order_id"]].shipment is not None
    ]
    if rebooked:
        await dossiers.move_cut_offs(uow, rebooked)


def _decide(
    uow: UnitOfWork, row: Record, *, rulebook: Rulebook, now: datetime
) -> dict[str, Any] | None:
    """What changes in the declaration, or None."""
    phase = Phase(row["phase"])
    if row["cancelled_at"] is not None:
        return _cancelled(row, phase)
    if phase in OPEN and row["order_document"] and row["waybill"]:
        return _matched(uow, row, rulebook=rulebook, now=now)
    return None


def _cancelled(row: Record, phase: Phase) -> dict[str, Any] | None:
    after = phase_after_cancel(phase, in_a_message=row["attempts"] > 0)
    if after == row["status"]:
        return None
    withdrawn = after is Phase.WITHDRAWN
    return _decision(row, phase=after if withdrawn else phase, status=after, lane=None)


def _matched(
    uow: UnitOfWork, row: Record, *, rulebook: Rulebook, now: datetime
) -> dict[str, Any] | None:
    order = order_from_json(row["order_document"])
    waybill = waybill_from_json(row["waybill"])
    findings = _check(order, waybill, row["cop_no"], rulebook=rulebook, now=now)
    if not findings:
        return _decision(row, phase=Phase.QUEUED, status=Phase.QUEUED, rulebook=rulebook.version)
    stored = [finding.as_json() for finding in findings]
    if row["phase"] == Phase.BLOCKED and row["findings"] == stored:
        return None  # told already
    tell(
        uow,
        row,
        events.declaration_blocked(row, at=now, found=summary(findings)),
        version=row["version"] + 1,
        now=now,
    )
    metrics.count_after_commit(uow, metrics.FINDINGS, (finding.code for finding in findings))
    decision = _decision(row, phase=Phase.BLOCKED, status=Phase.BLOCKED, rulebook=rulebook.version)
    return {**decision, "findings": stored, "version": row["version"] + 1}


def _check(
    order: OrderDocument, waybill: Waybill, cop_no: str, *, rulebook: Rulebook, now: datetime
) -> tuple[Finding, ...]:
    """The match; and if it holds, the fields as they will be sent."""
    export = draw_up_list(order, waybill, cop_no=cop_no, codes=rulebook.codes)
    findings = match_documents(order, waybill, export)
    if findings:
        return findings
    document = export_list_document(export, guid=_ANY_GUID, app_time=now, parties=rulebook.parties)
    return field_findings(document)


def _decision(
    row: Record, *, phase: Phase, status: Phase, rulebook: str | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "id": row["id"],
        "phase": phase,
        "status": status,
        "findings": [],
        "rulebook": rulebook,
        "facts": list(row["facts"]),
        "version": row["version"],
        "lane": row["lane"],
        **more,
    }
