"""Product types through REST, and products that are checked against them."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from services.catalog.app import create_app
from services.catalog.settings import Settings
from shared.http import GivenKeys
from shared.kernel.ids import new_id
from tests.kit.clock import ManualClock
from tests.support.worlds.catalog import (
    Merchant,
    a_parent,
    a_product,
    a_product_type,
    a_schema,
    as_bearer,
    refused,
)

LONG = {"length_in": 20}


def a_code() -> str:
    return f"t_{new_id('typ')[-12:]}"


async def made(operator: AsyncClient, code: str | None = None, **changes: Any) -> str:
    """A type, or its next version; its code."""
    code = code or a_code()
    answer = await operator.put(
        f"/v1/product-types/{code}", json=a_product_type(**changes), headers={"If-Match": "*"}
    )
    if answer.status_code == 412:
        answer = await operator.put(f"/v1/product-types/{code}", json=a_product_type(**changes))
    assert answer.is_success, answer.text
    return code


async def put(merchant: Merchant, sku: str, **changes: Any) -> dict[str, Any]:
    answer = await merchant.client.put(
        f"/v1/products/{sku}", json=a_product(**changes), headers={"If-Match": "*"}
    )
    if answer.status_code == 412:
        answer = await merchant.client.put(f"/v1/products/{sku}", json=a_product(**changes))
    assert answer.is_success, answer.text
    return dict(answer.json())


async def test_a_type_is_created_once_and_each_change_is_a_version(operator: AsyncClient) -> None:
    path = f"/v1/product-types/{a_code()}"

    first = await operator.put(path, json=a_product_type())
    again = await operator.put(path, json=a_product_type())
    unasked = await operator.put(path, json=a_product_type(source="Desk"))
    second = await operator.put(
        path, json=a_product_type(source="Desk"), headers={"If-Match": first.headers["etag"]}
    )

    assert (first.status_code, first.json()["version"]) == (201, 1)
    assert first.headers["location"] == path
    assert (again.status_code, again.json()) == (200, first.json())
    refused(unasked, 428, "request.precondition_required")
    assert (second.status_code, second.json()["version"]) == (200, 2)
    old = (await operator.get(path, params={"version": 1})).json()
    assert old == first.json() | {"is_current": False}
    assert (await operator.get(path)).json() == second.json()


async def test_a_schema_has_its_type_its_order_and_its_etag(
    operator: AsyncClient, merchant: Merchant
) -> None:
    code = await made(operator, schema=a_schema(zz={"type": "string"}, a={"type": "number"}))
    path = f"/v1/product-types/{code}/schema"

    newest = await merchant.client.get(path)
    fixed = await merchant.client.get(path, params={"version": 1})
    same = await merchant.client.get(path, headers={"If-None-Match": newest.headers["etag"]})

    assert newest.headers["content-type"] == "application/schema+json"
    assert list(newest.json()["properties"]) == ["length_in", "zz", "a"]
    assert newest.headers["cache-control"] == "private, no-cache"
    assert fixed.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert (same.status_code, same.content) == (304, b"")
    assert fixed.headers["etag"] == newest.headers["etag"]


async def test_what_is_not_there_is_not_found(operator: AsyncClient) -> None:
    code = await made(operator)
    for path in ("none", f"{code}?version=2", f"{code}/schema?version=2", "none/schema"):
        refused(await operator.get(f"/v1/product-types/{path}"), 404, "catalog.type.not_found")


async def test_types_are_listed_by_code_and_found_by_hs_code(merchant: Merchant) -> None:
    async def codes(**params: str) -> list[str]:
        answer = await merchant.client.get("/v1/product-types", params={"limit": "200"} | params)
        return [item["code"] for item in answer.json()["items"]]

    everything = await codes()
    wigs = await codes(hs_code="6704190000")

    assert everything == sorted(everything)
    assert {"wig", "makeup_brush", "apparel", "lamp"} <= set(everything)
    assert "wig" in wigs
    assert "lamp" not in wigs
    assert {"wig", "apparel"} & set(await codes(hs_code="6")) == {"wig", "apparel"}
    assert await codes(hs_code="0101") == []


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"schema": {"type": "array"}}, "catalog.type.schema_not_of_an_object", "/schema"),
        (
            {"schema": a_schema(x={"pattern": "(?=a)"})},
            "catalog.type.schema_pattern_unusable",
            "/schema/properties/x/pattern",
        ),
        ({"hs_prefixes": ["6704", "7701"]}, "catalog.type.hs_prefix_unknown", "/hs_prefixes/1"),
        ({"name": {"zh-CN": "发束"}}, "field.missing", "/name/en"),
    ],
)
async def test_a_wrong_type_is_refused_with_the_place(
    operator: AsyncClient, changes: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await operator.put(f"/v1/product-types/{a_code()}", json=a_product_type(**changes))

    refused(answer, 422, code, pointer)


async def test_operators_of_the_park_alone_make_types(
    operator: AsyncClient, merchant: Merchant
) -> None:
    path = f"/v1/product-types/{a_code()}"

    refused(await merchant.client.put(path, json=a_product_type()), 403, "auth.forbidden")
    named = await operator.put(path, json=a_product_type(), headers={"Airlane-Tenant": merchant.id})
    refused(named, 422, "catalog.request.not_for_one_tenant")


async def test_two_operators_at_once_make_one_type(operator: AsyncClient) -> None:
    path = f"/v1/product-types/{a_code()}"

    def sending(source: str) -> Any:
        return operator.put(path, json=a_product_type(source=source))

    answers = await asyncio.gather(*[sending(f"Desk {n}") for n in range(4)])

    assert sorted(one.status_code for one in answers) == [201, 428, 428, 428]
    assert (await operator.get(path)).json()["version"] == 1


async def test_a_product_keeps_the_version_that_it_was_checked_against(
    operator: AsyncClient, merchant: Merchant
) -> None:
    code = await made(operator)
    typed = {"product_type": code, "attributes": LONG}

    created = await put(merchant, "T1", **typed)
    await made(operator, code, schema=a_schema(lace={"type": "string"}))
    unchanged = await put(merchant, "T1", **typed)
    changed = await put(merchant, "T1", **typed, battery=True)

    assert created["product_type_version"] == 1
    assert unchanged == created
    assert (changed["version"], changed["product_type_version"]) == (2, 2)
    shown = (await merchant.client.get("/v1/products/T1")).json()
    assert shown == changed
    last = (await merchant.events(created["id"]))[-1]["data"]
    assert (last["product_type"], last["product_type_version"]) == (code, 2)


async def test_what_a_new_version_refuses_stays_until_it_changes(
    operator: AsyncClient, merchant: Merchant
) -> None:
    code = await made(operator)
    body = a_product(product_type=code, attributes=LONG)
    await put(merchant, "T1", product_type=code, attributes=LONG)
    stricter = a_schema(lace={"type": "string"}) | {"required": ["length_in", "lace"]}
    await made(operator, code, schema=stricter)

    same = await merchant.client.put("/v1/products/T1", json=body)
    other = await merchant.client.put(
        "/v1/products/T1", json=body | {"battery": True}, headers={"If-Match": "*"}
    )
    patched = await merchant.client.patch(
        "/v1/products/T1", json={"battery": True}, headers={"If-Match": "*"}
    )
    batch = await merchant.client.post(
        "/v1/products:batch",
        json={"items": [body | {"sku": "T1"}, body | {"sku": "T2"}]},
    )

    assert (same.status_code, same.json()["version"]) == (200, 1)
    refused(other, 422, "catalog.attribute.missing", "/attributes/lace")
    refused(patched, 422, "catalog.attribute.missing", "/attributes/lace")
    assert [item["status"] for item in batch.json()["items"]] == [200, 422]


async def test_attributes_are_refused_in_both_languages_with_unit(
    operator: AsyncClient, merchant: Merchant
) -> None:
    code = await made(operator)
    body = a_product(product_type=code, attributes={"length_in": 2})

    async def fault(language: str) -> dict[str, Any]:
        answer = await merchant.client.put(
            "/v1/products/T1", json=body, headers={"Accept-Language": language}
        )
        (one,) = refused(answer, 422, "catalog.attribute.too_small")["errors"]
        return dict(one)

    english, chinese = await fault("en"), await fault("zh-CN")

    assert english["pointer"] == chinese["pointer"] == "/attributes/length_in"
    assert english["detail"] == "Length must be at least 4 in."
    assert chinese["detail"] == "长度 必须不小于 4 in。"


async def test_true_is_not_one(operator: AsyncClient, merchant: Merchant) -> None:
    code = await made(operator, schema=a_schema(x={"type": ["integer", "boolean"]}))
    await put(merchant, "T1", product_type=code, attributes=LONG | {"x": 1})

    changed = await put(merchant, "T1", product_type=code, attributes=LONG | {"x": True})

    assert (changed["version"], changed["attributes"]["x"]) == (2, True)


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"product_type": "none"}, "catalog.product.unknown_type", "/product_type"),
        ({"attributes": LONG}, "catalog.product.attributes_without_type", "/attributes"),
    ],
)
async def test_attributes_need_a_type_that_is_there(
    merchant: Merchant, changes: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await merchant.client.put("/v1/products/T1", json=a_product(**changes))

    refused(answer, 422, code, pointer)


async def test_two_processes_check_against_a_new_version_at_once(
    settings: Settings,
    catalog_clock: ManualClock,
    jwks: dict[str, Any],
    app: FastAPI,
    client_for: Any,
    operator: AsyncClient,
    merchant: Merchant,
) -> None:
    """The version is asked for by every change, so no process has an older one in mind."""
    token = merchant.client.headers["authorization"].removeprefix("Bearer ")
    other_app = create_app(settings, clock=catalog_clock, keys=GivenKeys(jwks))
    code = await made(operator)
    async with client_for(other_app) as nobody:
        other = Merchant(merchant.id, as_bearer(nobody, token), merchant.db)
        for process, sku in ((merchant, "A1"), (other, "B1")):
            assert (await put(process, sku, product_type=code, attributes=LONG))[
                "product_type_version"
            ] == 1

        await made(operator, code, schema=a_schema(lace={"type": "string"}))

        for process, sku in ((merchant, "A2"), (other, "B2")):
            changed = await put(
                process, sku, product_type=code, attributes=LONG | {"lace": "front"}
            )
            assert changed["product_type_version"] == 2


async def anything_goes(operator: AsyncClient) -> str:
    return await made(operator, schema={"type": "object"})


@pytest.mark.parametrize(
    ("attributes", "code", "pointer"),
    [
        ({"lace": "a\u202eb"}, "field.unseen_character", "/attributes/lace"),
        ({"lace": [{"a\u200b": 1}]}, "field.unseen_character", "/attributes/lace"),
        ({"la\ufeffce": 1}, "field.unseen_character", "/attributes/la\ufeffce"),
        ({"lace": "长" * 90_000}, "catalog.product.details_too_large", "/attributes"),
    ],
    ids=["override", "name inside", "name", "too large"],
)
async def test_hostile_attributes_are_refused(
    operator: AsyncClient, merchant: Merchant, attributes: Any, code: str, pointer: str
) -> None:
    body = a_product(product_type=await anything_goes(operator), attributes=attributes)

    answer = await merchant.client.put("/v1/products/T1", json=body)

    refused(answer, 422, code, pointer)


@pytest.mark.parametrize("place", ["products/T1", "parents/T1", "products/T2/markets/DE"])
async def test_what_does_not_fit_into_an_event_is_refused(merchant: Merchant, place: str) -> None:
    await merchant.stocked("T2", 0)
    body: dict[str, Any] = {"products/T1": a_product(), "parents/T1": a_parent()}.get(place, {})
    tags = ["en", "de", "fr", "it", "es", "nl", "sv", "pl", "tr", "ar", "ja", "ko", "pt", "hi"]
    # Fourteen texts of 5,000 characters of four bytes are 280,000 bytes; escaped they were more.
    texts = dict.fromkeys([*tags, "zh-CN"], "🎀" * 5_000)

    answer = await merchant.client.put(f"/v1/{place}", json=body | {"description": texts})

    refused(answer, 422, "catalog.product.details_too_large", "/description")


async def test_huge_numbers_are_kept_as_they_are(operator: AsyncClient, merchant: Merchant) -> None:
    attributes = {"a": 1e300, "b": 10**30, "c": -1e17, "d": 0.1, "e": 5e-324}
    typed = {"product_type": await anything_goes(operator), "attributes": attributes}

    first = await put(merchant, "T1", **typed)
    again = await merchant.client.put("/v1/products/T1", json=a_product(**typed))

    assert first["attributes"] == attributes | {"a": 10**300}
    assert (again.status_code, again.json()) == (200, first)


async def test_the_largest_details_fit_into_the_event(
    operator: AsyncClient, merchant: Merchant
) -> None:
    """Also with everything else that a product has at its longest."""
    code = await anything_goes(operator)
    tags = [f"{letter}{other}" for letter in "abcdefghij" for other in "aeio"][:38]
    names = dict.fromkeys(["en", *tags], "🎀" * 200)
    body = a_product(title=names, product_type=code, attributes={"a": "\n" * 1_000 + "🎀" * 64_000})

    answer = await merchant.client.put("/v1/products/T1", json=body)

    assert answer.status_code == 201, answer.text
    assert len(await merchant.events(answer.json()["id"])) == 1
