"""What a product may have beyond what an order needs: texts, media, attributes, classifications."""

from typing import Any

import pytest

from tests.support.worlds.catalog import Merchant, a_product, refused

DETAILS: dict[str, Any] = {
    "title": {"en": "Candle holder", "zh-CN": "烛台", "de": "Kerzenhalter"},
    "gtin": "6901234567892",
    "brand": "Ezhou Lamps",
    "material": "Iron, painted",
    "description": {"en": "Two lines:\nthe second.", "ar": "حامل شموع"},
    "highlights": {"en": ["Hand made", "For tea lights"]},
    "warnings": {"de": ["Nicht unbeaufsichtigt brennen lassen."]},
    "media": [
        {"url": "https://media.example/1.jpg", "role": "main", "alt": {"en": "From the front"}},
        {"url": "https://media.example/2.jpg?w=1%2F2", "role": "gallery", "alt": {}},
    ],
    "classifications": [
        {
            "scheme": "CN",
            "code": "9405500000",
            "version": "2026",
            "confidence": 0.9,
            "source": "broker",
            "confirmed_by": "Li Wei",
            "confirmed_on": "2026-11-20",
        }
    ],
}


async def test_they_are_read_back_and_told_to_others(merchant: Merchant) -> None:
    body = a_product(**DETAILS)
    made = await merchant.client.put("/v1/products/A-1", json=body)

    assert made.status_code == 201, made.text
    read = (await merchant.client.get("/v1/products/A-1")).json()
    for name, value in DETAILS.items():
        assert read[name] == value, name
    assert read["gtin_issuer"] == {"prefix": "690", "country": "CN"}
    (event,) = await merchant.events(read["id"])
    for name, value in DETAILS.items():
        assert event["data"][name] == value, name
    again = await merchant.client.put("/v1/products/A-1", json=body)
    assert (again.status_code, again.json()["version"]) == (200, 1)


async def test_a_patch_changes_one_language_and_removes_what_is_null(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0, **DETAILS)
    etag = (await merchant.client.get("/v1/products/A-1")).headers["etag"]
    patch: dict[str, Any] = {
        "title": {"de": None, "fr": "Bougeoir"},
        "brand": None,
        "gtin": None,
        "media": [],
    }

    answer = await merchant.client.patch("/v1/products/A-1", json=patch, headers={"If-Match": etag})

    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["title"] == {"en": "Candle holder", "zh-CN": "烛台", "fr": "Bougeoir"}
    assert (body["brand"], body["gtin"], body["gtin_issuer"], body["media"]) == (
        None,
        None,
        None,
        [],
    )
    assert body["highlights"] == DETAILS["highlights"]


async def test_language_tags_are_written_as_usual(merchant: Merchant) -> None:
    body = a_product(title={"EN": "Lamp", "zh-hans-cn": "灯"})

    made = await merchant.client.put("/v1/products/A-1", json=body)

    assert made.json()["title"] == {"en": "Lamp", "zh-Hans-CN": "灯"}


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"title": {"en": "a", "xx_yy": "b"}}, "field.language_tag", "/title"),
        ({"title": {"en": "a", "EN": "b"}}, "field.language_repeated", "/title"),
        ({"description": {"en": "a\u202eb"}}, "field.unseen_character", "/description/en"),
        ({"gtin": "6901234567893"}, "catalog.product.gtin_wrong", "/gtin"),
        ({"gtin": "2012345678903"}, "catalog.product.gtin_internal", "/gtin"),
        ({"gtin": "６９０１２３４５６７８９２"}, "field.wrong_format", "/gtin"),
        ({"gtin": 6901234567892}, "field.wrong_type", "/gtin"),
        ({"media": [{"url": "javascript:alert(1)"}]}, "field.url_unusable", "/media/0/url"),
        ({"media": [{"url": "https://u:p@a.example/x"}]}, "field.url_unusable", "/media/0/url"),
        ({"media": [{"url": "/relative.jpg"}]}, "field.url_unusable", "/media/0/url"),
        (
            {"media": [{"url": "https://a.example/1"}, {"url": "https://a.example/1"}]},
            "catalog.media.repeated",
            "/media/1/url",
        ),
        (
            {
                "media": [
                    {"url": "https://a.example/1", "role": "main"},
                    {"url": "https://a.example/2", "role": "main"},
                ]
            },
            "catalog.media.second_main",
            "/media/1/role",
        ),
        (
            {"classifications": [{"scheme": "CN", "code": "6704190000"}]},
            "catalog.classification.code_elsewhere",
            "/classifications/0/code",
        ),
        (
            {"classifications": [{"scheme": "ZZ", "code": "9405500000"}]},
            "catalog.classification.scheme_unknown",
            "/classifications/0/scheme",
        ),
        (
            {"classifications": [{"scheme": "HS", "code": "940550"}] * 2},
            "catalog.classification.scheme_repeated",
            "/classifications/0/scheme",
        ),
        (
            {"classifications": [{"scheme": "HS", "code": "940550", "confidence": 1.1}]},
            "field.too_large",
            "/classifications/0/confidence",
        ),
        ({"options": {"colour": "red"}}, "catalog.product.options_without_parent", "/options"),
        ({"attributes": {"a": 1}}, "catalog.product.attributes_without_type", "/attributes"),
        ({"product_type": "no_such"}, "catalog.product.unknown_type", "/product_type"),
        ({"parent_sku": "NO-SUCH"}, "catalog.product.unknown_parent", "/parent_sku"),
    ],
)
async def test_faults_are_named_with_their_place(
    merchant: Merchant, change: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await merchant.client.put("/v1/products/A-1", json=a_product(**change))

    refused(answer, 422, code, pointer)
