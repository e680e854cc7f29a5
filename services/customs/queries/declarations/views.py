"""Declarations as screens show them. A declaration that does not exist and one of another merchant
look the same: each statement names the tenant, and row-level security hides the row besides.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.errors import DeclarationNotFound
from services.customs.domain.declarations.findings import Finding, FindingJson, finding_from_json
from services.customs.domain.declarations.outstanding import Goods
from services.customs.domain.declarations.phase import Channel
from shared.contracts.customs.declarations import DeclarationStatus
from shared.db import INSTANT, TEXT, Filters, Listing, Reader, Window, sql
from shared.kernel.identity import PARK


@dataclass(frozen=True, slots=True)
class DeclarationView:
    id: str
    merchant_id: str
    order_id: str
    shipment_id: str | None
    cop_no: str
    list_id: str | None
    status: DeclarationStatus
    phase: str
    status_at: datetime
    channel: Channel | None
    house_waybill: str | None
    flight_id: str | None
    flight_number: str | None
    cut_off_at: datetime | None
    stored_findings: list[FindingJson]
    is_unroutable: bool
    rulebook: str | None
    pre_no: str | None
    invt_no: str | None
    attempts: int
    unknown_receipts: int
    lane: int | None
    screened_at: datetime | None
    is_held: bool
    submitted_at: datetime | None
    departed_at: datetime | None
    departure_reported_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    version: int
    created_at: datetime
    order_received_at: datetime | None
    waybill_received_at: datetime | None
    validated_at: datetime | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding_from_json(stored) for stored in self.stored_findings)

    @property
    def goods(self) -> Goods:
        return Goods(
            has_order=self.order_received_at is not None,
            has_waybill=self.house_waybill is not None,
            is_unroutable=self.is_unroutable,
            is_screened=self.screened_at is not None,
            is_held=self.is_held,
            has_departed=self.departed_at is not None,
            is_departure_reported=self.departure_reported_at is not None,
            cut_off_at=self.cut_off_at,
        )


# A parcel that has left the queue of its lane, or never joined one, is at no lane.
_SELECT: Final = """
    SELECT d.id, d.tenant_id AS merchant_id, d.order_id, d.shipment_id, d.cop_no, d.list_id,
           d.status, d.phase, d.phase_at AS status_at, d.channel,
           d.waybill ->> 'house_waybill' AS house_waybill, d.flight_id, d.flight_number,
           d.cut_off_at, d.findings AS stored_findings,
           d.unroutable IS NOT NULL AS is_unroutable, d.rulebook, l.pre_no, l.invt_no,
           coalesce(l.attempts, 0) AS attempts,
           coalesce(l.unknown_receipts, 0) AS unknown_receipts,
           CASE WHEN p.state IN ('waiting', 'held', 'screened') THEN p.lane END AS lane,
           p.screened_at, coalesce(p.is_held, false) AS is_held, l.submitted_at, p.departed_at,
           p.departure_reported_at, d.cancelled_at, d.cancel_reason, d.version, d.created_at,
           d.order_received_at, d.waybill_received_at, d.validated_at
    FROM customs.declarations AS d
    LEFT JOIN customs.documents AS l ON l.id = d.list_id
    LEFT JOIN customs.parcels AS p ON p.declaration_id = d.id
"""

_DECLARATIONS: Final = Listing(
    _SELECT,
    DeclarationView,
    order_by="d.id DESC",
    after="d.id < :after_id",
    tenant="d.tenant_id = :tenant",
    filters={
        "status": "d.status = :status",
        "channel": "d.channel = :channel",
        "order_id": "d.order_id = :order_id",
        # As the index is written: with a value for the name it would not serve.
        "house_waybill": "d.waybill ->> 'house_waybill' = :house_waybill",
        "flight_id": "d.flight_id = :flight_id",
        "created_from": "d.created_at >= :created_from",
        "created_to": "d.created_at < :created_to",
    },
    after_id=TEXT,
    status=TEXT,
    channel=TEXT,
    order_id=TEXT,
    house_waybill=TEXT,
    flight_id=TEXT,
    created_from=INSTANT,
    created_to=INSTANT,
)

_DECLARATION: Final = sql(
    f"{_SELECT} WHERE d.id = :id AND (:tenant = '{PARK}' OR d.tenant_id = :tenant)",
    DeclarationView,
    id=TEXT,
    tenant=TEXT,
)


async def list_declarations(
    reader: Reader, window: Window, filters: Filters
) -> list[DeclarationView]:
    """Newest first."""
    return await _DECLARATIONS.page(reader, window, filters)


async def get_declaration(reader: Reader, *, declaration_id: str) -> DeclarationView:
    """Raises DeclarationNotFound."""
    found = await reader.fetch_first(_DECLARATION, id=declaration_id, tenant=reader.tenant)
    if found is None:
        raise DeclarationNotFound(declaration_id=declaration_id)
    return found
