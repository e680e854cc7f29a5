"""The day in numbers. Pure: what the services said goes in, counts come out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from deploy.sandbox.ledgers.audit import STEPS, Audit, DepartedFlight, OrderTrace
from deploy.sandbox.ledgers.catalog_orders import STATES_WITH_REASON, CatalogOrder
from deploy.sandbox.partner.ledger import WebhookLedger
from deploy.sandbox.report.day_report import (
    Amounts,
    DayFigures,
    DeclarationCounts,
    FirstPass,
    FlightCounts,
    KafkaCounts,
    OrderCounts,
    PhaseTimes,
    ReasonGroup,
    TradeSums,
    WebhookCounts,
)

PARK_AIRPORT: Final = "EHU"
# Name, first and last step, and whether the park does it by itself.
_PHASES: Final = (
    ("accepted to booked", STEPS[0], STEPS[1], True),
    ("booked to declared", STEPS[1], STEPS[2], True),
    ("accepted to declared", STEPS[0], STEPS[2], True),
    ("declared to released", STEPS[2], STEPS[4], False),
    ("accepted by customs to screened", STEPS[3], STEPS[5], False),
    ("released to departed", STEPS[4], STEPS[6], False),
    ("departed to delivered", STEPS[6], STEPS[7], False),
    ("order to delivery", STEPS[0], STEPS[7], False),
)


def figures(
    orders: Sequence[CatalogOrder],
    *,
    belts: Mapping[str, str],
    found: Audit,
    ledger: WebhookLedger,
    flights_since: datetime,
    rate: float,
) -> DayFigures:
    """`belts` by merchant id; flights that left before `flights_since` belong to earlier runs."""
    traces = [found.orders[order.id] for order in orders]
    return DayFigures(
        orders=_orders(orders, traces),
        declarations=DeclarationCounts(
            by_state=_counted(t.declaration_status for t in traces if t.declaration_status),
            by_channel=_counted(t.channel for t in traces if t.channel),
        ),
        first_pass=_first_pass(traces),
        lanes=_counted(f"lane {trace.lane}" for trace in traces if trace.lane is not None),
        flights=_flights(found.flights, flights_since),
        trade=_trade(orders, belts),
        phases=tuple(_phase(traces, *phase, rate=rate) for phase in _PHASES),
        webhooks=WebhookCounts(
            delivered=len(ledger.types),
            retries=ledger.retries,
            failed_on_purpose=ledger.failed_on_purpose,
            slow_on_purpose=ledger.slow_on_purpose,
            by_type=_counted(ledger.types.values()),
        ),
        kafka=KafkaCounts(found.records, len(found.ids), found.duplicates),
        reasons=_reasons(orders),
    )


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())


def _first_pass(traces: Sequence[OrderTrace]) -> FirstPass:
    decided = [trace.first_decision for trace in traces if trace.first_decision]
    return FirstPass(
        decided=len(decided),
        accepted=sum(one != "returned" for one in decided),
        returns=_counted(reason for trace in traces for reason in trace.returns),
    )


def _orders(orders: Sequence[CatalogOrder], traces: Iterable[OrderTrace]) -> OrderCounts:
    traces = list(traces)
    return OrderCounts(
        accepted=len(orders),
        by_state=_counted(order.status for order in orders),
        by_market=_counted(order.country for order in orders),
        by_store=_counted(order.store for order in orders),
        back_ordered_at_first=sum("catalog.order.backordered" in t.first for t in traces),
        rebooked=sum(trace.rebooked > 0 for trace in traces),
    )


def _flights(flights: Iterable[DepartedFlight], since: datetime) -> FlightCounts:
    flown = [f for f in flights if f.shipments and f.departed_at >= since]
    out = [f for f in flown if f.origin == PARK_AIRPORT]
    by_destination: Counter[str] = Counter()
    for flight in out:
        by_destination[flight.destination] += flight.gross_weight_g
    return FlightCounts(
        from_the_park=len(out),
        onward=len(flown) - len(out),
        shipments=sum(flight.shipments for flight in out),
        tonnes=_tonnes(sum(flight.gross_weight_g for flight in out)),
        tonnes_by_destination={
            iata: _tonnes(weight) for iata, weight in by_destination.most_common()
        },
    )


def _tonnes(weight_g: int) -> float:
    return round(weight_g / 1e6, 2)


def _trade(orders: Iterable[CatalogOrder], belts: Mapping[str, str]) -> TradeSums:
    currencies: dict[str, Decimal] = defaultdict(Decimal)
    markets: dict[str, Decimal] = defaultdict(Decimal)
    by_belt: dict[str, Decimal] = defaultdict(Decimal)
    for order in orders:
        currencies[order.currency] += order.amount
        markets[f"{order.country} {order.currency}"] += order.amount
        by_belt[f"{belts.get(order.merchant_id, '?')} {order.currency}"] += order.amount
    return TradeSums(_largest_first(currencies), _largest_first(markets), _largest_first(by_belt))


def _largest_first(sums: Mapping[str, Decimal]) -> Amounts:
    return {name: str(total) for name, total in sorted(sums.items(), key=lambda kv: -kv[1])}


def _phase(
    traces: Iterable[OrderTrace], name: str, begin: str, end: str, is_system: bool, *, rate: float
) -> PhaseTimes:
    took = sorted(
        max(0.0, (trace.at[end] - trace.at[begin]).total_seconds())
        for trace in traces
        if begin in trace.at and end in trace.at
    )
    if not took:
        return PhaseTimes(name, 0)
    p50, p95 = _at(took, 0.5), _at(took, 0.95)
    return PhaseTimes(
        name,
        len(took),
        round(p50),
        round(p95),
        round(p50 / rate, 3) if is_system else None,
        round(p95 / rate, 3) if is_system else None,
    )


def _at(values: Sequence[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def _reasons(orders: Iterable[CatalogOrder]) -> tuple[ReasonGroup, ...]:
    """Reasons that differ only in their numbers are one group."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for order in orders:
        if order.status in STATES_WITH_REASON:
            reason = order.reason or "no reason given"
            groups[order.status, _shape(reason)].append(reason)
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    return tuple(
        ReasonGroup(state, len(reasons), example=reasons[0]) for (state, _), reasons in ordered
    )


def _shape(reason: str) -> str:
    words = ("#" if any(c.isdigit() for c in word) else word for word in reason.split())
    return " ".join(words)[:60]
