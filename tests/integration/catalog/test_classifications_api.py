"""Suggestions of HS headings, and the tree of the Harmonized System, over REST."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient

from deploy.bench.classification import read_tables
from services.catalog.domain.classifications.suggestion import Classifier
from services.catalog.queries.classifications import read_classification_tables
from shared.kernel.identity import PARK
from tests.support.worlds.catalog import Merchant, a_product, refused

SUGGEST = "/v1/classifications:suggest"


async def _suggest(client: AsyncClient, language: str = "en", **params: Any) -> dict[str, Any]:
    answer = await client.get(SUGGEST, params=params, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_suggestion_has_texts_score_and_reasons_in_both_languages(
    merchant: Merchant,
) -> None:
    english = await _suggest(merchant.client, title="White hanging heart T-light holder")
    chinese = await _suggest(merchant.client, "zh-CN", title="白色心形 烛台摆件")

    assert english["edition"] == "HS 2022"
    first, same = english["items"][0], chinese["items"][0]
    assert (first["code"], first["confidence"]) == ("940550", "high")
    assert first["heading"] == same["heading"]
    assert (
        first["description"]
        == first["texts"]["en"]
        == "Luminaires and light fittings; non-electric"
    )
    assert same["description"] == same["texts"]["zh-CN"]
    reason = first["reasons"][0]
    assert (reason["said"], reason["matched"]) == ("t light holder", "t light holder")
    assert "940550" in reason["detail"]
    assert "归入" in same["reasons"][0]["detail"] or "属于" in same["reasons"][0]["detail"]


async def test_the_material_moves_the_goods_to_another_heading(merchant: Merchant) -> None:
    open_ = await _suggest(merchant.client, title="Coffee mug")
    glass = await _suggest(merchant.client, title="Coffee mug", material="Borosilicate glass")
    steel = await _suggest(merchant.client, title="咖啡杯", material="不锈钢")

    assert open_["items"][0]["code"] == "691200"
    assert open_["items"][0]["reasons"][0]["known"] == "assumed"
    assert [hint["code"] for hint in open_["hints"]] == ["material"]
    assert {"7013", "732393"} == {glass["items"][0]["code"], steel["items"][0]["code"]}
    assert glass["hints"] == []
    assert steel["items"][0]["reasons"][0]["features"] == ["stainless"]


async def test_a_reason_names_materials_in_the_readers_language(merchant: Merchant) -> None:
    chinese = await _suggest(merchant.client, "zh-CN", title="咖啡杯")
    english = await _suggest(merchant.client, title="咖啡杯")

    assert "“咖啡杯”通常为 陶" in chinese["items"][0]["reasons"][0]["detail"]
    assert "“咖啡杯” is usually ceramic" in english["items"][0]["reasons"][0]["detail"]


async def test_what_nobody_can_tell_is_unknown_and_says_what_would_help(
    merchant: Merchant,
) -> None:
    found = await _suggest(merchant.client, "zh-CN", title="Xyzzy 9000")

    assert (found["items"], found["confidence"]) == ([], "unknown")
    assert [hint["code"] for hint in found["hints"]] == ["goods", "material", "use"]
    assert "请" in found["hints"][0]["detail"]


async def test_the_number_of_headings_is_bounded(merchant: Merchant) -> None:
    two = await _suggest(merchant.client, title="Storage box", limit=2)

    assert len(two["items"]) == 2


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({"title": "Box", "limit": 21}, "/query/limit"),
        ({}, "/query/title"),
        ({"title": " "}, "/query/title"),
        ({"title": "x" * 201}, "/query/title"),
        ({"title": "Box", "colour": "red"}, "/query/colour"),
    ],
)
async def test_a_question_without_a_meaning_is_refused(
    merchant: Merchant, params: dict[str, Any], pointer: str
) -> None:
    answer = await merchant.client.get(SUGGEST, params=params)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_the_tables_of_the_database_are_those_of_the_files(db_for: Any) -> None:
    db = await db_for("catalog")
    async with db.read(PARK) as reader:
        stored = await read_classification_tables(reader)
    read = read_tables()

    assert sorted(stored.texts, key=lambda text: text.code) == sorted(
        read.texts, key=lambda text: text.code
    )
    assert set(stored.words) == set(read.words)
    assert len(stored.words) == len(read.words)
    assert set(stored.families) == set(read.families)
    for title in ("Storage tin vintage", "女士卷发假发套", "bone china mug"):
        assert Classifier(stored).suggest(title) == Classifier(read).suggest(title)


async def test_the_tree_is_walked_from_chapters_to_subheadings(merchant: Merchant) -> None:
    async def codes(**params: Any) -> list[str]:
        answer = await merchant.client.get("/v1/hs-codes", params={"limit": 200, **params})
        assert answer.status_code == 200, answer.text
        return [line["code"] for line in answer.json()["items"]]

    assert len(await codes(level=2)) == 96  # chapter 77 is kept free
    assert await codes(parent="67") == ["6701", "6702", "6703", "6704"]
    assert await codes(parent="6704") == ["670411", "670419", "670420", "670490"]
    assert "6704" in await codes(q="假发")
    assert await codes(q="WIGS, FALSE", level=4) == ["6704"]
    assert await codes(parent="6799") == []
    wrong = await merchant.client.get("/v1/hs-codes", params={"parent": "670"})
    assert wrong.status_code == 422


async def test_pages_of_the_tree_have_every_line_once(merchant: Merchant) -> None:
    seen: list[str] = []
    params: dict[str, Any] = {"parent": "85", "limit": 20}
    while True:
        page = (await merchant.client.get("/v1/hs-codes", params=params)).json()
        seen += [line["code"] for line in page["items"]]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]

    assert seen == sorted(set(seen))
    assert len(seen) == 48


@pytest.mark.parametrize(
    ("code", "level", "parent"), [("94", 2, None), ("9405", 4, "94"), ("940550", 6, "9405")]
)
async def test_a_line_of_the_tree(
    merchant: Merchant, code: str, level: int, parent: str | None
) -> None:
    line = (await merchant.client.get(f"/v1/hs-codes/{code}")).json()

    assert (line["code"], line["level"], line["parent"]) == (code, level, parent)
    assert (line["texts"]["zh-CN"] is None) == (level == 6)


async def test_a_line_that_the_tree_does_not_have(merchant: Merchant) -> None:
    for code in ("9499", "77", "x"):
        answer = await merchant.client.get(f"/v1/hs-codes/{code}")
        refused(answer, 404, "catalog.hs_code.not_found")


async def test_many_at_once_get_their_own_answers(merchant: Merchant) -> None:
    titles = ["Coffee mug", "Wig", "Umbrella", "Doormat"] * 5

    found = await asyncio.gather(*(_suggest(merchant.client, title=title) for title in titles))

    headings = [one["items"][0]["code"][:4] for one in found]
    assert headings == ["6912", "6704", "6601", "5702"] * 5


async def test_what_was_not_specified_has_no_code(merchant: Merchant) -> None:
    # Trade statistics have a chapter 99; the Harmonized System has none.
    product = await merchant.client.put("/v1/products/A-1", json=a_product(hs_code="999999"))
    refused(product, 422, "catalog.product.unknown_hs_code", "/hs_code")
    for code in ("99", "9999", "999999"):
        refused(await merchant.client.get(f"/v1/hs-codes/{code}"), 404, "catalog.hs_code.not_found")
