"""Parents and variants through REST."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from shared.kernel.ids import new_id
from tests.support.worlds.catalog import (
    Merchant,
    a_parent,
    a_product,
    a_product_type,
    a_schema,
    refused,
)

ANY = {"If-Match": "*"}


async def parent(merchant: Merchant, sku: str = "WIG", **changes: Any) -> dict[str, Any]:
    answer = await merchant.client.put(f"/v1/parents/{sku}", json=a_parent(**changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def a_variant(colour: str, **changes: Any) -> dict[str, Any]:
    return a_product(parent_sku="WIG", options={"colour": colour}) | changes


async def variant(merchant: Merchant, sku: str, colour: str, **changes: Any) -> dict[str, Any]:
    answer = await merchant.client.put(f"/v1/products/{sku}", json=a_variant(colour, **changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def a_type(operator: AsyncClient, **changes: Any) -> str:
    code = f"t_{new_id('typ')[-12:]}"
    answer = await operator.put(f"/v1/product-types/{code}", json=a_product_type(**changes))
    assert answer.status_code == 201, answer.text
    return code


async def options(merchant: Merchant) -> dict[str, str]:
    answer = await merchant.client.get("/v1/parents/WIG/variants")
    return {item["sku"]: item["options"]["colour"] for item in answer.json()["items"]}


async def test_a_parent_is_created_and_read_back(merchant: Merchant) -> None:
    body = a_parent(
        axes=["colour", "length"],
        brand="Airlane",
        description={"en": "Two lines\nof text"},
        highlights={"en": ["Soft"]},
        media=[{"url": "https://media.example/1.jpg", "role": "main", "alt": {"en": "Wig"}}],
    )

    answer = await merchant.client.put("/v1/parents/WIG", json=body)
    again = await merchant.client.put("/v1/parents/WIG", json=body)

    assert (answer.status_code, answer.headers["location"]) == (201, "/v1/parents/WIG")
    assert (again.status_code, again.json()) == (200, answer.json())
    shown = (await merchant.client.get("/v1/parents/WIG")).json()
    assert shown == answer.json()
    assert shown["id"].startswith("pnt_")
    for name, value in body.items():
        assert shown[name] == value, name
    (event,) = await merchant.events(shown["id"])
    assert (event["type"], event["aggregate_version"]) == ("catalog.parent.updated", 1)
    assert (event["data"]["axes"], event["data"]["brand"]) == (["colour", "length"], "Airlane")


async def test_a_parent_is_patched_replaced_and_deleted(merchant: Merchant) -> None:
    made = await parent(merchant)
    path = "/v1/parents/WIG"

    unasked = await merchant.client.put(path, json=a_parent(brand="A"))
    refused(unasked, 428, "request.precondition_required")
    patched = await merchant.client.patch(path, json={"brand": "A"}, headers=ANY)
    replaced = await merchant.client.put(
        path, json=a_parent(brand="B"), headers={"If-Match": patched.headers["etag"]}
    )
    deleted = await merchant.client.delete(path, headers=ANY)

    assert [one.json()["version"] for one in (patched, replaced)] == [2, 3]
    assert deleted.status_code == 204
    refused(await merchant.client.get(path), 404, "catalog.parent.not_found")
    types = [(e["type"], e["aggregate_version"]) for e in await merchant.events(made["id"])]
    assert types == [("catalog.parent.updated", n) for n in (1, 2, 3)] + [
        ("catalog.parent.deleted", 4)
    ]
    assert (await parent(merchant))["id"] != made["id"]


async def test_parents_are_listed_by_type_and_time(
    operator: AsyncClient, merchant: Merchant
) -> None:
    code = await a_type(operator)
    await parent(merchant, "A")
    second = await parent(merchant, "B", product_type=code)

    async def skus(**params: str) -> list[str]:
        answer = await merchant.client.get("/v1/parents", params=params)
        return [item["sku"] for item in answer.json()["items"]]

    assert await skus() == ["A", "B"]
    assert await skus(product_type=code) == ["B"]
    assert await skus(updated_since=second["updated_at"]) in (["B"], ["A", "B"])
    assert await skus(updated_since="2099-01-01T00:00:00Z") == []


async def test_a_parent_and_a_product_may_have_the_same_sku(merchant: Merchant) -> None:
    await merchant.stocked("WIG", 0)
    await parent(merchant)

    assert (await merchant.client.get("/v1/products/WIG")).json()["parent_sku"] is None


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"axes": []}, "field.too_few_items", "/axes"),
        ({"axes": ["a", "b", "c", "d"]}, "field.too_many_items", "/axes"),
        ({"axes": ["Colour"]}, "field.wrong_format", "/axes/0"),
        ({"axes": ["a", "a"]}, "catalog.parent.axis_repeated", "/axes/1"),
        ({"product_type": "none"}, "catalog.product.unknown_type", "/product_type"),
        ({"attributes": {"a": 1}}, "catalog.product.attributes_without_type", "/attributes"),
        ({"price": {"amount": "1", "currency": "EUR"}}, "field.unknown", "/price"),
    ],
)
async def test_a_wrong_parent_is_refused(
    merchant: Merchant, changes: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await merchant.client.put("/v1/parents/WIG", json=a_parent(**changes))

    refused(answer, 422, code, pointer)


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"parent_sku": "NONE"}, "catalog.product.unknown_parent", "/parent_sku"),
        ({"options": {}}, "catalog.variant.option_missing", "/options/colour"),
        (
            {"options": {"colour": "red", "size": "M"}},
            "catalog.variant.option_unknown",
            "/options/size",
        ),
        ({"options": {"colour": "red"}}, "catalog.variant.options_taken", "/options"),
        ({"options": {"colour": "x" * 201}}, "field.too_long", "/options/colour"),
    ],
)
async def test_a_wrong_variant_is_refused(
    merchant: Merchant, changes: dict[str, Any], code: str, pointer: str
) -> None:
    await parent(merchant)
    await variant(merchant, "W-1", "red")
    await merchant.stocked("W-2", 0)
    body = a_variant("blue") | changes

    put = await merchant.client.put("/v1/products/W-3", json=body)
    patch = await merchant.client.patch(
        "/v1/products/W-2",
        json={"parent_sku": body["parent_sku"], "options": body["options"]},
        headers=ANY,
    )
    batch = await merchant.client.post("/v1/products:batch", json={"items": [body | {"sku": "W"}]})

    refused(put, 422, code, pointer)
    refused(patch, 422, code, pointer)
    (item,) = batch.json()["items"]
    assert [(f["code"], f["pointer"]) for f in item["error"]["errors"]] == [(code, pointer)]


async def test_another_merchants_parent_is_not_there(merchant: Merchant, new_merchant: Any) -> None:
    await parent(await new_merchant())

    answer = await merchant.client.put("/v1/products/W-1", json=a_variant("red"))

    refused(answer, 422, "catalog.product.unknown_parent", "/parent_sku")


async def test_a_deleted_variant_gives_its_options_back(merchant: Merchant) -> None:
    await parent(merchant)
    await variant(merchant, "W-1", "red")
    await merchant.client.delete("/v1/products/W-1", headers=ANY)

    assert (await variant(merchant, "W-2", "red"))["options"] == {"colour": "red"}


async def test_the_longest_options_fit(merchant: Merchant) -> None:
    """They stand in an index, whose entries have at most 2,704 bytes."""
    axes = [letter * 30 for letter in "abc"]
    values = ["".join(chr(0x1F300 + (n * 7 + k) % 700) for n in range(200)) for k in range(3)]
    await parent(merchant, "W" * 20, axes=axes)
    body = a_product(parent_sku="W" * 20, options=dict(zip(axes, values, strict=True)))

    answer = await merchant.client.put("/v1/products/W-1", json=body)

    assert answer.status_code == 201, answer.text


async def test_two_variants_change_places_in_a_batch(merchant: Merchant) -> None:
    await parent(merchant)
    await variant(merchant, "W-1", "red")
    await variant(merchant, "W-2", "blue")
    items = [a_variant("blue", sku="W-1"), a_variant("red", sku="W-2")]

    answer = await merchant.client.post("/v1/products:batch", json={"items": items})

    assert [item["status"] for item in answer.json()["items"]] == [200, 200]
    assert await options(merchant) == {"W-1": "blue", "W-2": "red"}


async def test_one_refused_variant_does_not_stop_a_batch(merchant: Merchant) -> None:
    await parent(merchant)
    await variant(merchant, "W-1", "red")
    await variant(merchant, "W-2", "blue")
    items = [
        a_variant("blue", sku="W-1"),  # W-2 cannot leave, because green is its first comer's
        a_variant("green", sku="W-3"),
        a_variant("green", sku="W-2"),
        a_variant("black", sku="W-4"),
        a_product(sku="PLAIN"),
    ]

    answer = await merchant.client.post("/v1/products:batch", json={"items": items})

    said = answer.json()["items"]
    assert [item["status"] for item in said] == [422, 201, 422, 201, 201]
    assert said[0]["error"]["errors"][0]["detail"] == (
        "W-2 is the variant of WIG with these options."
    )
    assert await options(merchant) == {
        "W-1": "red",
        "W-2": "blue",
        "W-3": "green",
        "W-4": "black",
    }


async def test_a_parent_with_variants_keeps_its_axes_and_stays(merchant: Merchant) -> None:
    await parent(merchant, axes=["colour"])
    await variant(merchant, "W-1", "red")
    path = "/v1/parents/WIG"

    axes = await merchant.client.patch(path, json={"axes": ["length"]}, headers=ANY)
    deleted = await merchant.client.delete(path, headers=ANY)
    other = await merchant.client.patch(path, json={"brand": "A"}, headers=ANY)

    refused(axes, 409, "catalog.parent.axes_in_use", "/axes")
    assert refused(deleted, 409, "catalog.parent.in_use")["detail"] == "The parent has 1 variants."
    assert other.status_code == 200
    await merchant.client.delete("/v1/products/W-1", headers=ANY)
    free = await merchant.client.patch(path, json={"axes": ["length"]}, headers=ANY)
    assert free.json()["axes"] == ["length"]
    assert (await merchant.client.delete(path, headers=ANY)).status_code == 204


async def test_attributes_given_once_on_the_parent_count_for_its_variants(
    operator: AsyncClient, merchant: Merchant
) -> None:
    both = a_schema(lace={"type": "string"}) | {"required": ["length_in", "lace"]}
    code = await a_type(operator, schema=both)
    await parent(merchant, product_type=code, attributes={"lace": "front"})
    typed = {"product_type": code, "attributes": {"length_in": 20}}

    made = await variant(merchant, "W-1", "red", **typed)

    assert made["attributes"] == {"length_in": 20}
    alone = await merchant.client.put(
        "/v1/products/X", json=a_product(product_type=code, attributes={"length_in": 20})
    )
    refused(alone, 422, "catalog.attribute.missing", "/attributes/lace")


async def test_what_no_longer_fits_is_said_with_the_variants(
    operator: AsyncClient, merchant: Merchant
) -> None:
    both = a_schema(lace={"type": "string"}) | {"required": ["length_in", "lace"]}
    code = await a_type(operator, schema=both)
    await parent(merchant, product_type=code, attributes={"lace": "front"})
    await variant(merchant, "W-1", "red", product_type=code, attributes={"length_in": 20})
    own = {"length_in": 20, "lace": "full"}
    await variant(merchant, "W-2", "blue", product_type=code, attributes=own)

    changed = await merchant.client.patch(
        "/v1/parents/WIG", json={"attributes": {"lace": None}}, headers=ANY
    )

    assert changed.status_code == 200
    answer = await merchant.client.get(
        "/v1/parents/WIG/variants", headers={"Accept-Language": "zh-CN"}
    )
    first, second = answer.json()["items"]
    (finding,) = first["findings"]
    assert (finding["pointer"], finding["code"]) == (
        "/attributes/lace",
        "catalog.attribute.missing",
    )
    assert finding["detail"] == "缺少必填属性：lace。"
    assert second["findings"] == []
    page = await merchant.client.get("/v1/parents/WIG/variants", params={"limit": 1})
    assert [item["sku"] for item in page.json()["items"]] == ["W-1"]
    assert page.json()["next"]
    refused(await merchant.client.get("/v1/parents/NONE/variants"), 404, "catalog.parent.not_found")
