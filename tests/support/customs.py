"""Documents, declarations and receipts as the tests of the rules need them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from services.customs.clients.reference import tariff_of
from services.customs.domain.declarations.announcements import Subject
from services.customs.domain.declarations.codes import parse_code_tables
from services.customs.domain.declarations.documents import OrderDocument, OrderLine, Waybill
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.messages.parties import Parties, Party, SiteParties
from services.customs.rulebooks import CODES as CODES_FILE

CODES = parse_code_tables(CODES_FILE.read_text(encoding="utf-8"))

PARTIES = Parties(
    declarant=Party("91420700MAA1RL001K", "示例报关"),
    merchant=Party("91420700MAA1RL002N", "示例电商"),
    platform=Party("91420700MAA1RL003R", "示例平台"),
    carrier=Party("91420700MAA1RL004W", "示例物流"),
    dxp_id="DXPENT0000000000",
    customs_code="4700",
    port_code="4700",
    operator=Party("91420700MAA1RL0050", "示例监管场所"),
)


def site_of(parties: Parties, **changes: Any) -> SiteParties:
    """The park's enterprises among them."""
    site = SiteParties(
        parties.declarant,
        parties.carrier,
        parties.dxp_id,
        parties.customs_code,
        parties.operator,
        parties.dxp_ids,
    )
    return replace(site, **changes)


NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)

TARIFF = tariff_of(None)

RULEBOOK = Rulebook(PARTIES, CODES, TARIFF)


def a_line(number: int = 1, **changes: Any) -> OrderLine:
    line = OrderLine(
        line=number,
        sku=f"SKU-{number}",
        title="White hanging heart T-light holder",
        quantity=6,
        unit_price_minor=255,
        hs_code="940550",
        net_weight_g=180,
        gross_weight_g=230,
        title_zh="白色心形烛台",
        brand="无品牌",
        material="玻璃",
    )
    return replace(line, **changes)


def an_order(*lines: OrderLine, **changes: Any) -> OrderDocument:
    lines = lines or (a_line(1), a_line(2))
    order = OrderDocument(
        order_id="ord_1",
        merchant_id="mer_1",
        currency="GBP",
        country="DE",
        total_minor=sum(line.quantity * line.unit_price_minor for line in lines),
        net_weight_g=sum(line.quantity * line.net_weight_g for line in lines),
        gross_weight_g=sum(line.quantity * line.gross_weight_g for line in lines),
        lines=lines,
    )
    return replace(order, **changes)


def a_waybill(order: OrderDocument, **changes: Any) -> Waybill:
    waybill = Waybill(
        order_id=order.order_id,
        shipment_id="shp_1",
        house_waybill="AL26112200001",
        country=order.country,
        gross_weight_g=order.gross_weight_g,
        pieces=1,
        mode="air",
        flight_id="flt_1",
        flight_number="O37001",
        departs_at=NOW,
    )
    return replace(waybill, **changes)


def a_subject(number: int = 1) -> Subject:
    return Subject(
        id=f"dec_{number:032x}",
        merchant_id="mer_1",
        order_id=f"ord_{number}",
        shipment_id=f"shp_{number}",
        traceparent=None,
    )
