"""Facts into dossiers, many in one statement. Rows are always locked in the order of `order_id`,
here and wherever several are: two slices can wait for each other, but not block each other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.announcements import Subject
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
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.messages.numbering import cop_no
from shared.db import INSTANT, JSON, UnitOfWork, sql
from shared.kernel.ids import new_id

_Row = dict[str, object]


def _dossier(  # noqa: PLR0917 - a row's columns
    declaration_id: str,
    tenant_id: str,
    order_id: str,
    shipment_id: str | None,
    traceparent: str | None,
    cop_no: str,
    phase: str,
    status: str,
    order_document: OrderJson | None,
    waybill: WaybillJson | None,
    cancelled_at: datetime | None,
    attempts: int,
    lane: int | None,
    findings: list[FindingJson],
    version: int,
) -> Dossier:
    return Dossier(
        subject=Subject(declaration_id, tenant_id, order_id, shipment_id, traceparent),
        cop_no=cop_no,
        phase=Phase(phase),
        status=Phase(status),
        order=order_from_json(order_document) if order_document else None,
        waybill=waybill_from_json(waybill) if waybill else None,
        is_cancelled=cancelled_at is not None,
        attempts=attempts,
        lane=lane,
        findings=tuple(finding_from_json(finding) for finding in findings),
        version=version,
    )


_UPSERT_DOSSIERS: Final = sql(
    """
    INSERT INTO customs.declarations AS d (
        id, tenant_id, order_id, cop_no, phase, status, phase_at, created_at,
        order_document, order_version, order_received_at,
        shipment_id, waybill, unroutable, shipment_version, waybill_received_at,
        flight_id, flight_number, cut_off_at, cancelled_at, cancel_reason,
        departed_at, departure, departure_noted_at, traceparent)
    SELECT id, tenant_id, order_id, cop_no, 'draft', 'draft', :now, :now,
        order_document, order_version, CASE WHEN order_version > 0 THEN :now END,
        shipment_id, waybill, unroutable, shipment_version,
        CASE WHEN waybill IS NOT NULL THEN :now END,
        flight_id, flight_number, cut_off_at, cancelled_at, cancel_reason,
        departed_at, departure, CASE WHEN departed_at IS NOT NULL THEN :real_now END,
        traceparent
    FROM jsonb_to_recordset(:rows) AS r (
        id text, tenant_id text, order_id text, cop_no text,
        order_document jsonb, order_version integer,
        shipment_id text, waybill jsonb, unroutable jsonb, shipment_version integer,
        flight_id text, flight_number text, cut_off_at timestamptz,
        cancelled_at timestamptz, cancel_reason text,
        departed_at timestamptz, departure jsonb, traceparent text)
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
        departed_at = greatest(d.departed_at, excluded.departed_at),
        departure = CASE WHEN d.departed_at IS NULL OR excluded.departed_at > d.departed_at
            THEN excluded.departure ELSE d.departure END,
        departure_noted_at = coalesce(d.departure_noted_at, excluded.departure_noted_at),
        traceparent = coalesce(excluded.traceparent, d.traceparent)
    RETURNING id AS declaration_id, tenant_id, order_id, shipment_id, traceparent, cop_no, phase,
        status, order_document, waybill, cancelled_at, attempts, lane, findings, version
    """,
    _dossier,
    rows=JSON,
    now=INSTANT,
    real_now=INSTANT,
)

_SAVE_CHANGES: Final = sql(
    """
    UPDATE customs.declarations AS d SET
        phase = r.phase, status = r.status, findings = r.findings, rulebook = r.rulebook,
        version = r.version, lane = r.lane,
        phase_at = CASE WHEN d.status = r.status THEN d.phase_at ELSE :now END,
        validated_at = CASE WHEN r.phase = 'queued' THEN :now ELSE d.validated_at END
    FROM jsonb_to_recordset(:rows) AS r (
        id text, phase text, status text, findings jsonb, rulebook text, version integer,
        lane smallint)
    WHERE d.id = r.id
    """,
    rows=JSON,
    now=INSTANT,
)


async def upsert_dossiers(
    uow: UnitOfWork, facts: Sequence[DossierFacts], *, now: datetime, real_now: datetime
) -> list[Dossier]:
    """The dossiers with these facts, locked. `facts`: one per order, sorted by `order_id`."""
    rows = [_row(fact) for fact in facts]
    return await uow.fetch_all(_UPSERT_DOSSIERS, rows=rows, now=now, real_now=real_now)


def _row(facts: DossierFacts) -> _Row:
    declaration_id = new_id("dec")
    order, departure = facts.order, facts.departure
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
    if facts.shipment:
        row |= _shipment_columns(facts.shipment)
    if facts.cancel:
        row |= {
            "cancelled_at": facts.cancel.at.isoformat(),
            "cancel_reason": facts.cancel.reason,
        }
    if departure:
        row |= {
            "departed_at": departure.departed_at.isoformat(),
            "departure": {
                "flight_id": departure.flight_id,
                "flight_number": departure.flight_number,
                "master_waybill": departure.master_waybill,
                "house_waybill": departure.house_waybill,
            },
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
    """The rows were locked by `upsert_dossiers` in the same transaction."""
    rows = [
        {
            "id": change.declaration_id,
            "phase": change.phase,
            "status": change.status,
            "findings": [finding_to_json(finding) for finding in change.findings],
            "rulebook": change.rulebook,
            "version": change.version,
            "lane": change.lane,
        }
        for change in changes
    ]
    await uow.execute(_SAVE_CHANGES, rows=rows, now=now)
