"""Orders, as REST clients see them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from services.catalog.domain.orders.facts import Leg, OrderFacts
from services.catalog.domain.orders.new_order import MixedCurrencies, NewOrder, NewOrderLine
from services.catalog.domain.orders.order import Order, OrderSummary
from services.catalog.domain.orders.timeline import Entry
from services.catalog.schemas.fields import (
    BATCH_MAX,
    Country,
    Price,
    Sku,
    money,
    price_out,
)
from shared.contracts.catalog.orders import OrderStatus
from shared.contracts.customs.declarations import Channel, DeclarationStatus
from shared.documents.fields import Body, DocumentedAs, PastInstant, WholeNumber
from shared.documents.findings import FindingOut
from shared.documents.text import Line
from shared.kernel.errors import FieldProblem, Locale, refuse
from shared.kernel.json import JsonObject
from shared.kernel.money import Money

OrderNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[\x21-\x7e]{1,50}$")
]
PostalCode = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9 -]{1,16}$")
]


class ShipTo(Body):
    country: Country = Field(examples=["DE"])
    postal_code: PostalCode | None = None


class OrderLineIn(Body):
    line: WholeNumber = Field(ge=1, le=10_000)
    sku: Sku
    quantity: WholeNumber = Field(ge=1, le=1_000_000)
    unit_price: Price


class OrderIn(Body):
    store: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|direct)$")] = Field(
        description='A code from GET /v1/stores, or "direct".', examples=["DE"]
    )
    order_number: OrderNumber = Field(
        description="Unique per merchant and store.", examples=["536365"]
    )
    ordered_at: PastInstant = Field(examples=["2026-11-22T08:26:00Z"])
    ship_to: ShipTo
    lines: list[OrderLineIn] = Field(
        min_length=1, max_length=100, description="All prices in one currency."
    )

    def to_domain(self) -> NewOrder:
        """Raises Invalid if a price is not valid money, or prices have several currencies."""
        problems: list[FieldProblem] = []
        lines = tuple(
            NewOrderLine(
                line.line,
                line.sku,
                line.quantity,
                money(line.unit_price, problems, at=f"/lines/{index}/unit_price"),
            )
            for index, line in enumerate(self.lines)
        )
        currency = self.lines[0].unit_price.currency
        problems += [
            MixedCurrencies.at(
                f"/lines/{index}/unit_price/currency",
                currency=line.unit_price.currency,
                first=currency,
            )
            for index, line in enumerate(self.lines)
            if line.unit_price.currency != currency
        ]
        refuse(problems)
        return NewOrder(
            store=self.store,
            order_number=self.order_number,
            ordered_at=self.ordered_at,
            country=self.ship_to.country,
            postal_code=self.ship_to.postal_code,
            currency=currency,
            lines=lines,
        )


class OrdersIn(Body):
    """Items are read one by one: a bad one does not stop the others."""

    items: list[Annotated[JsonObject, DocumentedAs(OrderIn)]] = Field(
        min_length=1, max_length=BATCH_MAX
    )


class CancelIn(Body):
    reason: Line = Field(examples=["customer changed their mind"])


class LegOut(BaseModel):
    origin: str = Field(description="IATA code.", examples=["EHU"])
    destination: str = Field(examples=["LGG"])
    flight_number: str = Field(examples=["EH1640"])
    mode: Literal["air", "road"]
    departs_at: datetime
    arrives_at: datetime
    synthetic: bool


class ShipmentOut(BaseModel):
    id: str
    house_waybill: str
    itinerary: list[LegOut]
    promised_at: datetime


class DeclarationOut(BaseModel):
    id: str
    status: DeclarationStatus
    channel: Channel | None


class EntryOut(BaseModel):
    occurred_at: datetime
    service: str
    event_type: str
    detail: str
    original: str | None = Field(
        default=None,
        description="Customs' own words, verbatim and mostly Chinese, where a receipt had any.",
    )


class OrderSummaryOut(BaseModel):
    """An order in a list: without lines and timeline. What is not known yet is absent."""

    id: str = Field(examples=["ord_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])
    merchant_id: str
    store: str
    order_number: str
    ordered_at: datetime
    accepted_at: datetime
    ship_to: ShipTo
    total: Price
    status: OrderStatus
    findings: list[FindingOut] = Field(
        description="What holds the order up, and what to do about it; empty while nothing does."
    )
    reason: str = Field(
        default="",
        description="Why it was cancelled, as stated by whoever did; absent if it was not.",
    )
    shipment: ShipmentOut | None = Field(default=None, description="Absent until booked.")
    declaration: DeclarationOut | None = Field(default=None, description="Absent until submitted.")


class OrderOut(OrderSummaryOut):
    lines: list[OrderLineIn]
    timeline: list[EntryOut]


# Orders and products are read most of all. Their answers are plain documents, because building a
# model first would slow down each of them.
def order_out(order: Order, timeline: Iterable[Entry], locale: Locale) -> dict[str, object]:
    return {
        **order_summary_out(order, locale),
        "lines": [
            {
                "line": line.line,
                "sku": line.sku,
                "quantity": line.quantity,
                "unit_price": price_out(Money(line.unit_price_minor, order.currency)),
            }
            for line in order.lines
        ],
        "timeline": [
            {
                "occurred_at": entry.at,
                "service": entry.service,
                "event_type": entry.event,
                "detail": entry.detail.in_language(locale),
                "original": entry.original,
            }
            for entry in timeline
        ],
    }


def order_summary_out(order: OrderSummary, locale: Locale) -> dict[str, object]:
    ship_to = {"country": order.country}
    if order.postal_code is not None:
        ship_to["postal_code"] = order.postal_code
    return {
        "id": order.id,
        "merchant_id": order.merchant_id,
        "store": order.store,
        "order_number": order.order_number,
        "ordered_at": order.ordered_at,
        "accepted_at": order.accepted_at,
        "ship_to": ship_to,
        "total": price_out(Money(order.total_minor, order.currency)),
        "status": order.status.value,
        "findings": _findings(order.facts, locale),
        **_reported(order.facts),
    }


def _findings(facts: OrderFacts, locale: Locale) -> list[FindingOut]:
    found = facts.finding
    if found is None:
        return []
    shown = FindingOut.of(found.code, found.detail, found.fix, locale, original=found.original)
    return [shown]


def _reported(facts: OrderFacts) -> dict[str, object]:
    """What other services reported; absent until they do."""
    parts: dict[str, object] = {}
    if facts.reason is not None:
        parts["reason"] = facts.reason
    if facts.plan is not None and facts.plan.house_waybill is not None:
        parts["shipment"] = {
            "id": facts.plan.shipment_id,
            "house_waybill": facts.plan.house_waybill,
            "itinerary": [_leg(leg) for leg in facts.plan.itinerary],
            "promised_at": facts.plan.promised_at,
        }
    if facts.declaration is not None:
        parts["declaration"] = {
            "id": facts.declaration.id,
            "status": facts.declaration.status,
            "channel": facts.channel.channel if facts.channel else None,
        }
    return parts


def _leg(leg: Leg) -> dict[str, object]:
    return {
        "origin": leg.origin,
        "destination": leg.destination,
        "flight_number": leg.flight_number,
        "mode": leg.mode,
        "departs_at": leg.departs_at,
        "arrives_at": leg.arrives_at,
        "synthetic": leg.synthetic,
    }
