"""All of analytics' figures counted again, from catalog's lists and from what Kafka holds.

Kafka must still hold everything that catalog lists: on a park older than its topics' retention the
figures by event are those of the retained days only.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import timedelta
from decimal import Decimal
from statistics import quantiles
from typing import Final
from zoneinfo import ZoneInfo

from deploy.sandbox.ledgers.audit import Audit, DepartedFlight, OrderTrace
from deploy.sandbox.ledgers.catalog_orders import CatalogOrder
from deploy.sandbox.ledgers.checks import LedgerCheck, check

KpiValues = dict[str, str]  # what is counted → the count or amount as text

_PARK_TIME: Final = ZoneInfo("Asia/Shanghai")
_PARK_AIRPORT: Final = "EHU"
_PLACED: Final = "catalog.order.placed"
_SUBMITTED: Final = "customs.declaration.submitted"
_RELEASED: Final = "customs.declaration.released"
_DELIVERED: Final = "routing.shipment.delivered"


def recount(
    orders: Collection[CatalogOrder], found: Audit, merchants: int, offices: int
) -> KpiValues:
    """The figures as analytics defines them, over all runs. One that cannot be computed, because no
    parcel was delivered yet, is missing on both sides."""
    traces = found.orders.values()
    return {
        **_orders(orders, found),
        "companies": str(merchants),
        "offices": str(offices),
        **_clearance(traces),
        **_next_day(traces),
        "tonnes_shipped": tonnes(trace.departed_weight_g for trace in traces),
        **_flights(found.flights),
    }


def kpi_checks(counted: KpiValues, published: KpiValues) -> list[LedgerCheck]:
    differing = [
        f"{name}: counted {counted.get(name, 'none')}, analytics {published.get(name, 'none')}"
        for name in counted.keys() | published.keys()
        if counted.get(name) != published.get(name)
    ]
    return [check("analytics agrees with a recount", differing, f"{len(counted)} figures")]


def seconds(value: float) -> str:
    """Tenths: interpolated times may differ in the last bits of a float."""
    return f"{value:.1f}"


def tonnes(weights_g: Iterable[int]) -> str:
    return str(sum(weights_g) / 1_000_000)


def _orders(orders: Collection[CatalogOrder], found: Audit) -> KpiValues:
    states: Counter[str] = Counter()
    volume: dict[str, Decimal] = {}
    for order in orders:
        states[f"orders that are {order.status}"] += 1
        if order.status == "backordered" or found.orders[order.id].cancelled:
            continue
        market = f"trade volume {order.country} {order.currency}"
        volume[market] = volume.get(market, Decimal(0)) + order.amount
    return {
        "orders": str(len(orders)),
        **{name: str(count) for name, count in states.items()},
        **{name: f"{amount:.2f}" for name, amount in volume.items()},
    }


def _clearance(traces: Iterable[OrderTrace]) -> KpiValues:
    waits_s = [
        (trace.happened[_RELEASED] - trace.happened[_SUBMITTED]).total_seconds()
        for trace in traces
        if trace.happened.keys() >= {_RELEASED, _SUBMITTED}
    ]
    if not waits_s:
        return {}
    # Linear interpolation between the closest ranks; one value is its own percentile.
    twentieths = quantiles(waits_s * 2 if len(waits_s) == 1 else waits_s, n=20, method="inclusive")
    return {
        "clearance_time_p50": seconds(twentieths[9]),
        "clearance_time_p95": seconds(twentieths[18]),
    }


def _next_day(traces: Iterable[OrderTrace]) -> KpiValues:
    days = [
        tuple(trace.happened[step].astimezone(_PARK_TIME).date() for step in (_PLACED, _DELIVERED))
        for trace in traces
        if trace.happened.keys() >= {_PLACED, _DELIVERED}
    ]
    in_time = sum(delivered <= placed + timedelta(days=1) for placed, delivered in days)
    return {"next_day_share": str(in_time / len(days))} if days else {}


def _flights(flights: Iterable[DepartedFlight]) -> KpiValues:
    by_air = [flight for flight in flights if flight.mode == "air"]
    ours = [flight for flight in by_air if flight.origin == _PARK_AIRPORT]
    return {
        "tonnes": tonnes(flight.gross_weight_g for flight in ours),
        "tonnes_all_legs": tonnes(flight.gross_weight_g for flight in by_air),
        "flights_departed": str(len(ours)),
        "routes_flown": str(len({flight.flight_number for flight in ours})),
    }
