"""The two documents a dossier is made of: the order and the house waybill."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class OrderLine:
    line: int
    sku: str
    title: str
    quantity: int
    unit_price_minor: int
    hs_code: str
    net_weight_g: int
    gross_weight_g: int


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


def order_from_json(value: Mapping[str, Any]) -> OrderDocument:
    lines = tuple(OrderLine(**line) for line in value["lines"])
    return OrderDocument(**{**value, "lines": lines})


def waybill_from_json(value: Mapping[str, Any]) -> Waybill:
    departs_at = value["departs_at"]
    instant = datetime.fromisoformat(departs_at) if departs_at else None
    return Waybill(**{**value, "departs_at": instant})
