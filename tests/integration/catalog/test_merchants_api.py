"""Registering merchants and partners, their lists, and the reference data they refer to."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.support.worlds.catalog import (
    Merchant,
    a_uscc,
    an_order,
    refused,
)


def a_merchant(**changes: Any) -> dict[str, Any]:
    return {
        "name": {"en": "Xuchang Wigs", "zh-CN": "许昌发制品"},
        "uscc": a_uscc(),
        "belt": "wigs",
        "office": {"desk": "B2-417"},
        "synthetic": True,
    } | changes


async def test_registering_a_merchant(operator: AsyncClient, db_for: Any) -> None:
    body = a_merchant()
    answer = await operator.post("/v1/merchants", json=body)
    assert answer.status_code == 201, answer.text
    merchant = answer.json()
    assert merchant["id"].startswith("mer_")
    assert (merchant["office"], merchant["has_office"]) == ({"desk": "B2-417"}, True)
    assert (merchant["synthetic"], merchant["name"]) == (True, body["name"])
    read = await operator.get(answer.headers["location"])
    assert read.json() == merchant
    known = Merchant(merchant["id"], operator, await db_for("catalog"))
    (event,) = await known.events()
    assert event["type"] == "catalog.merchant.registered"
    assert event["aggregate_id"] == event["tenant_id"] == merchant["id"]
    assert event["data"]["has_office"] is True


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"belt": "shoes"}, "catalog.merchant.unknown_belt", "/belt"),
        ({"uscc": "91110000600037342L"}, "catalog.merchant.uscc_invalid", "/uscc"),
        ({"uscc": "9111000060003734"}, "field.wrong_format", "/uscc"),
        ({"name": {"zh-CN": "许昌"}}, "field.missing", "/name/en"),
        ({"office": True}, "field.wrong_type", "/office"),
    ],
)
async def test_faults_are_named(
    operator: AsyncClient, change: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await operator.post("/v1/merchants", json=a_merchant(**change))
    refused(answer, 422, code, pointer)


async def test_a_company_is_registered_once(operator: AsyncClient) -> None:
    body = a_merchant()
    first = (await operator.post("/v1/merchants", json=body)).json()
    problem = refused(
        await operator.post("/v1/merchants", json=body | {"belt": "equipment"}),
        409,
        "catalog.merchant.uscc_taken",
    )
    assert problem["existing_id"] == first["id"]


async def test_the_park_is_not_one_merchant(operator: AsyncClient, merchant: Merchant) -> None:
    headers = {"Airlane-Tenant": merchant.id}
    for path, body in (
        ("/v1/merchants", a_merchant()),
        ("/v1/partners", {"name": "Blue", "sees": "all"}),
    ):
        answer = await operator.post(path, json=body, headers=headers)
        refused(answer, 422, "catalog.request.not_for_one_tenant", "/header/airlane-tenant")


async def test_lists_filter_by_belt_and_office(operator: AsyncClient) -> None:
    made = [
        (await operator.post("/v1/merchants", json=a_merchant(belt=belt, office=office))).json()
        for belt in ("medical_devices", "equipment")
        for office in ({"desk": "A1"}, None)
    ]

    async def found(**params: Any) -> list[str]:
        ids, query = [], {"limit": 2} | params
        while True:
            page = (await operator.get("/v1/merchants", params=query)).json()
            ids += [item["id"] for item in page["items"]]
            if page["next"] is None:
                return ids
            query = query | {"cursor": page["next"]}

    assert await found(belt="medical_devices") == [made[0]["id"], made[1]["id"]]
    assert await found(belt="medical_devices", has_office=True) == [made[0]["id"]]
    assert await found(belt="equipment", has_office=False) == [made[3]["id"]]
    assert set(await found()) > {merchant["id"] for merchant in made}


async def test_a_merchant_sees_itself_only(merchant: Merchant, new_merchant: Any) -> None:
    other = await new_merchant()
    listed = (await merchant.client.get("/v1/merchants")).json()["items"]
    assert [item["id"] for item in listed] == [merchant.id]
    answer = await merchant.client.get(f"/v1/merchants/{other.id}")
    refused(answer, 404, "catalog.merchant.not_found")
    refused(await merchant.client.get("/v1/merchants/x"), 404, "catalog.merchant.not_found")
    refused(await merchant.client.post("/v1/merchants", json=a_merchant()), 403, "auth.forbidden")
    refused(await merchant.client.get("/v1/partners"), 403, "auth.forbidden")


async def test_partners(operator: AsyncClient, merchant: Merchant) -> None:
    unknown = {"name": "Blue Parcel", "sees": [merchant.id, "mer_" + "0" * 32]}
    problem = refused(
        await operator.post("/v1/partners", json=unknown),
        422,
        "catalog.partner.unknown_merchants",
        "/sees",
    )
    assert "mer_" + "0" * 32 in problem["detail"]
    made = (await operator.post("/v1/partners", json={"name": "Blue", "sees": "all"})).json()
    assert made["id"].startswith("par_")
    listed = (await operator.get("/v1/partners", params={"limit": 200})).json()["items"]
    assert made in listed
    refused(await operator.get(f"/v1/partners/par_{'0' * 32}"), 404, "catalog.partner.not_found")


async def test_reference_data_is_there_and_cannot_be_written(
    merchant: Merchant, db_for: Any
) -> None:
    belts = (await merchant.client.get("/v1/belts")).json()["items"]
    assert {"wigs", "home_furnishing", "new_energy_vehicles"} <= {b["code"] for b in belts}
    assert all(b["name"]["zh-CN"] and b["source"] and b["as_of"] for b in belts)
    stores = (await merchant.client.get("/v1/stores")).json()["items"]
    assert len(stores) == 23
    assert sum(store["is_open_to_chinese_sellers"] for store in stores) == 19
    db = await db_for("catalog")
    async with db.read(merchant.id) as reader:
        count = await reader._connection.fetchval(
            "SELECT count(*) FROM catalog.hs_codes WHERE level = 6"
        )
    assert count == 5612
    with pytest.raises(Exception, match="permission denied"):
        async with db.transaction("*") as uow:
            await uow._connection.execute("DELETE FROM catalog.belts")


async def test_an_operator_acts_for_a_merchant(operator: AsyncClient, merchant: Merchant) -> None:
    await merchant.stocked("A-1", 5)
    refused(
        await operator.post("/v1/orders", json=an_order(("A-1", 1))), 422, "auth.tenant_missing"
    )
    headers = {"Airlane-Tenant": merchant.id}
    order = await operator.post("/v1/orders", json=an_order(("A-1", 1)), headers=headers)
    assert order.status_code == 201
    assert (await operator.get(f"/v1/orders/{order.json()['id']}")).status_code == 200
    path = f"/v1/orders/{order.json()['id']}:cancel"
    assert (await operator.post(path, json={"reason": "park closed"})).status_code == 200
    sku = merchant.id[-20:]  # nobody else's
    await merchant.stocked(sku, 0)
    seen = await operator.get("/v1/products", params={"q": sku})
    assert [(one["sku"], one["merchant_id"]) for one in seen.json()["items"]] == [
        (sku, merchant.id)
    ]
    refused(
        await merchant.client.get("/v1/orders", headers={"Airlane-Tenant": "mer_" + "1" * 32}),
        403,
        "auth.forbidden",
    )
