"""Facts into dossiers, many in one statement. Rows are always touched in the order of `order_id`,
here and wherever several are locked: two slices can wait for each other, never block each other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import text

from services.customs.domain.declarations.facts import DossierFacts
from services.customs.domain.messages.numbering import cop_no
from services.customs.repository.params import instant, rows, strings
from shared.db import Statement, UnitOfWork
from shared.kernel.ids import new_id

# What decides the next step; `was_*` tells a first notice from a repetition.
_RETURNING: Final = """
    id, tenant_id, order_id, cop_no, shipment_id, phase, status, channel, order_document, waybill,
    cut_off_at, cancelled_at, attempts, lane, findings, facts, version, traceparent
"""


UPSERT_FACTS: Final = Statement(
    text(
        f"""
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
        RETURNING {_RETURNING}
        """  # noqa: S608 - constants only
    ).bindparams(rows("rows"), instant("now"), instant("real_now"))
)


SAVE_DECISIONS: Final = Statement(
    text(
        """
        UPDATE customs.declarations AS d SET
            phase = r.phase, status = r.status, findings = r.findings, rulebook = r.rulebook,
            facts = ARRAY(SELECT jsonb_array_elements_text(r.facts)), version = r.version,
            lane = r.lane,
            phase_at = CASE WHEN d.status = r.status THEN d.phase_at ELSE :now END,
            validated_at = CASE WHEN r.phase = 'queued' THEN :now ELSE d.validated_at END
        FROM jsonb_to_recordset(:rows) AS r (
            id text, phase text, status text, findings jsonb, rulebook text, facts jsonb,
            version integer, lane smallint)
        WHERE d.id = r.id
        """
    ).bindparams(rows("rows"), instant("now"))
)


MOVE_CUT_OFFS: Final = Statement(
    text(
        """
        UPDATE customs.lane_parcels AS p SET cut_off_at = d.cut_off_at
        FROM customs.declarations AS d
        WHERE d.id = p.declaration_id AND p.declaration_id = ANY(:ids)
          AND p.cut_off_at IS DISTINCT FROM d.cut_off_at
        """
    ).bindparams(strings("ids"))
)


def _row(facts: DossierFacts) -> dict[str, Any]:
    declaration_id = new_id("dec")
    order, shipment = facts.order, facts.shipment
    row: dict[str, Any] = {
        "id": declaration_id,
        "tenant_id": facts.merchant_id,
        "order_id": facts.order_id,
        "cop_no": cop_no(declaration_id),
        "order_document": order.document if order else None,
        "order_version": order.version if order else 0,
        "shipment_version": shipment.version if shipment else 0,
        "traceparent": facts.traceparent,
    }
    if shipment:
        row |= {
            "shipment_id": shipment.shipment_id,
            "waybill": shipment.waybill,
            "unroutable": shipment.unroutable,
            "flight_id": shipment.flight_id,
            "flight_number": shipment.flight_number,
            "cut_off_at": shipment.cut_off_at.isoformat() if shipment.cut_off_at else None,
        }
    if facts.cancel:
        row |= {
            "cancelled_at": facts.cancel.at.isoformat(),
            "cancel_reason": facts.cancel.reason,
        }
    if facts.departure:
        row |= {
            "departed_at": facts.departure.departed_at.isoformat(),
            "departure": {
                "flight_id": facts.departure.flight_id,
                "flight_number": facts.departure.flight_number,
                "master_waybill": facts.departure.master_waybill,
                "house_waybill": facts.departure.house_waybill,
            },
        }
    return row


async def upsert_facts(
    uow: UnitOfWork, facts: Sequence[DossierFacts], *, now: datetime, real_now: datetime
) -> list[Record]:
    """One row per order as it is afterwards. `facts`: at most one per order."""
    rows = [_row(fact) for fact in sorted(facts, key=lambda fact: fact.order_id)]
    return await uow.fetch_all(UPSERT_FACTS, rows=rows, now=now, real_now=real_now)


async def save_decisions(
    uow: UnitOfWork, decisions: Sequence[dict[str, Any]], *, now: datetime
) -> None:
    """The rows were locked by `upsert_facts` in the same transaction."""
    await uow.execute(SAVE_DECISIONS, rows=list(decisions), now=now)


async def move_cut_offs(uow: UnitOfWork, declaration_ids: Sequence[str]) -> None:
    await uow.execute(MOVE_CUT_OFFS, ids=list(declaration_ids))
