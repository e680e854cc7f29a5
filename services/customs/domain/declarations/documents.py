"""The two documents that a declaration is made from, the order and the house waybill, and their
stored form. Money in minor units, weights in grams.

The declaration's row keeps both as JSON. Rows live for years: a field that comes later needs a
default, and one that goes must still be read.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict


@dataclass(frozen=True, slots=True)
class OrderLine:
    line: int
    sku: str
    title: str
    quantity: int
    unit_price_minor: int
    hs_code: str
    net_weight_g: int
    gross_weight_g: int


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """The trade document: what was sold, to whom, for how much."""

    order_id: str
    merchant_id: str
    currency: str
    country: str
    total_minor: int
    net_weight_g: int
    gross_weight_g: int
    lines: tuple[OrderLine, ...]


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


class OrderJson(TypedDict):
    order_id: str
    merchant_id: str
    currency: str
    country: str
    total_minor: int
    net_weight_g: int
    gross_weight_g: int
    lines: list[OrderLineJson]


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
    )


def order_to_json(order: OrderDocument) -> OrderJson:
    return {
        "order_id": order.order_id,
        "merchant_id": order.merchant_id,
        "currency": order.currency,
        "country": order.country,
        "total_minor": order.total_minor,
        "net_weight_g": order.net_weight_g,
        "gross_weight_g": order.gross_weight_g,
        "lines": [
            {
                "line": line.line,
                "sku": line.sku,
                "title": line.title,
                "quantity": line.quantity,
                "unit_price_minor": line.unit_price_minor,
                "hs_code": line.hs_code,
                "net_weight_g": line.net_weight_g,
                "gross_weight_g": line.gross_weight_g,
            }
            for line in order.lines
        ],
    }


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
