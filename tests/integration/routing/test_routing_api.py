"""Routing over HTTP: who sees what, pages, and the operators' two doors."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from shared.kernel.ids import new_id
from tests.support.worlds.routing import (
    RoutingWorld,
)


async def test_a_shipment_with_its_way_and_its_log(
    client: AsyncClient, world: RoutingWorld, merchant: dict[str, str], stranger: dict[str, str]
) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)
    await world.make_ready(order_id)
    await world.close(flight_id)

    page = (
        await client.get("/v1/shipments", params={"order_id": order_id}, headers=merchant)
    ).json()
    (listed,) = page["items"]
    answer = await client.get(f"/v1/shipments/{listed['id']}", headers=merchant)
    shipment = answer.json()

    assert shipment == {**listed, "status_updates": shipment["status_updates"]}
    assert shipment["status"] == "manifested"
    assert (shipment["airport"], shipment["findings"]) == ("EHU", [])
    (leg,) = shipment["itinerary"]
    assert (leg["origin"], leg["destination"], leg["flight_id"], leg["synthetic"]) == (
        "EHU",
        end,
        flight_id,
        True,
    )
    assert [s["code"] for s in shipment["status_updates"]] == ["MAN"]
    foreign = await client.get(f"/v1/shipments/{listed['id']}", headers=stranger)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "routing.shipment.not_found")
    assert (await client.get("/v1/shipments", headers=stranger)).json()["items"] == []


async def test_a_shipment_whose_list_was_cancelled_says_so(
    client: AsyncClient, world: RoutingWorld, merchant: dict[str, str]
) -> None:
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)
    await world.make_ready(order_id)

    await world.cancel_list(order_id)

    found = await client.get("/v1/shipments", params={"order_id": order_id}, headers=merchant)
    (shipment,) = found.json()["items"]
    assert (shipment["status"], shipment["released_at"]) == ("waiting", None)
    assert shipment["declaration_cancelled_at"] is not None
    (finding,) = shipment["findings"]
    assert finding["code"] == "routing.shipment.declaration_cancelled"


async def test_an_unroutable_shipment_says_why(
    client: AsyncClient, world: RoutingWorld, merchant: dict[str, str]
) -> None:
    order_id = await world.place("TK")

    page = await client.get(
        "/v1/shipments",
        params={"order_id": order_id},
        headers=merchant | {"Accept-Language": "zh-CN"},
    )

    (shipment,) = page.json()["items"]
    (finding,) = shipment["findings"]
    assert finding["code"] == "no_service"
    assert finding["detail"] == "航班时刻中没有通达 TK 的航段。"
    assert shipment["house_waybill"] is None


async def test_lists_come_in_pages_and_by_filter(
    client: AsyncClient, world: RoutingWorld, merchant: dict[str, str]
) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    orders = [await world.place(country) for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        params: dict[str, str] = {"limit": "2", "flight_id": flight_id}
        params |= {"cursor": cursor} if cursor else {}
        page = (await client.get("/v1/shipments", params=params, headers=merchant)).json()
        seen += [s["order_id"] for s in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    beside = f"/v1/flights/{flight_id}/shipments"

    assert seen == orders[::-1]
    assert len((await client.get(beside, headers=merchant)).json()["items"]) == 5
    for narrower, wanted in (
        ({"airport": "EHU"}, 5),
        ({"airport": end}, 0),
        ({"status": "waiting"}, 0),
    ):
        answer = await client.get(
            "/v1/shipments", params=narrower | {"flight_id": flight_id}, headers=merchant
        )
        assert len(answer.json()["items"]) == wanted


async def test_flights_by_place_time_and_load(
    client: AsyncClient, world: RoutingWorld, merchant: dict[str, str]
) -> None:
    end, country = await world.airport()
    first = await world.flight(world.hub, end, departs_h=10)
    second = await world.flight(world.hub, end, departs_h=20)
    await world.place(country)

    async def ids(**params: str) -> list[str]:
        answer = await client.get(
            "/v1/flights", params={"destination": end} | params, headers=merchant
        )
        assert answer.status_code == 200, answer.text
        return [flight["id"] for flight in answer.json()["items"]]

    assert await ids() == [first, second]
    assert await ids(departing_from="2026-11-22T18:00:01Z") == [second]
    assert await ids(departing_to="2026-11-22T18:00:01Z") == [first]
    assert await ids(booked="true") == [first]
    assert await ids(booked="false", status="scheduled", origin="EHU") == [second]
    page = (await client.get(f"/v1/flights/{first}", headers=merchant)).json()
    assert (page["synthetic"], page["manifest"]) == (True, None)
    assert page["remaining_g"] == page["capacity_g"] - 1_000
    missing = await client.get(f"/v1/flights/flt_{'f' * 32}", headers=merchant)
    assert (missing.status_code, missing.json()["code"]) == (404, "routing.flight.not_found")


async def test_reports_are_answered_item_by_item(
    client: AsyncClient, world: RoutingWorld, operator: dict[str, str], merchant: dict[str, str]
) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)
    await world.make_ready(order_id)
    await world.close(flight_id)
    world.clock.advance(hours=2)
    departure = {
        "code": "DEP",
        "airport": "EHU",
        "occurred_at": "2026-11-22T18:05:00Z",
        "flight_id": flight_id,
    }
    body = {"items": [departure, {"code": "DEP"}, departure, departure | {"code": "ZZZ"}]}

    refused = await client.post("/v1/status-updates", json=body, headers=merchant)
    for_one = await client.post(
        "/v1/status-updates", json=body, headers=operator | {"Airlane-Tenant": world.merchant}
    )
    answer = await client.post(
        "/v1/status-updates", json=body, headers=operator | {"Accept-Language": "zh-CN"}
    )

    assert refused.status_code == 403
    assert (for_one.status_code, for_one.json()["code"]) == (422, "routing.park_only")
    assert answer.status_code == 207, answer.text
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [201, 422, 200, 422]
    assert items[0]["id"] == items[2]["id"]
    assert {e["pointer"] for e in items[1]["error"]["errors"]} == {"/airport", "/occurred_at"}
    assert items[3]["error"]["detail"] == "ZZZ 不是 FSU 状态代码。"
    assert (await world.shipment(order_id)).state == "departed"
    manifest = (await client.get(f"/v1/flights/{flight_id}", headers=merchant)).json()["manifest"]
    assert (manifest["shipments"], manifest["gross_weight_g"]) == (1, 1_000)


async def test_an_operator_cancels_a_flight_once(
    client: AsyncClient, world: RoutingWorld, operator: dict[str, str], merchant: dict[str, str]
) -> None:
    end, _ = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    path, body = f"/v1/flights/{flight_id}:cancel", {"reason": "fog"}
    key = {"Idempotency-Key": new_id("key")}

    assert (await client.post(path, json=body, headers=merchant)).status_code == 403
    first = await client.post(path, json=body, headers=operator | key)
    again = await client.post(path, json=body, headers=operator | key)

    assert first.status_code == 200, first.text
    assert (first.json()["status"], first.json()["reason"]) == ("cancelled", "fog")
    assert again.json() == first.json()
    assert len(await world.events(flight_id)) == 1


async def test_reference_data_says_what_it_is_based_on(
    client: AsyncClient, merchant: dict[str, str]
) -> None:
    async def everything(path: str, **params: str) -> list[dict[str, Any]]:
        answer = await client.get(path, params={"limit": "200"} | params, headers=merchant)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    international = await everything("/v1/routes", origin="EHU", scope="international")
    domestic = await everything("/v1/routes", origin="EHU", scope="domestic")
    liege = next(r for r in international if r["destination"] == "LGG")

    assert len({r["destination"] for r in international}) == 45
    assert len({r["destination"] for r in domestic}) == 61
    assert liege["basis"] == "reported"
    assert "2023-04-01" in liege["note"]
    britain = await everything("/v1/airports", country="GB")
    assert [a["iata"] for a in britain] == ["EDI", "EMA", "LHR", "MAN"]
    assert britain[0]["source"].startswith("airportsdata")


async def test_carriers_vehicles_and_regions_say_what_they_are_based_on(
    client: AsyncClient, merchant: dict[str, str]
) -> None:
    async def everything(path: str, **params: str) -> list[dict[str, Any]]:
        answer = await client.get(path, params={"limit": "200"} | params, headers=merchant)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        assert all(i["source"] and i["as_of"] and i["basis"] for i in items)
        return items

    carriers = await everything("/v1/carriers")
    trucks = await everything("/v1/vehicles", kind="truck")
    regions = await everything("/v1/delivery-regions", country="US")

    assert {c["carrier"] for c in carriers if c["awb_prefix"] == "000"} == {"EH", "E0", "Y0"}
    assert [t["vehicle"] for t in trucks] == ["truck"]
    assert len(regions) == 19
    assert all(r["gateways"] for r in regions)


@pytest.mark.parametrize(
    ("country", "postal_code", "region", "gateways"),
    [
        ("US", "99501", "US-AK", ["ANC"]),
        ("US", "90210", "US-CA", ["LAX"]),
        ("US", "nonsense", "US", ["ORD", "JFK", "LAX"]),
        ("LI", "9490", "LI", ["ZRH", "MUC"]),
        ("TK", "1", None, None),
    ],
)
async def test_a_postal_code_finds_its_region(
    client: AsyncClient,
    merchant: dict[str, str],
    country: str,
    postal_code: str,
    region: str | None,
    gateways: list[str] | None,
) -> None:
    answer = await client.get(
        "/v1/delivery-regions",
        params={"country": country, "postal_code": postal_code},
        headers=merchant,
    )

    found = answer.json()["items"]
    assert [r["region"] for r in found] == ([region] if region else [])
    assert [[g["airport"] for g in r["gateways"]] for r in found] == (
        [gateways] if gateways else []
    )


async def test_a_postal_code_without_its_country_is_refused(
    client: AsyncClient, merchant: dict[str, str]
) -> None:
    answer = await client.get(
        "/v1/delivery-regions", params={"postal_code": "99501"}, headers=merchant
    )

    assert answer.status_code == 422
    assert answer.json()["code"] == "routing.postal_code.alone"


async def test_the_clock_is_business_time(
    client: AsyncClient, world: RoutingWorld, merchant: dict[str, str]
) -> None:
    answer = (await client.get("/v1/clock", headers=merchant)).json()

    assert answer["now"] == world.clock.now().isoformat().replace("+00:00", "Z")
    assert (await client.get("/v1/clock")).status_code == 401
