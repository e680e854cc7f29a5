"""Enterprises are registered once, changed by new versions, and belong to their tenant."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from services.customs.domain.messages.parties import PartyRole
from services.customs.repository.registrations import load_registrations
from services.customs.settings import Settings
from services.customs.use_cases.registrations import seed_park
from services.customs.worker import park_enterprises
from shared.db import Database
from shared.kernel.identity import PARK, PARK_TENANT, Role
from shared.kernel.ids import new_id
from tests.kit.clock import ManualClock
from tests.kit.transactions import in_vain
from tests.support.worlds.customs import a_registration

DAY = date(2026, 11, 22)
SCOPES = ["customs:read", "customs:write"]


@pytest.fixture
async def merchant(
    app: FastAPI, client_for: Any, token_for: Callable[..., str], merchant_id: str
) -> AsyncIterator[AsyncClient]:
    async with client_for(app, token=token_for(Role.MERCHANT, merchant_id, SCOPES)) as client:
        yield client


@pytest.fixture
async def operator(
    app: FastAPI, client_for: Any, token_for: Callable[..., str]
) -> AsyncIterator[AsyncClient]:
    async with client_for(app, token=token_for(Role.OPERATOR, PARK_TENANT, SCOPES)) as client:
        yield client


# Not where lists are declared: the park's enterprises of other tests stay the only ones there.
ELSEWHERE = ["0100"]


async def registered(caller: AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await caller.post("/v1/registrations", json=a_registration(**changes))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/v1/registrations/{made['id']}"
    return made


async def changed(caller: AsyncClient, made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A new version of it, made from what was read."""
    given = {name: made[name] for name in a_registration()} | changes
    answer = await caller.put(
        f"/v1/registrations/{made['id']}", json=given, headers={"If-Match": "*"}
    )
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def ids(caller: AsyncClient, **filters: str) -> list[tuple[str, int]]:
    answer = await caller.get("/v1/registrations", params=filters)
    assert answer.status_code == 200, answer.text
    return [(one["id"], one["version"]) for one in answer.json()["items"]]


async def test_a_merchant_reads_what_it_registered(merchant: AsyncClient, merchant_id: str) -> None:
    given = a_registration(
        name_en="Example Trading", roles=["owner", "ecommerce_firm"], districts=["4700"]
    )
    made = (await merchant.post("/v1/registrations", json=given)).json()
    read = await merchant.get(f"/v1/registrations/{made['id']}")

    assert read.json() == made
    assert {name: made[name] for name in given} == given
    assert (made["owner"], made["merchant_id"], made["version"]) == ("merchant", merchant_id, 1)
    assert (made["uscc"], made["valid_to"]) == (None, None)


async def test_all_faults_are_told_at_once_in_both_languages(merchant: AsyncClient) -> None:
    given = a_registration(customs_code=None, uscc="91420700MAA1RL002M", valid_to="2025-01-01")
    refused = await merchant.post("/v1/registrations", json=given)
    in_chinese = await merchant.post(
        "/v1/registrations", json=given, headers={"Accept-Language": "zh-CN"}
    )

    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [
        ("/uscc", "customs.registration.uscc"),
        ("/valid_to", "customs.registration.validity_empty"),
    ]
    assert "校验位" in in_chinese.text


async def test_an_enterprise_is_registered_once_by_each(
    merchant: AsyncClient, operator: AsyncClient
) -> None:
    made = await registered(merchant, uscc="91420700MAA1RL002N")
    again = await merchant.post("/v1/registrations", json=a_registration(uscc=made["uscc"]))

    assert again.status_code == 409
    assert again.json()["code"] == "customs.registration.exists"
    assert again.json()["existing_id"] == made["id"]
    # Its code is not the park's business, nor another merchant's.
    await registered(operator, customs_code=made["customs_code"], districts=ELSEWHERE)


async def test_a_change_is_a_version_and_rewrites_nothing(merchant: AsyncClient) -> None:
    made = await registered(merchant)
    address = f"/v1/registrations/{made['id']}"
    etag = (await merchant.get(address)).headers["etag"]
    given = {name: made[name] for name in a_registration()} | {"name": "更名后的有限公司"}

    blind = await merchant.put(address, json=given)
    first = await merchant.put(address, json=given, headers={"If-Match": etag})
    stale = await merchant.put(
        address, json=given | {"name": "另一名称"}, headers={"If-Match": etag}
    )
    repeated = await merchant.put(address, json=given, headers={"If-Match": etag})

    assert [one.status_code for one in (blind, first, stale, repeated)] == [428, 200, 412, 200]
    assert first.json()["version"] == repeated.json()["version"] == 2
    assert (await merchant.get(address)).json() == first.json()
    assert (await merchant.get(f"{address}?version=1")).json() == made
    assert (await merchant.get(f"{address}?version=3")).status_code == 404


async def test_another_uscc_is_another_enterprise(merchant: AsyncClient) -> None:
    made = await registered(merchant, uscc="91420700MAA1RL002N")
    given = {name: made[name] for name in a_registration()} | {"uscc": "91420700MAA1RL003R"}
    refused = await merchant.put(
        f"/v1/registrations/{made['id']}", json=given, headers={"If-Match": "*"}
    )

    assert refused.status_code == 409
    assert refused.json()["code"] == "customs.registration.uscc_changed"


async def test_a_version_counts_from_its_first_day(merchant: AsyncClient) -> None:
    made = await registered(merchant, valid_from="2026-01-01")
    await changed(merchant, made, valid_from="2026-06-01")
    await changed(merchant, made, valid_from="2026-06-01", valid_to="2026-09-01")
    name = made["id"]

    days = ("2025-12-31", "2026-01-01", "2026-05-31", "2026-06-01", "2026-08-31", "2026-09-01")
    found = {day: await ids(merchant, valid_on=day) for day in days}

    assert found == {
        "2025-12-31": [],
        "2026-01-01": [(name, 1)],
        "2026-05-31": [(name, 1)],
        "2026-06-01": [(name, 3)],
        "2026-08-31": [(name, 3)],
        "2026-09-01": [],
    }
    assert await ids(merchant) == [(name, 3)]


async def test_lists_are_filtered_and_paged(merchant: AsyncClient) -> None:
    firm = await registered(merchant, roles=["owner", "ecommerce_firm"])
    shop = await registered(merchant, roles=["ecommerce_platform"], uscc="91420700MAA1RL003R")

    assert await ids(merchant, role="owner") == [(firm["id"], 1)]
    assert await ids(merchant, code="91420700MAA1RL003R") == [(shop["id"], 1)]
    assert await ids(merchant, code=firm["customs_code"]) == [(firm["id"], 1)]
    page = (await merchant.get("/v1/registrations", params={"limit": 1})).json()
    assert [one["id"] for one in page["items"]] == [shop["id"]]
    assert await ids(merchant, limit="1", cursor=page["next"]) == [(firm["id"], 1)]


async def test_registrations_belong_to_their_tenant(
    merchant: AsyncClient, operator: AsyncClient, merchant_id: str
) -> None:
    parks = await registered(operator, districts=ELSEWHERE)
    own = await registered(merchant)
    for_it = await operator.post(
        "/v1/registrations", json=a_registration(), headers={"Airlane-Tenant": merchant_id}
    )
    hidden = f"/v1/registrations/{parks['id']}"
    given = a_registration()

    assert (parks["owner"], parks["merchant_id"]) == ("park", None)
    assert for_it.json()["merchant_id"] == merchant_id
    assert (await merchant.get(hidden)).status_code == 404
    refused = await merchant.put(hidden, json=given, headers={"If-Match": "*"})
    assert refused.status_code == 404
    assert await ids(merchant) == [(for_it.json()["id"], 1), (own["id"], 1)]
    assert (parks["id"], 1) in await ids(operator, whose="park")
    assert (own["id"], 1) not in await ids(operator, whose="park")
    assert (own["id"], 1) in await ids(operator, whose="merchants")


async def test_slices_load_merchants_and_the_park_in_one_statement(
    merchant: AsyncClient,
    operator: AsyncClient,
    merchant_id: str,
    db_for: Callable[[str], Awaitable[Database]],
) -> None:
    own = await registered(merchant, valid_from="2026-01-01", valid_to="2026-02-01")
    later = await registered(merchant, valid_from="2027-01-01")
    await changed(merchant, own, valid_from="2026-11-22", name="当日起的名称")
    parks = await registered(operator, roles=["logistics"], districts=ELSEWHERE)
    tomorrow = {"valid_from": "2026-11-23", "districts": ELSEWHERE}
    await changed(operator, parks, **tomorrow, name="次日起的名称")

    async with (await db_for("customs")).read(PARK) as reader:
        found = await load_registrations(reader, [merchant_id, new_id("mer")], DAY)

    assert {(one.id, one.version, one.is_valid_on(DAY)) for one in found.of(merchant_id)} == {
        (own["id"], 2, True),
        (later["id"], 1, False),
    }
    assert (parks["id"], 1) in {(one.id, one.version) for one in found.parks}
    assert list(found.own) == [merchant_id]


async def test_a_merchant_learns_whom_its_declarations_would_name(
    merchant: AsyncClient, operator: AsyncClient, merchant_id: str
) -> None:
    """The park's firm stands in for retail only, and only until the merchant has its own."""
    # Of a year of its own, so that enterprises of other tests are not there yet.
    year = {"valid_from": "2025-01-01", "valid_to": "2026-01-01"}
    roles = ["ecommerce_firm", "ecommerce_platform", "logistics", "declarant"]
    parks = await registered(operator, **year, roles=roles, dxp_id="DXPENT0000000000")

    async def check(mode: str) -> Any:
        asked = {"mode": mode, "day": "2025-06-01"}
        answer = await merchant.get("/v1/registrations:check", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    business, retail = await check("9710"), await check("9610")
    own = await registered(merchant, **year)
    now = await check("9710")

    assert {(one["role"], one["code"], one["owner"]) for one in business["findings"]} == {
        ("ecommerce_firm", "customs.party.own_missing", "merchant"),
        ("owner", "customs.party.own_missing", "merchant"),
    }
    assert business["parties"] == retail["findings"] == now["findings"] == []
    assert {one["registration_id"] for one in retail["parties"]} == {parks["id"]}
    named = {one["role"]: (one["owner"], one["registration_id"]) for one in now["parties"]}
    assert named["ecommerce_firm"] == named["owner"] == ("merchant", own["id"])
    assert named["declarant"] == ("park", parks["id"])
    # Stores abroad have no code in China.
    by_store = {one["store"]: (one["code"], one["name"]) for one in now["platforms"]}
    assert by_store["DE"] == ("无", "amazon.de")
    unknown = await merchant.get("/v1/registrations:check", params={"mode": "0110"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "customs.regime.unknown")


async def test_the_settings_are_registered_if_the_park_has_nobody(
    db_for: Callable[[str], Awaitable[Database]], settings: Settings, clock: ManualClock
) -> None:
    enterprises = park_enterprises(settings, as_of=DAY)

    async with in_vain(await db_for("customs"), PARK) as uow:
        await uow._connection.execute("DELETE FROM customs.registrations")
        seeds = [await seed_park(uow, enterprises=enterprises, now=clock.now()) for _ in range(2)]
        found = await load_registrations(uow, [], DAY)

    assert seeds == [5, 0]
    assert {role for one in found.parks for role in one.stated.roles} == {
        PartyRole.OWNER,
        PartyRole.FIRM,
        PartyRole.PLATFORM,
        PartyRole.LOGISTICS,
        PartyRole.DECLARANT,
        PartyRole.OPERATOR,
    }
    assert all(one.stated.synthetic for one in found.parks)
