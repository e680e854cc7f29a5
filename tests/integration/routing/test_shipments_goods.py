"""What a shipment carries is kept: it is booked again as what it is."""

from typing import Final

from httpx2 import AsyncClient

from services.routing.consumers.shipments import on_order_placed
from services.routing.domain.acceptance.goods import DangerousGood
from services.routing.domain.shipments.shipment import Shipment
from services.routing.repository.acceptance import get_acceptance_rules
from services.routing.repository.shipments import rebooking
from shared.contracts.catalog.orders import OrderLine
from shared.db import TEXT, Database, sql
from shared.kernel.identity import PARK
from tests.support.acceptance import the_rules
from tests.support.events.catalog.orders import an_order_line, an_order_placed
from tests.support.worlds.routing import RoutingWorld

_FORGET: Final = sql(
    """
    UPDATE routing.shipments SET hs_codes = NULL, dangerous_goods = NULL WHERE order_id = :order_id
    """,
    order_id=TEXT,
)


async def stored(world: RoutingWorld, order_id: str) -> Shipment:
    """As rebooking reads it."""
    shipment_id = (await world.shipment(order_id)).id
    async with world.db.transaction(PARK) as uow:
        return (await rebooking.get_unplaced(uow, shipment_id)).shipment


async def placed(world: RoutingWorld, *lines: OrderLine) -> str:
    order = an_order_placed(merchant_id=world.merchant, ship_to={"country": "BE"}, lines=lines)
    await world.receive(on_order_placed, order)
    return order.order_id


async def test_a_power_bank_is_one_when_it_is_booked_again(world: RoutingWorld) -> None:
    power_bank = an_order_line(hs_code="85076000", battery=True)
    order_id = await placed(world, power_bank, an_order_line(2, hs_code="950300"))

    shipment = await stored(world, order_id)

    assert shipment.dangerous_goods == (DangerousGood("UN3480", "965"),)
    assert shipment.hs_codes == frozenset({"85076000", "950300"})


async def test_harmless_goods_are_known_to_be_so_and_old_ones_are_not_known(
    world: RoutingWorld,
) -> None:
    order_id = await placed(world, an_order_line(hs_code="950300"))
    assert (await stored(world, order_id)).dangerous_goods == ()

    await world.run(_FORGET, order_id=order_id)

    shipment = await stored(world, order_id)
    assert (shipment.hs_codes, shipment.dangerous_goods) == (None, None)


async def test_the_rules_are_read_with_vehicles_and_embargoes(routing_db: Database) -> None:
    async with routing_db.read(PARK) as reader:
        rules = await get_acceptance_rules(reader)

    assert set(rules.rules) == set(the_rules().rules)
    assert rules.documents == the_rules().documents
    assert rules.vehicles["B744F"].kind == "freighter"
    assert "KP" in {embargo.country for embargo in rules.embargoes}


async def test_a_merchant_sees_what_its_goods_are_declared_as(
    client: AsyncClient, world: RoutingWorld, merchant: dict[str, str]
) -> None:
    toys = an_order_line(hs_code="950300", battery=True)
    order_id = await placed(world, toys)

    found = await client.get("/v1/shipments", params={"order_id": order_id}, headers=merchant)

    (shipment,) = found.json()["items"]
    assert shipment["dangerous_goods"] == [
        {"un_number": "UN3481", "packing_instruction": "967", "section": None}
    ]

    await world.run(_FORGET, order_id=order_id)

    old = await client.get(f"/v1/shipments/{shipment['id']}", headers=merchant)
    assert old.json()["dangerous_goods"] is None
