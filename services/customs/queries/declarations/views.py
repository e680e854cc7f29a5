"""Declarations as screens show them. A declaration that does not exist and one of another merchant
look the same: each statement names the tenant, and row-level security hides the row besides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args

from services.customs.domain.declarations.errors import DeclarationNotFound
from services.customs.domain.declarations.findings import Finding, FindingJson, finding_from_json
from services.customs.domain.declarations.outstanding import Goods
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.documents.state import Channel
from shared.contracts.customs.declarations import DeclarationStatus
from shared.db import (
    INSTANT,
    TEXT,
    TEXTS,
    Few,
    Filters,
    Listing,
    MergedListing,
    Reader,
    Window,
    sql,
)
from shared.kernel.identity import PARK


@dataclass(frozen=True, slots=True)
class DeclarationView:
    id: str
    merchant_id: str
    order_id: str
    order_number: str | None
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
    arrived_at: datetime | None
    arrival_reported_at: datetime | None
    bound_at: datetime | None
    departed_at: datetime | None
    departure_reported_at: datetime | None
    cancelled_at: datetime | None
    cancel_asked_at: datetime | None
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


# A parcel that has left the queue of its lane, or never joined one, is at no lane. An arrival is
# reported, and a list bound to a master waybill, once customs has accepted that.
_SELECT: Final = """
    SELECT p.id, p.tenant_id AS merchant_id, p.order_id, p.order_number, p.shipment_id, p.cop_no,
           p.list_id, p.status, p.phase, p.phase_at AS status_at, p.channel, p.house_waybill,
           p.flight_id, p.flight_number, p.cut_off_at, p.findings AS stored_findings,
           p.unroutable IS NOT NULL AS is_unroutable, p.rulebook, l.pre_no, l.invt_no,
           coalesce(l.attempts, 0) AS attempts,
           coalesce(l.unknown_receipts, 0) AS unknown_receipts,
           CASE WHEN g.state IN ('waiting', 'held', 'screened') THEN g.lane END AS lane,
           g.screened_at, coalesce(g.is_held, false) AS is_held, l.submitted_at, g.arrived_at,
           a.phase_at AS arrival_reported_at, b.phase_at AS bound_at, g.departed_at,
           g.departure_reported_at, p.cancelled_at,
           greatest(p.cancelled_at, (p.cancel_request ->> 'at')::timestamptz) AS cancel_asked_at,
           p.cancel_reason, p.version, p.created_at,
           p.order_received_at, p.waybill_received_at, p.validated_at
    FROM customs.declarations AS p
    LEFT JOIN customs.documents AS l ON l.id = p.list_id
    LEFT JOIN customs.parcels AS g ON g.declaration_id = p.id
    LEFT JOIN customs.documents AS a ON a.id = g.arrival_id AND a.phase = 'accepted'
    LEFT JOIN customs.documents AS b ON b.id = g.bill_id AND b.phase = 'accepted'
"""


# By one of these an index brings few, or has them in their order.
_EXACT: Final = ("order_id", "cop_no", "invt_no", "house_waybill", "order_number", "flight_id")
_OF_LIST: Final = "p.id IN (SELECT x.declaration_id FROM customs.documents x WHERE {} AND {})"
_NEWEST: Final = "p.created_at DESC, p.id DESC"
_AFTER: Final = "(p.created_at, p.id) < (:after_at, :after_id)"
_FILTERS: Final = {
    "status": "p.status = :status",
    "channel": "p.channel = :channel",
    "created_from": "p.created_at >= :created_from",
    "created_to": "p.created_at < :created_to",
}

_ALL: Final = MergedListing(
    _SELECT,
    DeclarationView,
    table="customs.declarations AS p",
    either={
        "status": Few("p.status", tuple(Phase)),
        "channel": Few("p.channel", get_args(Channel), may_be_null=True),
    },
    key="p.created_at, p.id",
    order_by=_NEWEST,
    after=_AFTER,
    tenant="p.tenant_id = :tenant",
    filters=_FILTERS,
    after_at=INSTANT,
    after_id=TEXT,
    status=TEXT,
    channel=TEXT,
    created_from=INSTANT,
    created_to=INSTANT,
)
_FOUND: Final = Listing(
    _SELECT,
    DeclarationView,
    order_by=_NEWEST,
    after=_AFTER,
    tenant="p.tenant_id = :tenant",
    filters={
        **_FILTERS,
        **{name: f"p.{name} = :{name}" for name in _EXACT if name not in {"cop_no", "invt_no"}},
        "cop_no": _OF_LIST.format("x.number = :cop_no", "x.kind = 'list'"),
        "invt_no": _OF_LIST.format("x.invt_no = :invt_no", "x.kind = 'list'"),
    },
    after_at=INSTANT,
    after_id=TEXT,
    order_id=TEXT,
    cop_no=TEXT,
    invt_no=TEXT,
    house_waybill=TEXT,
    order_number=TEXT,
    flight_id=TEXT,
    status=TEXT,
    channel=TEXT,
    created_from=INSTANT,
    created_to=INSTANT,
)

_DECLARATION: Final = sql(
    f"{_SELECT} WHERE p.id = :id AND (:tenant = '{PARK}' OR p.tenant_id = :tenant)",
    DeclarationView,
    id=TEXT,
    tenant=TEXT,
)

_SOME: Final = sql(f"{_SELECT} WHERE p.id = ANY(:ids)", DeclarationView, ids=TEXTS)


async def list_declarations(
    reader: Reader, window: Window, filters: Filters
) -> list[DeclarationView]:
    """Newest first: by creation, then by id."""
    is_exact = any(filters.get(name) is not None for name in _EXACT)
    return await (_FOUND if is_exact else _ALL).page(reader, window, filters)


async def read_declarations(reader: Reader, ids: Sequence[str]) -> list[DeclarationView]:
    """Whosever they are."""
    return await reader.fetch_all(_SOME, ids=ids) if ids else []


async def get_declaration(reader: Reader, *, declaration_id: str) -> DeclarationView:
    """Raises DeclarationNotFound."""
    found = await reader.fetch_first(_DECLARATION, id=declaration_id, tenant=reader.tenant)
    if found is None:
        raise DeclarationNotFound(declaration_id=declaration_id)
    return found
