"""Facts into dossiers, many in one statement. Rows are always locked in the order of `order_id`,
here and wherever several are: two slices can wait for each other, but not block each other.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.announcements import Subject
from services.customs.domain.declarations.cancelling import (
    CancelRequestJson,
    cancel_request_from_json,
    cancel_request_to_json,
)
from services.customs.domain.declarations.clocks import WARNING_SHARE, Clock, Running
from services.customs.domain.declarations.documents import (
    OrderJson,
    WaybillJson,
    order_from_json,
    order_to_json,
    waybill_from_json,
    waybill_to_json,
)
from services.customs.domain.declarations.dossier import Dossier, DossierChange
from services.customs.domain.declarations.facts import DossierFacts, ShipmentFact
from services.customs.domain.declarations.findings import (
    FindingJson,
    finding_from_json,
    finding_to_json,
)
from services.customs.domain.declarations.missing import Owner
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.repairing import (
    KeptRepairJson,
    kept_repair_from_json,
    kept_repair_to_json,
)
from services.customs.domain.declarations.work import Work, work_of_new
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.state import Channel
from services.customs.domain.messages.numbering import cop_no
from services.customs.repository.work import CLOCK_COLUMNS, TARGET, WORK_RULES
from shared.db import DOUBLE, INSTANT, INTEGER, JSON, TEXT, TEXTS, Reader, UnitOfWork, sql
from shared.kernel.identity import PARK_TENANT
from shared.kernel.ids import new_id

_Row = dict[str, object]


def _dossier(  # noqa: PLR0917 - a row's columns
    declaration_id: str,
    tenant_id: str,
    order_id: str,
    shipment_id: str | None,
    traceparent: str | None,
    cop_no: str,
    list_id: str | None,
    phase: str,
    status: str,
    phase_at: datetime,
    channel: Channel | None,
    order_document: OrderJson | None,
    waybill: WaybillJson | None,
    is_unroutable: bool,
    cancelled_at: datetime | None,
    cancel_reason: str | None,
    cancel_request: CancelRequestJson | None,
    cut_off_at: datetime | None,
    findings: list[FindingJson],
    repairs: list[KeptRepairJson],
    rulebook: str | None,
    facts: list[str],
    version: int,
    waits_for: str | None,
    owner: Owner | None,
    wait_by: datetime | None,
    clock: str | None,
    clock_at: datetime | None,
) -> Dossier:
    return Dossier(
        subject=Subject(declaration_id, tenant_id, order_id, shipment_id, traceparent),
        cop_no=cop_no,
        list_id=list_id,
        phase=Phase(phase),
        status=Phase(status),
        phase_at=phase_at,
        channel=channel,
        order=order_from_json(order_document) if order_document else None,
        waybill=waybill_from_json(waybill) if waybill else None,
        is_unroutable=is_unroutable,
        cancelled_at=cancelled_at,
        cancel_reason=cancel_reason,
        cancel_request=cancel_request_from_json(cancel_request) if cancel_request else None,
        cut_off_at=cut_off_at,
        findings=tuple(finding_from_json(finding) for finding in findings),
        repairs=tuple(kept_repair_from_json(repair) for repair in repairs),
        rulebook=rulebook,
        announced=tuple(facts),
        version=version,
        work=Work(waits_for, owner, wait_by) if waits_for and owner else None,
        running=Running(Clock(clock), clock_at) if clock and clock_at else None,
    )


_COLUMNS: Final = """
    d.id AS declaration_id, d.tenant_id, d.order_id, d.shipment_id, d.traceparent, d.cop_no,
    d.list_id, d.phase, d.status, d.phase_at, d.channel, d.order_document, d.waybill,
    d.unroutable IS NOT NULL AS is_unroutable, d.cancelled_at, d.cancel_reason, d.cancel_request,
    d.cut_off_at, d.findings, d.repairs, d.rulebook, d.facts, d.version, d.waits_for,
    d.owner, d.wait_by, d.clock, d.clock_at
"""

_UPSERT_DOSSIERS: Final = sql(
    f"""
    INSERT INTO customs.declarations AS d (
        id, tenant_id, order_id, cop_no, phase, status, phase_at, created_at,
        order_document, order_version, order_received_at,
        shipment_id, waybill, unroutable, shipment_version, waybill_received_at,
        flight_id, flight_number, cut_off_at, cancelled_at, cancel_reason, traceparent,
        waits_for, owner)
    SELECT id, tenant_id, order_id, cop_no, 'draft', 'draft', :now, :now,
        order_document, order_version, CASE WHEN order_version > 0 THEN :now END,
        shipment_id, waybill, unroutable, shipment_version,
        CASE WHEN waybill IS NOT NULL THEN :now END,
        flight_id, flight_number, cut_off_at, cancelled_at, cancel_reason, traceparent,
        waits_for, owner
    FROM jsonb_to_recordset(:rows) AS r (
        id text, tenant_id text, order_id text, cop_no text,
        order_document jsonb, order_version integer,
        shipment_id text, waybill jsonb, unroutable jsonb, shipment_version integer,
        flight_id text, flight_number text, cut_off_at timestamptz,
        cancelled_at timestamptz, cancel_reason text, traceparent text,
        waits_for text, owner text)
    ON CONFLICT (order_id) DO UPDATE SET
        order_document = CASE WHEN excluded.order_version > d.order_version
            THEN excluded.order_document ELSE d.order_document END,
        order_received_at = CASE WHEN excluded.order_version > d.order_version
            THEN excluded.order_received_at ELSE d.order_received_at END,
        order_version = greatest(excluded.order_version, d.order_version),
        shipment_id = CASE WHEN excluded.shipment_version > d.shipment_version
            THEN excluded.shipment_id ELSE d.shipment_id END,
        waybill = CASE WHEN excluded.shipment_version > d.shipment_version
            THEN excluded.waybill ELSE d.waybill END,
        unroutable = CASE WHEN excluded.shipment_version > d.shipment_version
            THEN excluded.unroutable ELSE d.unroutable END,
        waybill_received_at = CASE WHEN excluded.shipment_version > d.shipment_version
            THEN excluded.waybill_received_at ELSE d.waybill_received_at END,
        flight_id = CASE WHEN excluded.shipment_version > d.shipment_version
            THEN excluded.flight_id ELSE d.flight_id END,
        flight_number = CASE WHEN excluded.shipment_version > d.shipment_version
            THEN excluded.flight_number ELSE d.flight_number END,
        cut_off_at = CASE WHEN excluded.shipment_version > d.shipment_version
            THEN excluded.cut_off_at ELSE d.cut_off_at END,
        shipment_version = greatest(excluded.shipment_version, d.shipment_version),
        cancelled_at = coalesce(d.cancelled_at, excluded.cancelled_at),
        cancel_reason = coalesce(d.cancel_reason, excluded.cancel_reason),
        traceparent = coalesce(excluded.traceparent, d.traceparent)
    RETURNING {_COLUMNS}
    """,  # noqa: S608 - constants
    _dossier,
    rows=JSON,
    now=INSTANT,
)

_LOCK: Final = sql(
    f"""
    SELECT {_COLUMNS} FROM customs.declarations AS d
    WHERE d.id = ANY(:ids) ORDER BY d.order_id FOR UPDATE
    """,  # noqa: S608 - constants
    _dossier,
    ids=TEXTS,
)

_DOSSIER: Final = sql(
    f"SELECT {_COLUMNS} FROM customs.declarations AS d WHERE d.id = :id",  # noqa: S608 - constants
    _dossier,
    id=TEXT,
)

_TO_MATCH: Final = sql(
    """
    SELECT id FROM customs.declarations
    WHERE phase = 'draft' AND order_document IS NOT NULL AND waybill IS NOT NULL
    ORDER BY id LIMIT :rows_max
    """,
    str,
    rows_max=INTEGER,
)

_TO_CANCEL: Final = sql(
    f"""
    SELECT d.id FROM customs.declarations AS d
    JOIN customs.documents AS list ON list.id = d.list_id AND list.invt_no IS NOT NULL
    WHERE d.status = '{Phase.CANCEL_REQUESTED}' AND d.phase = ANY(:phases) AND NOT EXISTS (
        SELECT FROM customs.documents AS asking
        WHERE asking.declaration_id = d.id AND asking.kind = '{DocumentKind.CANCELLATION}'
            AND coalesce(asking.about, d.list_id) = d.list_id
            AND asking.phase NOT IN ('{DocumentPhase.RETURNED}', '{DocumentPhase.WITHDRAWN}'))
    ORDER BY d.id LIMIT :rows_max
    """,  # noqa: S608 - constants
    str,
    phases=TEXTS,
    rows_max=INTEGER,
)

# The job that matches takes them as if nobody had. What others see stays.
_LET_MATCH: Final = sql(
    f"""
    UPDATE customs.declarations SET phase = '{Phase.DRAFT}'
    WHERE status = '{Phase.BLOCKED}' AND phase = '{Phase.BLOCKED}'
        AND (:tenant = '{PARK_TENANT}' OR tenant_id = :tenant)
        AND EXISTS (
            SELECT FROM jsonb_array_elements(findings) AS f
            WHERE f ->> 'code' LIKE 'customs.party.%')
    """,  # noqa: S608 - constants
    tenant=TEXT,
)

_SAVE: Final = sql(
    f"""
    UPDATE customs.declarations AS d SET
        phase = r.phase, status = r.status, phase_at = r.phase_at, channel = r.channel,
        list_id = r.list_id, cop_no = r.cop_no, findings = r.findings, rulebook = r.rulebook,
        repairs = r.repairs, cancel_request = r.cancel_request,
        validated_at = CASE WHEN r.is_matched THEN :now ELSE d.validated_at END,
        facts = ARRAY(SELECT jsonb_array_elements_text(r.facts)), version = r.version,
        waits_for = r.waits_for, owner = r.owner, wait_by = r.wait_by,
        work_rules = {WORK_RULES},
        is_first_pass = coalesce(r.is_first_pass, d.is_first_pass),
        first_decided_at = coalesce(r.first_decided_at, d.first_decided_at),
        {CLOCK_COLUMNS.format(row="d")}
    FROM jsonb_to_recordset(:rows) AS r (
        id text, phase text, status text, phase_at timestamptz, channel text, list_id text,
        cop_no text, findings jsonb, repairs jsonb, rulebook text, is_matched boolean,
        cancel_request jsonb, facts jsonb, version integer, waits_for text, owner text,
        wait_by timestamptz, clock text, clock_at timestamptz, is_first_pass boolean,
        first_decided_at timestamptz)
    {TARGET}
    WHERE d.id = r.id
    """,  # noqa: S608 - constants
    rows=JSON,
    now=INSTANT,
    warning_share=DOUBLE,
)


async def upsert_dossiers(
    uow: UnitOfWork, facts: Sequence[DossierFacts], *, now: datetime
) -> list[Dossier]:
    """The dossiers with these facts, locked. `facts`: one per order, sorted by `order_id`."""
    rows = [_row(fact) for fact in facts]
    return await uow.fetch_all(_UPSERT_DOSSIERS, rows=rows, now=now)


async def lock_dossiers(uow: UnitOfWork, declaration_ids: Sequence[str]) -> list[Dossier]:
    return await uow.fetch_all(_LOCK, ids=declaration_ids)


async def load_dossier(reader: Reader, declaration_id: str) -> Dossier | None:
    """Not locked."""
    return await reader.fetch_first(_DOSSIER, id=declaration_id)


async def list_to_match(uow: UnitOfWork, *, rows_max: int) -> list[str]:
    """Declarations whose order and waybill are there, and have not been matched."""
    return await uow.fetch_values(_TO_MATCH, rows_max=rows_max)


async def list_to_cancel(uow: UnitOfWork, phases: Collection[Phase], *, rows_max: int) -> list[str]:
    """Declarations that customs is to cancel, whose lists have a number and are in one of these
    phases, and that no CEB605 was drawn up for.
    """
    return await uow.fetch_values(_TO_CANCEL, phases=sorted(phases), rows_max=rows_max)


async def let_match(uow: UnitOfWork, *, tenant: str) -> None:
    """Those of a merchant, or of all for the park, that lack an enterprise are matched again."""
    await uow.execute(_LET_MATCH, tenant=tenant)


def _row(facts: DossierFacts) -> _Row:
    declaration_id = new_id("dec")
    order = facts.order
    row: _Row = {
        "id": declaration_id,
        "tenant_id": facts.merchant_id,
        "order_id": facts.order_id,
        "cop_no": cop_no(declaration_id),
        "order_document": order_to_json(order.document) if order else None,
        "order_version": order.version if order else 0,
        "shipment_version": 0,
        "traceparent": facts.traceparent,
    }
    shipment = facts.shipment
    work = work_of_new(
        has_order=order is not None,
        has_waybill=bool(shipment and shipment.waybill),
        is_unroutable=bool(shipment and shipment.unroutable),
    )
    if work:
        row |= {"waits_for": work.waits_for, "owner": work.owner}
    if facts.shipment:
        row |= _shipment_columns(facts.shipment)
    if facts.cancel:
        row |= {
            "cancelled_at": facts.cancel.at.isoformat(),
            "cancel_reason": facts.cancel.reason,
        }
    return row


def _shipment_columns(shipment: ShipmentFact) -> _Row:
    waybill, unroutable = shipment.waybill, shipment.unroutable
    return {
        "shipment_id": shipment.shipment_id,
        "shipment_version": shipment.version,
        "waybill": waybill_to_json(waybill) if waybill else None,
        "unroutable": {
            "code": unroutable.code,
            "reason": unroutable.reason,
            "remedy": unroutable.remedy,
        }
        if unroutable
        else None,
        "flight_id": waybill.flight_id if waybill else None,
        "flight_number": waybill.flight_number if waybill else None,
        "cut_off_at": shipment.cut_off_at.isoformat() if shipment.cut_off_at else None,
    }


async def save_changes(uow: UnitOfWork, changes: Sequence[DossierChange], *, now: datetime) -> None:
    """The rows are locked."""
    rows = [
        {
            "id": change.declaration_id,
            "phase": change.phase,
            "status": change.status,
            "phase_at": change.phase_at.isoformat(),
            "channel": change.channel,
            "list_id": change.list_id,
            "cop_no": change.cop_no,
            "findings": [finding_to_json(finding) for finding in change.findings],
            "repairs": [kept_repair_to_json(repair) for repair in change.repairs],
            "rulebook": change.rulebook,
            "is_matched": change.is_matched,
            "cancel_request": cancel_request_to_json(change.cancel_request)
            if change.cancel_request
            else None,
            "facts": change.announced,
            "version": change.version,
            "waits_for": change.work.waits_for if change.work else None,
            "owner": change.work.owner if change.work else None,
            "wait_by": _text(change.work.by if change.work else None),
            "clock": change.running.clock if change.running else None,
            "clock_at": _text(change.running.since if change.running else None),
            "is_first_pass": change.first.is_first_pass if change.first else None,
            "first_decided_at": _text(change.first.at if change.first else None),
        }
        for change in changes
    ]
    await uow.execute(_SAVE, rows=rows, now=now, warning_share=WARNING_SHARE)


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
