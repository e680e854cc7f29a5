"""Rates and quotes over HTTP: versions, conditions, and who sees what."""

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import pytest
from httpx2 import AsyncClient

from services.routing.app import create_app
from services.routing.repository.rates import quotes
from services.routing.settings import Settings
from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.kit.databases import Postgres
from tests.kit.waiting import until
from tests.support.rates import SAID_BY, a_contract_id, a_contract_sent, a_quote
from tests.support.worlds.routing import RoutingWorld
from tests.support.worlds.timetables import is_searched


@pytest.fixture
async def client(
    world: RoutingWorld, postgres: Postgres, jwks_url: str, client_for: Any
) -> AsyncIterator[AsyncClient]:
    settings = Settings(database_url=postgres.app_dsn("routing"), jwks_url=jwks_url, pool_size=2)
    async with client_for(create_app(settings, clock=world.clock)) as client:
        yield client


@pytest.fixture
def operator(token_for: Callable[..., str]) -> dict[str, str]:
    token = token_for(Role.OPERATOR, "park", ["routing:read", "routing:write"])
    return {"Authorization": f"Bearer {token}"}


async def test_a_contract_gets_versions_and_every_one_stays_readable(
    client: AsyncClient, operator: dict[str, str]
) -> None:
    address = f"/v1/rate-contracts/{a_contract_id(71)}"
    # For a lane that no other test prices.
    body = a_contract_sent(origin="QQA", destination="QQB")
    made = await client.put(address, json=body, headers=operator)
    assert made.status_code == 201, made.text
    first = made.json()
    assert (first["version"], first["carrier"], first["valid_to"]) == (1, "*", None)
    assert first["breaks"][0] == {"from_g": 0, "rate_per_kg": "4.01"}
    assert first["surcharges"][0]["minimum"] == "3.00"
    assert (await client.get(address, headers=operator)).content == made.content

    blind = await client.put(address, json=body | {"minimum": "80"}, headers=operator)
    assert blind.status_code == 428
    again = await client.put(address, json=body, headers=operator | {"If-Match": "*"})
    assert (again.status_code, again.json()["version"]) == (200, 1)
    condition = {"If-Match": made.headers["etag"]}
    changed = await client.put(address, json=body | {"minimum": "80"}, headers=operator | condition)
    assert (changed.json()["version"], changed.json()["minimum"]) == (2, "80.00")
    late = await client.put(address, json=body | {"minimum": "90"}, headers=operator | condition)
    assert late.status_code == 412

    old = await client.get(address, params={"version": 1}, headers=operator)
    assert old.json() == first
    missing = await client.get(address, params={"version": 3}, headers=operator)
    assert missing.json()["code"] == "routing.rate_contract.not_found"
    listed = await client.get(
        "/v1/rate-contracts", params={"origin": "QQA", "mode": "air"}, headers=operator
    )
    assert [one["version"] for one in listed.json()["items"]] == [2]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"valid_to": "2026-11-30"}, "routing.rate_contract.validity_reversed", "/valid_to"),
        ({"from_km": 500, "below_km": 500}, "routing.rate_contract.band_reversed", "/below_km"),
        ({"minimum": "1.234"}, "routing.rate_contract.amount_too_fine", "/minimum"),
        (
            {"breaks": [{"from_g": n, "rate_per_kg": "1"} for n in (1, 1)]},
            "routing.rate_contract.breaks_unsorted",
            "/breaks",
        ),
        (
            {
                "breaks": [{"from_g": 45_000, "rate_per_kg": "1"}],
                "reductions": [{"handling_code": "NWP", "permille": 500}],
            },
            "routing.rate_contract.reduction_without_normal_rate",
            "/reductions",
        ),
        (
            {
                "surcharges": [
                    {
                        "code": "MY",
                        "basis": "flat",
                        "value": "1",
                        "minimum": "2",
                        "maximum": "1",
                        "due": "agent",
                    }
                ]
            },
            "routing.rate_contract.surcharge_bounds_reversed",
            "/surcharges/0/maximum",
        ),
    ],
)
async def test_a_contract_that_makes_no_sense_is_refused(
    client: AsyncClient, operator: dict[str, str], change: dict[str, Any], code: str, pointer: str
) -> None:
    address = f"/v1/rate-contracts/{a_contract_id(72)}"
    answer = await client.put(address, json=a_contract_sent(**change), headers=operator)

    assert answer.status_code == 422
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [(code, pointer)]


async def test_exchange_rates_of_a_currency_are_replaced_as_a_whole(
    client: AsyncClient, operator: dict[str, str]
) -> None:
    def rates(*days: tuple[str, str]) -> dict[str, Any]:
        return {
            "rates": [{"valid_from": day, "cny_per_unit": rate, **SAID_BY} for day, rate in days]
        }

    address = "/v1/exchange-rates/KWD"
    body = rates(("2026-12-01", "23.4"), ("2026-11-01", "23.10000001"))
    made = await client.put(address, json=body, headers=operator)
    assert made.status_code == 201
    assert [rate["cny_per_unit"] for rate in made.json()["rates"]] == ["23.10000001", "23.4"]
    assert (await client.get(address, headers=operator)).content == made.content
    listed = await client.get(
        "/v1/exchange-rates", params={"currency": "KWD", "limit": 1}, headers=operator
    )
    following = await client.get(
        "/v1/exchange-rates",
        params={"currency": "KWD", "limit": 1, "cursor": listed.json()["next"]},
        headers=operator,
    )
    days = [page.json()["items"][0]["valid_from"] for page in (listed, following)]
    assert days == ["2026-11-01", "2026-12-01"]

    twice = await client.put(
        address,
        json=rates(("2026-12-01", "1"), ("2026-12-01", "2")),
        headers=operator | {"If-Match": "*"},
    )
    assert twice.json()["errors"][0]["code"] == "routing.rates.day_repeated"
    own = await client.put("/v1/exchange-rates/CNY", json=body, headers=operator)
    assert own.json()["errors"][0]["code"] == "routing.exchange_rate.currency_of_the_park"


async def test_a_merchants_margin_is_its_own(
    client: AsyncClient, operator: dict[str, str], world: RoutingWorld
) -> None:
    address = f"/v1/margins/{world.merchant}"
    missing = await client.get(address, headers=operator)
    assert missing.json()["code"] == "routing.margin.not_found"
    margin = {"valid_from": "2026-11-01", "cost_permille": 80, "flat": "1.5", **SAID_BY}
    made = await client.put(address, json={"margins": [margin]}, headers=operator)
    assert made.json()["margins"] == [{**margin, "flat": "1.50"}]
    everybody = await client.get("/v1/margins/all", headers=operator)
    assert everybody.json()["margins"][0]["cost_permille"] == 120


async def test_a_merchant_sees_what_it_pays_and_an_operator_what_it_costs(
    client: AsyncClient,
    operator: dict[str, str],
    world: RoutingWorld,
    token_for: Callable[..., str],
) -> None:
    quote = a_quote(merchant_id=world.merchant, now=world.clock.now())
    async with world.db.transaction(world.merchant) as uow:
        await quotes.add_quotes(uow, [quote])
    address = f"/v1/quotes/{quote.id}"

    def bearer(tenant: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token_for(Role.MERCHANT, tenant, ['routing:read'])}"}

    shown = (await client.get(address, headers=bearer(world.merchant))).json()
    assert shown["price"] == {"amount": "1956.09", "currency": "CNY"}
    assert shown["cost"] is None
    lines = [Decimal(line["price"]["amount"]) for line in shown["price_lines"]]
    assert (len(lines), sum(lines)) == (3, Decimal("1956.09"))
    assert "contract" not in str(shown)
    cost = (await client.get(address, headers=operator)).json()["cost"]
    assert (cost["total"]["amount"], cost["margin"]["amount"]) == ("1801.00", "155.09")
    freight = cost["carriages"][1]["freight"]
    assert (freight["rate_class"], freight["rate_per_kg"], freight["charge"]["amount"]) == (
        "N",
        "4.01",
        "401.00",
    )
    assert cost["carriages"][1]["rate_contract_version"] == 3
    last_mile = cost["last_mile"]
    assert (last_mile["charge"]["amount"], last_mile["exchange"]["cny_per_unit"]) == ("50.00", "8")
    assert (await client.get(address, headers=bearer(new_id("mer")))).status_code == 404


async def test_a_merchant_is_quoted_every_option_and_told_why_there_is_none(
    client: AsyncClient, world: RoutingWorld, token_for: Callable[..., str]
) -> None:
    end, _ = await world.airport()
    flights = [await world.flight(world.hub, end, departs_h=hours) for hours in (10, 34)]
    await until(lambda: is_searched(world, flights[-1]))
    token = token_for(Role.MERCHANT, world.merchant, ["routing:read"])
    merchant = {"Authorization": f"Bearer {token}"}

    def body(**changes: Any) -> dict[str, Any]:
        goods = {"pieces": [{"weight_g": 2_000}], "volume_cm3": 9_000, "battery": False}
        return {
            "goods": goods,
            "airport": end,
            "ready_at": world.clock.now().isoformat(),
            **changes,
        }

    made = await client.post("/v1/quotes", json=body(), headers=merchant)
    assert made.status_code == 201, made.text
    (quote,) = made.json()["items"]
    # Both days cost the same, so the later flight is worse in everything else.
    assert [leg["flight_id"] for leg in quote["legs"]] == [flights[0]]
    assert quote["valid_until"] == quote["legs"][0]["departs_at"].replace("18:00", "16:30")
    assert (Decimal(quote["price"]["amount"]) > 0, quote["cost"]) == (True, None)
    kept = await client.get(f"/v1/quotes/{quote['id']}", headers=merchant)
    assert kept.json() == quote

    heavy = body(goods={"pieces": [{"weight_g": 2_000_000}], "volume_cm3": 9, "battery": False})
    refused = await client.post("/v1/quotes", json=heavy, headers=merchant)
    assert (refused.status_code, refused.json()["code"]) == (409, "routing.quote.no_itinerary")
    assert refused.json()["reason_code"] == "too_heavy"
    both = await client.post("/v1/quotes", json=body(country="DE"), headers=merchant)
    assert both.json()["code"] == "routing.destination_unclear"


async def test_many_shipments_are_priced_for_many_days(
    client: AsyncClient, world: RoutingWorld, token_for: Callable[..., str]
) -> None:
    end, _ = await world.airport()
    flights = [await world.flight(world.hub, end, departs_h=hours) for hours in (10, 34)]
    await until(lambda: is_searched(world, flights[-1]))
    token = token_for(Role.MERCHANT, world.merchant, ["routing:read"])
    goods = {"pieces": [{"weight_g": 2_000}], "volume_cm3": 9_000, "battery": False}
    ready = {"ready_at": world.clock.now().isoformat()}
    good = {"goods": goods, "airport": end, **ready}
    bad = {"goods": {"pieces": [{"weight_g": 2_000}]}, "airport": end, **ready}

    answer = await client.post(
        "/v1/quotes:batch",
        json={"items": [good, bad, {**good, "airport": "QQQ"}], "days": 3},
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.status_code == 207, answer.text
    first, second, third = answer.json()["items"]
    assert [day["quote"] and day["quote"]["flight_ids"] for day in first["days"]] == [
        [flights[0]],
        [flights[1]],
        None,
    ]
    assert (first["reason"]["code"], "reason" in second) == ("no_departure", False)
    kept = await client.post("/v1/quotes", json=good, headers={"Authorization": f"Bearer {token}"})
    assert first["days"][0]["quote"]["price"] == kept.json()["items"][0]["price"]
    assert (second["status"], second["error"]["errors"][0]["code"]) == (
        422,
        "routing.goods.volume_not_known",
    )
    assert (third["status"], third["error"]["code"]) == (422, "routing.airport_unknown")


async def test_a_new_contract_is_in_the_next_quotes(
    client: AsyncClient, world: RoutingWorld, operator: dict[str, str]
) -> None:
    end, _ = await world.airport()
    flight = await world.flight(world.hub, end, departs_h=10)
    await until(lambda: is_searched(world, flight))
    goods = {"pieces": [{"weight_g": 2_000}], "volume_cm3": 9_000, "battery": False}
    wanted = {"goods": goods, "airport": end, "ready_at": world.clock.now().isoformat()}
    contract = a_contract_sent(
        destination=end, valid_from="2026-11-01", minimum="5000", surcharges=[]
    )
    address = f"/v1/rate-contracts/{a_contract_id(73)}"
    assert (await client.put(address, json=contract, headers=operator)).status_code == 201

    async def is_charged() -> bool:
        answer = await client.post(
            "/v1/quotes", json=wanted, headers=operator | {"Airlane-Tenant": world.merchant}
        )
        cost = answer.json()["items"][0]["cost"]
        return bool(cost["total"]["amount"] == "5000.00")

    await until(is_charged)
