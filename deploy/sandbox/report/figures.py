"""The day in numbers, as one document for programs: what `report.json` holds. Pure: what the
services said goes in, counts come out; the page for people is in `report`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from deploy.sandbox.ledgers.audit import STEPS, Audit, OrderTrace
from deploy.sandbox.ledgers.checks import reason_of
from deploy.sandbox.partner.ledger import WebhookLedger

Report = dict[str, Any]

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
_WHY: Final = ("held", "unroutable", "backordered", "cancelled")


def figures(
    orders: Sequence[Mapping[str, Any]],
    *,
    belts: Mapping[str, str],
    found: Audit,
    ledger: WebhookLedger,
    flights_since: str,
    rate: float,
) -> Report:
    """What the services say about this run. `orders`: catalog's list of them; `belts` by merchant
    id; `flights_since`: ISO instant, earlier flights belong to earlier runs.
    """
    traces = [found.orders[order["id"]] for order in orders]
    return {
        "orders": {
            "accepted": len(orders),
            "by_state": _counted(order["status"] for order in orders),
            "by_market": _counted(order["ship_to"]["country"] for order in orders),
            "by_store": _counted(order["store"] for order in orders),
            "back_ordered_at_first": sum("catalog.order.backordered" in t.first for t in traces),
            "rebooked": sum(trace.rebooked > 0 for trace in traces),
        },
        "declarations": {
            "by_state": _counted(t.declaration_status for t in traces if t.declaration_status),
            "by_channel": _counted(t.channel for t in traces if t.channel),
        },
        "lanes": _counted(f"lane {trace.lane}" for trace in traces if trace.lane is not None),
        "flights": _flights(found.flights, flights_since),
        "trade": _trade(orders, belts),
        "phases": [_phase(traces, *phase, rate=rate) for phase in _PHASES],
        "webhooks": {
            "delivered": len(ledger.types),
            "tried_again": ledger.retries,
            "failed_on_purpose": ledger.failed_on_purpose,
            "slow_on_purpose": ledger.slow_on_purpose,
            "by_type": _counted(ledger.types.values()),
        },
        "kafka": {
            "records": found.records,
            "events": len(found.ids),
            "told_again": found.repeated,
        },
        "reasons": _reasons(orders),
    }


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())


def _flights(flights: Iterable[Mapping[str, Any]], since: str) -> Report:
    flown = [f for f in flights if f["shipments"] and f["departed_at"] >= since]
    out = [f for f in flown if f["origin"] == "EHU"]
    by_destination: Counter[str] = Counter()
    for flight in out:
        by_destination[flight["destination"]] += flight["gross_weight_g"]
    return {
        "from_the_park": len(out),
        "onward": len(flown) - len(out),
        "shipments": sum(flight["shipments"] for flight in out),
        "tonnes": round(sum(flight["gross_weight_g"] for flight in out) / 1e6, 2),
        "tonnes_by_destination": {
            iata: round(weight / 1e6, 2) for iata, weight in by_destination.most_common()
        },
    }


def _trade(orders: Iterable[Mapping[str, Any]], belts: Mapping[str, str]) -> Report:
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for order in orders:
        amount, currency = Decimal(order["total"]["amount"]), order["total"]["currency"]
        sums["by_currency"][currency] += amount
        sums["by_market"][f"{order['ship_to']['country']} {currency}"] += amount
        sums["by_belt"][f"{belts.get(order['merchant_id'], '?')} {currency}"] += amount
    return {
        name: {key: str(value) for key, value in sorted(part.items(), key=lambda kv: -kv[1])}
        for name, part in sums.items()
    }


def _phase(
    traces: Iterable[OrderTrace], name: str, begin: str, end: str, is_system: bool, *, rate: float
) -> Report:
    """Business seconds; for what the system does itself, real seconds as well."""
    took = sorted(
        max(0.0, (trace.at[end] - trace.at[begin]).total_seconds())
        for trace in traces
        if begin in trace.at and end in trace.at
    )
    phase: Report = {"name": name, "orders": len(took)}
    if took:
        phase |= {"p50_s": round(_at(took, 0.5)), "p95_s": round(_at(took, 0.95))}
        if is_system:
            phase |= {
                "real_p50_s": round(_at(took, 0.5) / rate, 3),
                "real_p95_s": round(_at(took, 0.95) / rate, 3),
            }
    return phase


def _at(values: Sequence[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def _reasons(orders: Iterable[Mapping[str, Any]]) -> list[Report]:
    """Why orders did not arrive, in groups: numbers in a reason make no group of their own."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for order in orders:
        if order["status"] in _WHY:
            reason = reason_of(order) or "no reason given"
            groups[order["status"], _shape(reason)].append(reason)
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    return [
        {"state": state, "orders": len(reasons), "example": reasons[0]}
        for (state, _), reasons in ordered
    ]


def _shape(reason: str) -> str:
    words = ("#" if any(c.isdigit() for c in word) else word for word in reason.split())
    return " ".join(words)[:60]
