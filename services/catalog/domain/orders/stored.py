"""Orders as they are stored: columns, and the JSON of their lines and facts.

JSON written by older versions is read, too. The slots of the facts have exactly the members that
version 0.1 knows, because a replica of it may still run; what came later is stored beside them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from services.catalog.domain.orders.description import (
    description_from_json,
    description_to_json,
)
from services.catalog.domain.orders.facts import (
    Channel,
    Clearance,
    Decision,
    Declaration,
    Leg,
    OrderFacts,
    Plan,
    Screening,
    Status,
)
from services.catalog.domain.orders.findings import Finding
from services.catalog.domain.orders.order import Order, OrderLine, OrderSummary, StockState
from services.catalog.domain.orders.timeline import Entry
from shared.kernel.json import JsonObject
from shared.kernel.words import Words

# Legs stored by version 0.1 had these names.
_LEG_NAMES_OF_0_1: Final = {"from": "origin", "to": "destination", "flight": "flight_number"}


def stored_order(  # noqa: PLR0917 - columns
    id: str,  # noqa: A002 - the column
    tenant_id: str,
    store: str,
    order_number: str,
    ordered_at: datetime,
    country: str,
    postal_code: str | None,
    currency: str,
    total_minor: int,
    belt: str,
    lines: Sequence[JsonObject],
    fingerprint: str,
    status: str,
    stock_state: str,
    facts: JsonObject,
    version: int,
    accepted_at: datetime,
) -> Order:
    return Order(
        id=id,
        merchant_id=tenant_id,
        store=store,
        order_number=order_number,
        ordered_at=ordered_at,
        country=country,
        postal_code=postal_code,
        currency=currency,
        total_minor=total_minor,
        belt=belt,
        lines=lines_from_json(lines),
        fingerprint=fingerprint,
        status=Status(status),
        stock_state=StockState(stock_state),
        facts=facts_from_json(facts),
        version=version,
        accepted_at=accepted_at,
    )


def stored_summary(  # noqa: PLR0917 - columns
    id: str,  # noqa: A002 - the column
    tenant_id: str,
    store: str,
    order_number: str,
    ordered_at: datetime,
    country: str,
    postal_code: str | None,
    currency: str,
    total_minor: int,
    belt: str,
    status: str,
    stock_state: str,
    facts: JsonObject,
    version: int,
    accepted_at: datetime,
) -> OrderSummary:
    return OrderSummary(
        id=id,
        merchant_id=tenant_id,
        store=store,
        order_number=order_number,
        ordered_at=ordered_at,
        country=country,
        postal_code=postal_code,
        currency=currency,
        total_minor=total_minor,
        belt=belt,
        status=Status(status),
        stock_state=StockState(stock_state),
        facts=facts_from_json(facts),
        version=version,
        accepted_at=accepted_at,
    )


def stored_entry(  # noqa: PLR0917 - columns
    at: datetime, service: str, event: str, detail: str, detail_zh: str | None, original: str | None
) -> Entry:
    """Version 0.1 wrote the timeline in English only."""
    return Entry(at, service, event, Words(detail, detail_zh or detail), original)


def lines_to_json(lines: Iterable[OrderLine]) -> list[JsonObject]:
    return [
        {
            "line": line.line,
            "product_id": line.product_id,
            "sku": line.sku,
            "title_en": line.title_en,
            "quantity": line.quantity,
            "unit_price_minor": line.unit_price_minor,
            "hs_code": line.hs_code,
            "origin_country": line.origin_country,
            "net_weight_g": line.net_weight_g,
            "gross_weight_g": line.gross_weight_g,
            "volume_cm3": line.volume_cm3,
            "battery": line.battery,
            **description_to_json(line.description),
        }
        for line in lines
    ]


def lines_from_json(stored: Iterable[JsonObject]) -> tuple[OrderLine, ...]:
    return tuple(
        OrderLine(
            line=line["line"],
            product_id=line["product_id"],
            sku=line["sku"],
            title_en=line["title_en"],
            quantity=line["quantity"],
            unit_price_minor=line["unit_price_minor"],
            hs_code=line["hs_code"],
            origin_country=line["origin_country"],
            net_weight_g=line["net_weight_g"],
            gross_weight_g=line["gross_weight_g"],
            volume_cm3=line["volume_cm3"],
            battery=line["battery"],
            description=description_from_json(line),
        )
        for line in stored
    )


def facts_to_json(facts: OrderFacts) -> JsonObject:
    """Empty slots are left out."""
    stored: JsonObject = {}
    for name in ("placed", "shortage", "cancelled", "departed", "delivered"):
        if value := getattr(facts, name):
            stored[name] = value
    if (plan := facts.plan) is not None:
        stored["plan"] = _plan_to_json(plan)
        if plan.refusal is not None:
            stored["refusal"] = _finding_to_json(plan.refusal)
    if (decision := facts.decision) is not None:
        stored["decision"] = {
            "rank": decision.rank,
            "clearance": decision.clearance.value,
            "detail": decision.detail,
        }
        if decision.meaning is not None:
            stored["meaning"] = decision.meaning.by_language()
    if (declaration := facts.declaration) is not None:
        stored["declaration"] = {
            "rank": declaration.rank,
            "id": declaration.id,
            "status": declaration.status,
        }
    if (channel := facts.channel) is not None:
        stored["channel"] = {"rank": channel.rank, "channel": channel.channel}
    if (screening := facts.screening) is not None:
        stored["screening"] = {
            "rank": screening.rank,
            "lane": screening.lane,
            "passed": screening.passed,
        }
    return stored


def _plan_to_json(plan: Plan) -> JsonObject:
    return {
        "rank": plan.rank,
        "shipment_id": plan.shipment_id,
        "house_waybill": plan.house_waybill,
        "itinerary": [_leg_to_json(leg) for leg in plan.itinerary],
        "promised_at": None if plan.promised_at is None else plan.promised_at.isoformat(),
        "unroutable": plan.unroutable,
    }


def _leg_to_json(leg: Leg) -> JsonObject:
    return {
        "origin": leg.origin,
        "destination": leg.destination,
        "flight_number": leg.flight_number,
        "mode": leg.mode,
        "departs_at": leg.departs_at.isoformat(),
        "arrives_at": leg.arrives_at.isoformat(),
        "synthetic": leg.synthetic,
    }


def _finding_to_json(finding: Finding) -> JsonObject:
    return {
        "code": finding.code,
        "detail": finding.detail.by_language(),
        "fix": finding.fix.by_language(),
    }


def facts_from_json(stored: JsonObject) -> OrderFacts:
    get = stored.get
    plan, decision = get("plan"), get("decision")
    declaration, channel, screening = get("declaration"), get("channel"), get("screening")
    return OrderFacts(
        placed=get("placed", False),
        shortage=get("shortage"),
        cancelled=get("cancelled"),
        plan=_plan_from_json(plan, get("refusal")) if plan else None,
        decision=_decision_from_json(decision, get("meaning")) if decision else None,
        declaration=Declaration(**declaration) if declaration else None,
        channel=Channel(**channel) if channel else None,
        screening=Screening(**screening) if screening else None,
        departed=get("departed", False),
        delivered=get("delivered", False),
    )


def _plan_from_json(stored: JsonObject, refusal: JsonObject | None) -> Plan:
    promised_at = stored.get("promised_at")
    return Plan(
        rank=stored["rank"],
        shipment_id=stored["shipment_id"],
        house_waybill=stored.get("house_waybill"),
        itinerary=tuple(_leg_from_json(leg) for leg in stored["itinerary"]),
        promised_at=None if promised_at is None else datetime.fromisoformat(promised_at),
        unroutable=stored.get("unroutable"),
        refusal=None if refusal is None else _finding_from_json(refusal),
    )


def _leg_from_json(stored: JsonObject) -> Leg:
    named = {_LEG_NAMES_OF_0_1.get(name, name): value for name, value in stored.items()}
    return Leg(
        origin=named["origin"],
        destination=named["destination"],
        flight_number=named["flight_number"],
        mode=named["mode"],
        departs_at=datetime.fromisoformat(named["departs_at"]),
        arrives_at=datetime.fromisoformat(named["arrives_at"]),
        synthetic=named["synthetic"],
    )


def _finding_from_json(stored: JsonObject) -> Finding:
    return Finding(stored["code"], Words.of(stored["detail"]), Words.of(stored["fix"]))


def _decision_from_json(stored: JsonObject, meaning: dict[str, str] | None) -> Decision:
    return Decision(
        rank=stored["rank"],
        clearance=Clearance(stored["clearance"]),
        detail=stored.get("detail"),
        meaning=None if meaning is None else Words.of(meaning),
    )
