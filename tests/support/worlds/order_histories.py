"""Random orders, the events about them, and a plain recount of what the events say."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.contracts.envelope import Envelope, EventPayload
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from tests.support.events.catalog.merchants import a_merchant_registered
from tests.support.events.catalog.orders import (
    an_order_backordered,
    an_order_cancelled,
    an_order_placed,
    an_order_status_changed,
)
from tests.support.events.customs.declarations import (
    a_declaration_released,
    a_declaration_returned,
    a_declaration_submitted,
)
from tests.support.events.envelopes import enveloped
from tests.support.events.routing.flights import a_flight_departed
from tests.support.events.routing.shipments import a_shipment_delivered, a_shipment_departed

SHANGHAI = ZoneInfo("Asia/Shanghai")
T0 = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
BELTS = ("yiwu", "ezhou", "shiyan")
MARKETS = {"DE": "EUR", "US": "USD", "JP": "JPY"}


@dataclass
class OrderHistory:
    id: str
    merchant: str
    belt: str
    market: str
    total_minor: int
    weight_g: int
    placed: datetime | None = None
    backordered: datetime | None = None
    cancelled: datetime | None = None
    submitted: datetime | None = None
    released: datetime | None = None
    departed: datetime | None = None
    delivered: datetime | None = None
    state: str = ""
    versions: Counter[str] = field(default_factory=Counter)


class RandomHistory:
    """From a seed. `events` are in the order in which they happened."""

    def __init__(self, seed: int, *, orders: int = 30) -> None:
        self.rng = random.Random(seed)
        self.events: list[Envelope] = []
        self.orders: list[OrderHistory] = []
        self.flights: list[tuple[datetime, str, str, str, int]] = []
        self.merchants = [
            (new_id("mer"), self.rng.choice(BELTS), self.rng.random() < 0.3) for _ in range(4)
        ]
        for merchant_id, belt, has_office in self.merchants:
            payload = a_merchant_registered(
                merchant_id=merchant_id, belt=belt, has_office=has_office
            )
            self._publish(payload, merchant_id, merchant_id, 1, T0)
        for _ in range(orders):
            self._order()
        for _ in range(6):
            self._flight()

    def _publish(
        self, payload: EventPayload, tenant: str, subject: str, version: int, at: datetime
    ) -> None:
        self.events.append(
            enveloped(payload, version=version, at=at, subject=subject, tenant_id=tenant)
        )

    def _later(self, at: datetime) -> datetime:
        return at + timedelta(seconds=self.rng.randrange(1, 60_000))

    def _order(self) -> None:
        merchant_id, belt, _ = self.rng.choice(self.merchants)
        order = OrderHistory(
            id=new_id("ord"),
            merchant=merchant_id,
            belt=belt,
            market=self.rng.choice(list(MARKETS)),
            total_minor=self.rng.randrange(1, 100_000),
            weight_g=self.rng.randrange(1, 50_000),
        )
        self.orders.append(order)
        at = self._later(T0)
        if self.rng.random() < 0.2:
            order.backordered = at
            self._catalog(order, "backordered", at)
            if self.rng.random() < 0.5:
                return
            at = self._later(at)
        order.placed = at
        self._catalog(order, "placed", at)
        if self.rng.random() < 0.1:
            order.cancelled = at = self._later(at)
            self._catalog(order, "cancelled", at)
            return
        self._way(order, at)

    def _catalog(self, order: OrderHistory, what: str, at: datetime) -> None:
        order.versions["order"] += 1
        facts: dict[str, Any] = {
            "order_id": order.id,
            "merchant_id": order.merchant,
            "belt": order.belt,
            "placed_at": at,
            "ship_to": {"country": order.market},
            "currency": MARKETS[order.market],
            "total_minor": order.total_minor,
            "gross_weight_g": order.weight_g,
        }
        payload: EventPayload
        if what == "placed":
            payload = an_order_placed(**facts)
        elif what == "backordered":
            payload = an_order_backordered(**facts)
        elif what == "cancelled":
            payload = an_order_cancelled(order_id=order.id, merchant_id=order.merchant)
        else:
            payload = an_order_status_changed(
                order_id=order.id,
                merchant_id=order.merchant,
                status_before=order.state,
                status=what,
            )
        order.state = what
        self._publish(payload, order.merchant, order.id, order.versions["order"], at)

    def _way(self, order: OrderHistory, at: datetime) -> None:
        """As many steps as chance allows."""
        facts = {"order_id": order.id, "merchant_id": order.merchant}
        shipment = facts | {"shipment_id": "shp_" + order.id[4:], "house_waybill": "H1"}
        steps: list[Callable[[datetime], None]] = [
            lambda t: self._customs(order, a_declaration_submitted, t),
            lambda t: self._customs(order, a_declaration_returned, t),
            lambda t: self._customs(order, a_declaration_submitted, t),
            lambda t: self._customs(order, a_declaration_released, t),
            lambda t: self._departed(order, shipment, t),
            lambda t: self._delivered(order, shipment, t),
        ]
        if self.rng.random() < 0.8:
            del steps[1:3]
        for step in steps[: self.rng.randrange(len(steps) + 1)]:
            at = self._later(at)
            step(at)

    def _customs(
        self, order: OrderHistory, a_fact: Callable[..., EventPayload], at: datetime
    ) -> None:
        order.versions["declaration"] += 1
        if a_fact is a_declaration_submitted:
            order.submitted = order.submitted or at
            self._catalog(order, "declared", at)
        if a_fact is a_declaration_released:
            order.released = at
            self._catalog(order, "released", at)
        payload = a_fact(order_id=order.id, merchant_id=order.merchant, at=at)
        self._publish(payload, order.merchant, "dec_1", order.versions["declaration"], at)

    def _departed(self, order: OrderHistory, shipment: dict[str, str], at: datetime) -> None:
        order.departed = at
        payload = a_shipment_departed(**shipment, departed_at=at, gross_weight_g=order.weight_g)
        self._publish(payload, order.merchant, "shp_1", 2, at)
        self._catalog(order, "departed", at)

    def _delivered(self, order: OrderHistory, shipment: dict[str, str], at: datetime) -> None:
        order.delivered = at
        payload = a_shipment_delivered(**shipment, delivered_at=at)
        self._publish(payload, order.merchant, "shp_1", 3, at)
        self._catalog(order, "delivered", at)

    def _flight(self) -> None:
        at, origin = self._later(T0), self.rng.choice(["EHU", "LGG"])
        number, mode = f"O37{self.rng.randrange(3)}", self.rng.choice(["air", "air", "road"])
        weight_g = self.rng.randrange(1, 90_000_000)
        self.flights.append((at, number, origin, mode, weight_g))
        payload = a_flight_departed(
            flight_number=number,
            mode=mode,
            origin=origin,
            destination="FRA",
            departed_at=at,
            gross_weight_g=weight_g,
        )
        self._publish(payload, "park", payload.flight_id, 1, at)

    def recount(self, *, merchant: str | None = None, on: str | None = None) -> dict[str, Any]:
        """Every figure, by hand: name → value, or name → {(dimension values): value}.

        `on`: of that day of the park only, without the figures that no day divides.
        """

        def is_counted(at: datetime | None) -> bool:
            return at is not None and on in (None, day(at))

        orders = [o for o in self.orders if merchant in (None, o.merchant)]
        accepted = [o for o in orders if is_counted(o.backordered or o.placed)]
        volume: dict[tuple[str, str, str, str], int] = defaultdict(int)
        for o in orders:
            if o.placed and is_counted(o.placed) and not o.cancelled:
                key = (day(o.placed), o.market, o.belt, MARKETS[o.market])
                volume[key] += o.total_minor
        waits = sorted(
            (o.released - o.submitted).total_seconds()
            for o in orders
            if o.released and o.submitted and is_counted(o.released)
        )
        delivered = [o for o in orders if is_counted(o.delivered) and o.placed]
        in_time = [o for o in delivered if next_day(o)]
        air = [f for f in self.flights if f[3] == "air" and is_counted(f[0])]
        ours = [f for f in air if f[2] == "EHU"]
        figures: dict[str, Any] = {
            "trade_volume": {k: Money(v, k[3]).amount for k, v in volume.items()},
            "orders": len(accepted),
            "orders_by_status": dict(Counter(o.state for o in accepted)),
            "tonnes_shipped": sum(o.weight_g for o in orders if is_counted(o.departed)) / 1e6,
            "tonnes": sum(f[4] for f in ours) / 1e6,
            "tonnes_all_legs": sum(f[4] for f in air) / 1e6,
            "flights_departed": len(ours),
            "routes_flown": len({f[1] for f in ours}),
        }
        if on is None:
            merchants = [m for m in self.merchants if merchant in (None, m[0])]
            figures |= {"companies": len(merchants), "offices": sum(m[2] for m in merchants)}
        if waits:
            figures["clearance_time_p50"] = percentile(waits, 0.5)
            figures["clearance_time_p95"] = percentile(waits, 0.95)
        if delivered:
            figures["next_day_share"] = len(in_time) / len(delivered)
        return figures


def day(at: datetime) -> str:
    return at.astimezone(SHANGHAI).date().isoformat()


def next_day(order: OrderHistory) -> bool:
    assert order.placed is not None
    assert order.delivered is not None
    placed_on = date.fromisoformat(day(order.placed))
    return date.fromisoformat(day(order.delivered)) <= placed_on + timedelta(days=1)


def percentile(values: list[float], share: float) -> float:
    """Linear interpolation between the closest ranks."""
    rank = share * (len(values) - 1)
    low = int(rank)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (rank - low)
