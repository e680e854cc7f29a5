"""A refusal comes with what could be done instead, over HTTP."""

from typing import Any

from httpx2 import AsyncClient

from tests.kit.waiting import until
from tests.support.worlds.routing import RoutingWorld
from tests.support.worlds.timetables import is_searched


async def alternatives(client: AsyncClient, shipment_id: str, headers: dict[str, str]) -> Any:
    answer = await client.get(f"/v1/shipments/{shipment_id}/alternatives", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(world: RoutingWorld, *, grams: int = 900) -> tuple[str, str]:
    """(id of a shipment that found no room, flight that has a little left)."""
    end, country = await world.airport(at=(50, 8))
    flight_id = await world.flight(world.hub, end, departs_h=10, weight_kg=1)
    await world.place(country, weight_g=700)
    order_id = await world.place(country, weight_g=grams)
    shipment = await world.shipment(order_id)
    assert shipment.refusal_code == "no_capacity"
    return shipment.id, flight_id


async def test_a_shipment_without_room_is_told_how_to_be_split(
    world: RoutingWorld, client: AsyncClient, merchant: dict[str, str], stranger: dict[str, str]
) -> None:
    shipment_id, flight_id = await refused(world)

    answer = await alternatives(client, shipment_id, merchant)

    assert (answer["status"], answer["reason"]["code"]) == ("unroutable", "no_capacity")
    split = next(one for one in answer["alternatives"] if one["code"] == "split")
    assert (split["gross_weight_g"], split["parts"], split["road_km"]) == (300, 3, None)
    assert [leg["flight_id"] for leg in split["way"]["legs"]] == [flight_id]
    assert split["price"]["currency"] == "CNY"
    chinese = await alternatives(client, shipment_id, merchant | {"Accept-Language": "zh-CN"})
    assert {one["detail"] for one in chinese["alternatives"]} >= {
        "拆分为 3 票：目前有一票 0.3 千克、0.334 立方分米的舱位。"
    }
    foreign = await client.get(f"/v1/shipments/{shipment_id}/alternatives", headers=stranger)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "routing.shipment.not_found")


async def test_a_shipment_with_a_place_has_none(
    world: RoutingWorld, client: AsyncClient, merchant: dict[str, str]
) -> None:
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=10)
    booked = await world.shipment(await world.place(country))

    answer = await alternatives(client, booked.id, merchant)

    assert (answer["status"], answer["reason"], answer["alternatives"]) == ("booked", None, [])


async def test_the_price_is_what_the_merchant_pays(
    world: RoutingWorld, client: AsyncClient, merchant: dict[str, str], operator: dict[str, str]
) -> None:
    """A search for the part alone is asked for its price."""
    shipment_id, _ = await refused(world)
    answer = await alternatives(client, shipment_id, merchant)
    split = next(one for one in answer["alternatives"] if one["code"] == "split")

    body = {
        "goods": {
            "pieces": [{"weight_g": split["gross_weight_g"]}],
            "volume_cm3": split["volume_cm3"],
            "battery": False,
        },
        "airport": split["way"]["gateway"],
        "ready_at": answer["as_of"],
    }
    searched = await client.post("/v1/itineraries:search", json=body, headers=merchant)

    # The last mile of a test's country has the price of any country's.
    (option,) = searched.json()["options"]
    assert float(split["price"]["amount"]) > float(option["price"]["amount"]) > 0
    assert searched.json()["alternatives"] == []
    assert (await alternatives(client, shipment_id, operator))["alternatives"] == answer[
        "alternatives"
    ]


async def test_a_search_without_an_option_answers_alternatives(
    world: RoutingWorld, client: AsyncClient, merchant: dict[str, str]
) -> None:
    end, _ = await world.airport(at=(50, 8))
    flight_id = await world.flight(world.hub, end, departs_h=10, weight_kg=50)
    await until(lambda: is_searched(world, flight_id))
    body = {
        "goods": {
            "pieces": [{"weight_g": 20_000, "count": 5}],
            "volume_cm3": 9_000,
            "battery": False,
        },
        "airport": end,
        "ready_at": world.clock.now().isoformat(),
    }

    answer = (await client.post("/v1/itineraries:search", json=body, headers=merchant)).json()

    assert (answer["options"], answer["reason"]["code"]) == ([], "too_heavy")
    by_code = {one["code"]: one for one in answer["alternatives"]}
    split = by_code["split"]
    assert (split["gross_weight_g"], split["parts"]) == (40_000, 3)
    smaller = body | {
        "goods": {
            "pieces": [{"weight_g": 20_000, "count": 2}],
            "volume_cm3": split["volume_cm3"],
            "battery": False,
        }
    }
    option = (await client.post("/v1/itineraries:search", json=smaller, headers=merchant)).json()
    assert split["price"] == option["options"][0]["price"]
    gateway = by_code["other_gateway"]
    assert gateway["way"]["gateway"] != end
    assert gateway["road_km"] > 0
