"""What a product may have beyond what an order needs: texts, media, attributes, classifications."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.support.worlds.catalog import (
    Merchant,
    a_parent,
    a_product,
    a_product_type,
    an_overlay,
    refused,
)

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


async def test_the_etag_of_an_answer_is_that_of_a_read_in_whatever_order_it_was_sent(
    merchant: Merchant, operator: AsyncClient
) -> None:
    schema = {"type": "object"}
    made = await operator.put(
        "/v1/product-types/t_ordered",
        json=a_product_type(schema=schema, name={"zh-CN": "束", "en": "Tress"}),
    )
    texts = {"zh-CN": "烛台", "de": "Halter", "en": "Holder"}
    lines = {tag: [text] for tag, text in texts.items()}
    media = [{"url": "https://media.example/1.jpg", "role": "main", "alt": texts}]
    said = {"title": texts, "description": texts, "highlights": lines, "warnings": lines}
    attributes = {"zzz": 1, "a": {"yy": 1.0, "b": [{"d2": -0.0, "c": 5e-324}]}, "ä": 1e300}
    described = said | {"media": media, "attributes": attributes, "product_type": "t_ordered"}
    classified = [{"scheme": "CN", "code": "9405500000", "confidence": -0.0}]
    axes = ["length", "colour"]
    sent = {
        "/v1/parents/P": a_parent(**described, axes=axes),
        "/v1/products/A": a_product(
            **described,
            classifications=classified,
            parent_sku="P",
            options={"length": "20", "colour": "red"},
        ),
        "/v1/products/A/markets/DE": an_overlay(**said, media=media, attributes=attributes),
    }

    answers = [made] + [await merchant.client.put(at, json=body) for at, body in sent.items()]

    for answer in answers:
        assert answer.status_code == 201, answer.text
        client = operator if answer is made else merchant.client
        read = await client.get(answer.headers["location"])
        assert read.text == answer.text
        assert read.headers["etag"] == answer.headers["etag"]


async def test_an_accent_is_one_with_its_letter_in_options(merchant: Merchant) -> None:
    await merchant.client.put("/v1/parents/P", json=a_parent())
    composed = a_product(parent_sku="P", options={"colour": "Rouge fonc\u00e9"})
    apart = a_product(parent_sku="P", options={"colour": "Rouge fonce\u0301"})

    first = await merchant.client.put("/v1/products/A", json=apart)

    assert first.json()["options"] == {"colour": "Rouge fonc\u00e9"}
    second = await merchant.client.put("/v1/products/B", json=composed)
    refused(second, 422, "catalog.variant.options_taken", "/options")


async def test_the_name_of_an_option_is_pointed_to(merchant: Merchant) -> None:
    answer = await merchant.client.put("/v1/products/A", json=a_product(options={"A/b": "red"}))

    refused(answer, 422, "field.wrong_format", "/options/A~1b")
