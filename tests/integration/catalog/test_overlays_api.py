"""Products in markets over HTTP: overlays, and the view that is merged from them."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from shared.kernel.ids import new_id
from tests.integration.catalog.conftest import NewMerchant
from tests.support.worlds.catalog import (
    Merchant,
    a_parent,
    a_product,
    a_product_type,
    a_schema,
    an_overlay,
    refused,
)

AT = "/v1/products/A-1/markets/DE"
WITHOUT_OVERLAY: dict[str, Any] = {
    "title": {},
    "brand": None,
    "material": None,
    "attributes": {},
    "description": {},
    "highlights": {},
    "warnings": {},
    "media": None,
}


async def test_put_creates_and_get_reads_it_back(merchant: Merchant) -> None:
    product_id = await merchant.stocked("A-1", 0)
    answer = await merchant.client.put(AT, json=an_overlay())
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == AT
    read = await merchant.client.get(AT)
    assert (read.headers["etag"], read.json()) == (answer.headers["etag"], answer.json())
    body = read.json()
    assert {n: body[n] for n in WITHOUT_OVERLAY} == WITHOUT_OVERLAY | {
        "title": an_overlay()["title"],
        "brand": "Herzlich",
    }
    assert (body["status"], body["market"], body["version"]) == ("active", "DE", 1)
    assert (body["product_id"], body["merchant_id"]) == (product_id, merchant.id)
    (event,) = await merchant.events(body["id"])
    assert event["type"] == "catalog.overlay.updated"
    assert (event["aggregate_version"], event["data"]["status"]) == (1, "active")
    assert event["data"]["title"] == an_overlay()["title"]
    assert event["data"]["media"] is None


async def test_what_a_get_shows_can_be_put_again(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0, product_type=None)
    body = an_overlay(media=[], highlights={"de": ["Aus Glas"]})
    shown = (await merchant.client.put(AT, json=body)).json()
    same = {n: shown[n] for n in (*WITHOUT_OVERLAY, "status")}
    answer = await merchant.client.put(AT, json=same)
    assert answer.status_code == 200, answer.text
    assert answer.json() == shown
    assert len(await merchant.events(shown["id"])) == 1


async def test_an_empty_overlay_is_a_draft_of_nothing(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    body = (await merchant.client.put(AT, json={})).json()
    assert {n: body[n] for n in (*WITHOUT_OVERLAY, "status")} == {
        **WITHOUT_OVERLAY,
        "status": "draft",
    }


async def test_replacing_needs_the_present_version(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    await merchant.client.put(AT, json=an_overlay())
    other = an_overlay(status="withdrawn")
    put = merchant.client.put
    refused(await put(AT, json=other), 428, "request.precondition_required")
    once = await put(AT, json=other, headers={"If-None-Match": "*"})
    refused(once, 412, "request.exists_already")
    etag = (await merchant.client.get(AT)).headers["etag"]
    answer = await put(AT, json=other, headers={"If-Match": etag})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)


async def test_patch_merges_and_null_goes_back_to_the_product(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    await merchant.client.put(AT, json=an_overlay(warnings={"de": ["Heiß"]}))
    patch: dict[str, Any] = {
        "brand": None,
        "title": {"fr": "Bougeoir"},
        "warnings": None,
        "media": [],
    }
    answer = await merchant.client.patch(AT, json=patch, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["title"] == {**an_overlay()["title"], "fr": "Bougeoir"}
    assert (body["brand"], body["warnings"], body["media"]) == (None, {}, [])
    assert (body["status"], body["version"]) == ("active", 2)
    again = await merchant.client.patch(AT, json=patch, headers={"If-Match": "*"})
    assert (again.status_code, again.json()["version"]) == (200, 2)


async def test_a_deleted_overlay_begins_anew(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    first = (await merchant.client.put(AT, json=an_overlay())).json()
    answer = await merchant.client.delete(AT, headers={"If-Match": "*"})
    assert answer.status_code == 204
    refused(await merchant.client.get(AT), 404, "catalog.overlay.not_found")
    gone = await merchant.client.delete(AT, headers={"If-Match": "*"})
    refused(gone, 404, "catalog.overlay.not_found")
    _, deleted = await merchant.events(first["id"])
    assert (deleted["type"], deleted["aggregate_version"]) == ("catalog.overlay.deleted", 2)
    second = (await merchant.client.put(AT, json=an_overlay())).json()
    assert (second["version"], second["id"] != first["id"]) == (1, True)


async def test_a_deleted_product_takes_its_overlays_along(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    made = [
        (await merchant.client.put(f"/v1/products/A-1/markets/{market}", json={})).json()["id"]
        for market in ("DE", "FR")
    ]
    answer = await merchant.client.delete("/v1/products/A-1", headers={"If-Match": "*"})
    assert answer.status_code == 204
    for overlay_id in made:
        *_, last = await merchant.events(overlay_id)
        assert (last["type"], last["aggregate_version"]) == ("catalog.overlay.deleted", 2)
    await merchant.stocked("A-1", 0)
    refused(await merchant.client.get(AT), 404, "catalog.overlay.not_found")


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"status": "live"}, "field.not_one_of", "/status"),
        ({"title": {"de": "a\tb"}}, "field.unseen_character", "/title/de"),
        ({"title": {"deutsch!": "x"}}, "field.language_tag", "/title"),
        ({"hs_code": "940550"}, "field.unknown", "/hs_code"),
        ({"media": [{"url": "ftp://a/b"}]}, "field.url_unusable", "/media/0/url"),
        (
            {"media": [{"url": "https://a/b"}, {"url": "https://a/b"}]},
            "catalog.media.repeated",
            "/media/1/url",
        ),
        (
            {"attributes": {"length_in": 18}},
            "catalog.product.attributes_without_type",
            "/attributes",
        ),
    ],
)
async def test_faults_are_named_with_their_place(
    merchant: Merchant, change: dict[str, Any], code: str, pointer: str
) -> None:
    await merchant.stocked("A-1", 0)
    refused(await merchant.client.put(AT, json=an_overlay(**change)), 422, code, pointer)
    refused(await merchant.client.get(AT), 404, "catalog.overlay.not_found")


@pytest.mark.parametrize(
    ("market", "code"),
    [
        ("UK", "catalog.overlay.unknown_market"),
        ("XX", "catalog.overlay.unknown_market"),
        ("de", "field.wrong_format"),
        ("DEU", "field.wrong_format"),
    ],
)
async def test_a_market_is_a_country(merchant: Merchant, market: str, code: str) -> None:
    await merchant.stocked("A-1", 0)
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        body: dict[str, Any] | None = {} if method in ("PUT", "PATCH") else None
        answer = await merchant.client.request(
            method, f"/v1/products/A-1/markets/{market}", json=body, headers={"If-Match": "*"}
        )
        refused(answer, 422, code, "/path/market")
    view = await merchant.client.get("/v1/products/A-1", params={"market": market})
    refused(view, 422, code, "/query/market")


async def test_the_product_must_be_there(merchant: Merchant) -> None:
    for answer in (
        await merchant.client.put(AT, json={}),
        await merchant.client.get(AT),
        await merchant.client.get("/v1/products/A-1/markets"),
        await merchant.client.get("/v1/products/A-1?market=DE"),
    ):
        refused(answer, 404, "catalog.product.not_found")


async def test_a_list_by_market(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    for market, status in (("US", "active"), ("DE", "draft"), ("FR", "active")):
        await merchant.client.put(f"/v1/products/A-1/markets/{market}", json={"status": status})
    read = merchant.client.get
    page = (await read("/v1/products/A-1/markets", params={"limit": 2})).json()
    assert [one["market"] for one in page["items"]] == ["DE", "FR"]
    rest = await read("/v1/products/A-1/markets", params={"limit": 2, "cursor": page["next"]})
    assert [one["market"] for one in rest.json()["items"]] == ["US"]
    active = (await read("/v1/products/A-1/markets", params={"status": "active"})).json()
    assert [one["market"] for one in active["items"]] == ["FR", "US"]


async def test_a_market_sees_the_overlay_over_the_product(merchant: Merchant) -> None:
    product_id = await merchant.stocked(
        "A-1",
        0,
        title={"en": "Light holder", "zh-CN": "烛台", "de": "Halter"},
        material="Iron",
        media=[{"url": "https://a/1", "role": "main", "alt": {"en": "Front", "de": "Vorne"}}],
    )
    overlay = {"status": "active", "title": {"en": "T-light holder"}, "brand": "Herzlich"}
    await merchant.client.put(AT, json=overlay)
    answer = await merchant.client.get("/v1/products/A-1?market=DE&locale=de-AT")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["product_id"], body["merchant_id"], body["sku"]) == (
        product_id,
        merchant.id,
        "A-1",
    )
    assert (body["market"], body["locale"], body["status"]) == ("DE", "de-AT", "active")
    assert body["languages"] == ["de-AT", "de-DE", "en"]
    values = body["values"]
    # Language before layer.
    assert values["title"] == {"value": "Halter", "language": "de", "source": "product"}
    assert values["brand"] == {"value": "Herzlich", "source": "overlay"}
    assert values["material"] == {"value": "Iron", "source": "product"}
    assert values["media"] == {
        "value": [
            {
                "url": "https://a/1",
                "role": "main",
                "alt": {"value": "Vorne", "language": "de"},
            }
        ],
        "source": "product",
    }
    assert values["size_mm"] == {"value": a_product()["size_mm"], "source": "product"}
    assert values["battery"] == {"value": False, "source": "product"}
    assert values["description"] is values["gtin"] is values["options"] is None
    english = (await merchant.client.get("/v1/products/A-1?market=DE&locale=en")).json()
    assert english["values"]["title"] == {
        "value": "T-light holder",
        "language": "en",
        "source": "overlay",
    }
    known = {"If-None-Match": answer.headers["etag"]}
    again = await merchant.client.get("/v1/products/A-1?market=DE&locale=de-AT", headers=known)
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("locale=zh", "zh-CN"),
        ("locale=ZH-cn", "zh-CN"),
        ("market=FR", "fr"),
        ("market=DE", "en"),  # nothing in German
        ("market=CH", "en"),  # no store
        ("market=FR&locale=zh-TW", "zh-CN"),
        ("locale=sv", "en"),
    ],
)
async def test_the_best_text_there_is(merchant: Merchant, query: str, language: str) -> None:
    await merchant.stocked("A-1", 0, title={"en": "a", "zh-CN": "b", "fr": "c", "es": "d"})
    body = (await merchant.client.get(f"/v1/products/A-1?{query}")).json()
    assert body["values"]["title"]["language"] == language
    assert body["status"] is None


async def test_a_locale_is_a_language_tag(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    answer = await merchant.client.get("/v1/products/A-1?locale=german!")
    refused(answer, 422, "field.wrong_format", "/query/locale")


async def test_attributes_are_checked_as_the_market_shows_them(
    merchant: Merchant, operator: AsyncClient
) -> None:
    code = f"t_{new_id('typ')[-12:]}"
    schema = a_schema(colour={"type": "string"}, note={"type": "string"})
    made = await operator.put(f"/v1/product-types/{code}", json=a_product_type(schema=schema))
    assert made.is_success, made.text
    own = {"length_in": 20, "note": "x"}
    await merchant.stocked("A-1", 0, product_type=code, attributes=own)
    put = merchant.client.put
    refusals: dict[str, dict[str, Any]] = {
        "catalog.attribute.too_large": {"length_in": 61},
        "catalog.attribute.missing": {"length_in": None},
        "catalog.attribute.unknown": {"size": 1},
    }
    for wrong, attributes in refusals.items():
        (name,) = attributes
        refused(await put(AT, json={"attributes": attributes}), 422, wrong, f"/attributes/{name}")
    patch = {"colour": "rot", "note": None}
    answer = await put(AT, json={"attributes": patch})
    assert (answer.status_code, answer.json()["attributes"]) == (201, patch)
    view = (await merchant.client.get("/v1/products/A-1?market=DE")).json()
    assert view["attributes"] == {
        "colour": {"value": "rot", "source": "overlay"},
        "length_in": {"value": 20, "source": "product"},
    }
    # null goes back to what the product has.
    answer = await merchant.client.patch(
        AT, json={"attributes": {"colour": None}}, headers={"If-Match": "*"}
    )
    assert answer.json()["attributes"] == {"note": None}


async def test_a_variant_shows_what_its_parent_has(
    merchant: Merchant, operator: AsyncClient
) -> None:
    code = f"t_{new_id('typ')[-12:]}"
    schema = a_schema(note={"type": "string"})
    await operator.put(f"/v1/product-types/{code}", json=a_product_type(schema=schema))
    parent = a_parent(
        title={"en": "Wig", "de": "Perücke"},
        product_type=code,
        attributes={"length_in": 20, "note": "p"},
        brand="Hair",
        media=[{"url": "https://a/1", "role": "main"}],
    )
    made = await merchant.client.put("/v1/parents/WIG", json=parent)
    assert made.is_success, made.text
    await merchant.stocked(
        "A-1",
        0,
        parent_sku="WIG",
        options={"colour": "black"},
        product_type=code,
        attributes={"note": "v"},
    )
    # What the parent gives is not missing in the market.
    answer = await merchant.client.put(AT, json={"attributes": {"note": "m"}})
    assert answer.status_code == 201, answer.text
    taken_away = await merchant.client.put(
        AT, json={"attributes": {"length_in": None}}, headers={"If-Match": "*"}
    )
    refused(taken_away, 422, "catalog.attribute.missing", "/attributes/length_in")
    view = (await merchant.client.get("/v1/products/A-1?market=DE&locale=de")).json()
    values = view["values"]
    assert values["title"] == {"value": "Perücke", "language": "de", "source": "parent"}
    assert values["brand"] == {"value": "Hair", "source": "parent"}
    assert values["media"]["source"] == "parent"
    assert values["options"] == {"value": {"colour": "black"}, "source": "product"}
    assert view["attributes"] == {
        "length_in": {"value": 20, "source": "parent"},
        "note": {"value": "m", "source": "overlay"},
    }
    elsewhere = (await merchant.client.get("/v1/products/A-1?market=FR")).json()
    assert elsewhere["attributes"]["note"] == {"value": "v", "source": "product"}


async def test_a_new_version_of_the_type_is_not_the_overlay_s_fault(
    merchant: Merchant, operator: AsyncClient
) -> None:
    code = f"t_{new_id('typ')[-12:]}"
    path = f"/v1/product-types/{code}"
    await operator.put(path, json=a_product_type(schema=a_schema(note={"type": "string"})))
    await merchant.stocked("A-1", 0, product_type=code, attributes={"length_in": 20})
    stricter = a_schema(note={"type": "string"}, colour={"type": "string"})
    stricter["required"] = ["length_in", "colour"]
    newer = await operator.put(
        path, json=a_product_type(schema=stricter), headers={"If-Match": "*"}
    )
    assert newer.json()["version"] == 2
    answer = await merchant.client.put(AT, json={"attributes": {"note": "x"}})
    assert answer.status_code == 201, answer.text
    wrong = await merchant.client.put(
        AT, json={"attributes": {"note": 1}}, headers={"If-Match": "*"}
    )
    problem = refused(wrong, 422, "catalog.attribute.wrong_type", "/attributes/note")
    assert problem["error_count"] == 1


async def test_markets_of_others_are_not_seen(
    merchant: Merchant, new_merchant: NewMerchant
) -> None:
    other = await new_merchant()
    await merchant.stocked("A-1", 0)
    await other.stocked("A-1", 0)
    await merchant.client.put(AT, json=an_overlay())
    refused(await other.client.get(AT), 404, "catalog.overlay.not_found")
    view = (await other.client.get("/v1/products/A-1?market=DE")).json()
    assert (view["status"], view["values"]["brand"]) == (None, None)
