"""What the largest orders that the park accepts cost routing, and those who come after them."""

from typing import Any, Final

import pytest

from services.catalog.domain.orders.placement import VOLUME_CM3_MAX, WEIGHT_G_MAX
from services.routing.consumers import shipments as consumers
from services.routing.domain.itineraries import choosing
from services.routing.domain.itineraries.search import Itinerary, find_earliest
from shared.contracts.catalog.orders import OrderPlaced
from shared.kernel.ids import new_id
from tests.support.worlds.routing import RoutingWorld

_ORDERS: Final = 100
_STATEMENTS_EACH_MAX: Final = 8
_SEARCHES_EACH_MAX: Final = 4
_AS_DENSE_AS_AIR_CARGO: Final = WEIGHT_G_MAX * 6  # cm³ that go with so many grams


async def _statements(world: RoutingWorld, *orders: OrderPlaced) -> int:
    """Books them in one transaction, as a slice of events is; how many statements that took."""
    asked: list[Any] = []
    async with world.db.transaction(world.merchant) as uow:
        uow._connection.add_query_logger(asked.append)
        try:
            for order in orders:
                await world.apply(uow, consumers.on_order_placed, order)
        finally:
            uow._connection.remove_query_logger(asked.append)
    return len(asked)


@pytest.mark.parametrize(
    ("volume_cm3", "outcomes"),
    [
        (VOLUME_CM3_MAX, {"too_heavy": _ORDERS}),
        (_AS_DENSE_AS_AIR_CARGO, {None: 1, "no_capacity": _ORDERS - 1}),
    ],
    ids=["none fits", "one fits"],
)
async def test_a_hundred_of_the_largest_orders_leave_the_next_one_alone(
    world: RoutingWorld,
    monkeypatch: pytest.MonkeyPatch,
    volume_cm3: int,
    outcomes: dict[str | None, int],
) -> None:
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=10, weight_kg=WEIGHT_G_MAX // 1_000)
    other_end, other_country = await world.airport()
    await world.flight(world.hub, other_end, departs_h=10)
    other = RoutingWorld(world.db, world.clock, merchant=new_id("mer"))
    await other.place(other_country)
    usual = await _statements(other, other.placed(other_country))

    searches: list[int] = []

    def counted(*args: Any, **named: Any) -> Itinerary | None:
        searches.append(named["origin"])
        return find_earliest(*args, **named)

    monkeypatch.setattr(choosing, "find_earliest", counted)
    largest = [
        world.placed(country, weight_g=WEIGHT_G_MAX, volume_cm3=volume_cm3) for _ in range(_ORDERS)
    ]
    assert await _statements(world, *largest) <= _ORDERS * _STATEMENTS_EACH_MAX
    assert len(searches) <= _ORDERS * _SEARCHES_EACH_MAX
    refusals = [(await world.shipment(order.order_id)).refusal_code for order in largest]
    assert {code: refusals.count(code) for code in set(refusals)} == outcomes

    assert await _statements(other, other.placed(other_country)) <= usual
