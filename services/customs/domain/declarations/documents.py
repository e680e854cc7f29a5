"""The two documents that a declaration is made from, the order and the house waybill, and their
stored form. Money in minor units, weights in grams.

The declaration's row keeps both as JSON. Rows live for years: a field that comes later needs a
default, and one that goes must still be read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NotRequired, TypedDict


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Weights are per unit. What is None is not known. `specification`: attributes of the goods as
    text, by name. `legal_quantity_1`, `legal_quantity_2`: of the whole line in the first and second
    legal unit, as plain decimals, where somebody measured them. `item_record_no`: of bonded goods,
    their number in the ledger of the special area.
    """

    line: int
    sku: str
    title: str
    quantity: int
    unit_price_minor: int
    hs_code: str
    net_weight_g: int
    gross_weight_g: int
    title_zh: str | None = None
    brand: str | None = None
    material: str | None = None
    gtin: str | None = None
    specification: Mapping[str, str] = field(default_factory=dict)
    legal_quantity_1: str | None = None
    legal_quantity_2: str | None = None
    item_record_no: str | None = None


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """The trade document: what was sold, to whom, for how much. `store`, `order_number`: where it
    was sold, and the number that it has there; None in rows of before these were kept.
    """

    order_id: str
    merchant_id: str
    currency: str
    country: str
    total_minor: int
    net_weight_g: int
    gross_weight_g: int
    lines: tuple[OrderLine, ...]
    store: str | None = None
    order_number: str | None = None

    @property
    def order_no(self) -> str:
        """The number that customs knows the order by."""
        return self.order_number or self.order_id


@dataclass(frozen=True, slots=True)
class Waybill:
    """The logistics document: the house waybill and the first leg out of the park."""

    order_id: str
    shipment_id: str
    house_waybill: str
    country: str
    gross_weight_g: int
    pieces: int
    mode: str
    flight_id: str | None
    flight_number: str | None
    departs_at: datetime | None


@dataclass(frozen=True, slots=True)
class Payment:
    """The receipt of payment, where a regime asks for one. `pay_code`: None where the payment
    firm has no registration, as abroad.
    """

    order_id: str
    pay_code: str | None
    pay_name: str
    pay_number: str | None
    charge_minor: int
    currency: str
    accounted_at: datetime


@dataclass(frozen=True, slots=True)
class Unroutable:
    """Why there is no waybill."""

    code: str
    reason: str
    remedy: str


class OrderLineJson(TypedDict):
    line: int
    sku: str
    title: str
    quantity: int
    unit_price_minor: int
    hs_code: str
    net_weight_g: int
    gross_weight_g: int
    title_zh: NotRequired[str]
    brand: NotRequired[str]
    material: NotRequired[str]
    gtin: NotRequired[str]
    specification: NotRequired[Mapping[str, str]]
    legal_quantity_1: NotRequired[str]
    legal_quantity_2: NotRequired[str]
    item_record_no: NotRequired[str]


class OrderJson(TypedDict):
    order_id: str
    merchant_id: str
    currency: str
    country: str
    total_minor: int
    net_weight_g: int
    gross_weight_g: int
    lines: list[OrderLineJson]
    store: NotRequired[str]
    order_number: NotRequired[str]


class WaybillJson(TypedDict):
    order_id: str
    shipment_id: str
    house_waybill: str
    country: str
    gross_weight_g: int
    pieces: int
    mode: str
    flight_id: str | None
    flight_number: str | None
    departs_at: str | None


def order_from_json(stored: OrderJson) -> OrderDocument:
    return OrderDocument(
        order_id=stored["order_id"],
        merchant_id=stored["merchant_id"],
        currency=stored["currency"],
        country=stored["country"],
        total_minor=stored["total_minor"],
        net_weight_g=stored["net_weight_g"],
        gross_weight_g=stored["gross_weight_g"],
        lines=tuple(OrderLine(**line) for line in stored["lines"]),
        store=stored.get("store"),
        order_number=stored.get("order_number"),
    )


_OPTIONAL: Final = (
    "title_zh",
    "brand",
    "material",
    "gtin",
    "specification",
    "legal_quantity_1",
    "legal_quantity_2",
    "item_record_no",
)


def order_to_json(order: OrderDocument) -> OrderJson:
    """What is not known is left out."""
    stored: OrderJson = {
        "order_id": order.order_id,
        "merchant_id": order.merchant_id,
        "currency": order.currency,
        "country": order.country,
        "total_minor": order.total_minor,
        "net_weight_g": order.net_weight_g,
        "gross_weight_g": order.gross_weight_g,
        "lines": [_line_to_json(line) for line in order.lines],
    }
    if order.store is not None:
        stored["store"] = order.store
    if order.order_number is not None:
        stored["order_number"] = order.order_number
    return stored


def _line_to_json(line: OrderLine) -> OrderLineJson:
    stored: OrderLineJson = {
        "line": line.line,
        "sku": line.sku,
        "title": line.title,
        "quantity": line.quantity,
        "unit_price_minor": line.unit_price_minor,
        "hs_code": line.hs_code,
        "net_weight_g": line.net_weight_g,
        "gross_weight_g": line.gross_weight_g,
    }
    for name in _OPTIONAL:
        if value := getattr(line, name):
            stored[name] = value
    return stored


def waybill_from_json(stored: WaybillJson) -> Waybill:
    departs_at = stored["departs_at"]
    return Waybill(
        order_id=stored["order_id"],
        shipment_id=stored["shipment_id"],
        house_waybill=stored["house_waybill"],
        country=stored["country"],
        gross_weight_g=stored["gross_weight_g"],
        pieces=stored["pieces"],
        mode=stored["mode"],
        flight_id=stored["flight_id"],
        flight_number=stored["flight_number"],
        departs_at=datetime.fromisoformat(departs_at) if departs_at else None,
    )


def waybill_to_json(waybill: Waybill) -> WaybillJson:
    return {
        "order_id": waybill.order_id,
        "shipment_id": waybill.shipment_id,
        "house_waybill": waybill.house_waybill,
        "country": waybill.country,
        "gross_weight_g": waybill.gross_weight_g,
        "pieces": waybill.pieces,
        "mode": waybill.mode,
        "flight_id": waybill.flight_id,
        "flight_number": waybill.flight_number,
        "departs_at": waybill.departs_at.isoformat() if waybill.departs_at else None,
    }
