"""What products are found by: one folding, the words of a product, and what a question asks for."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.clients.pinyin import initials_of
from services.catalog.domain.products.details import Details
from services.catalog.domain.products.folding import fold, runs_and_words, tokens_of
from services.catalog.domain.products.product import Product
from services.catalog.domain.products.search_query import Condition, Fact, condition_of
from services.catalog.domain.products.search_words import search_words, searched
from services.catalog.domain.products.variants import Variant
from shared.kernel.money import Money

PRODUCT = Product(
    sku="WIG-10.BLK",
    title={"en": "Lace wig", "zh-CN": "长款假发"},
    hs_code="67041900",
    origin_country="CN",
    net_weight_g=100,
    gross_weight_g=120,
    size_mm=(300, 200, 50),
    price=Money(4999, "USD"),
    battery=False,
    synthetic=True,
    product_type="wig",
    variant=Variant("WIG", {"colour": "Jet black"}),
    gtin="06901234567892",
    details=Details(brand="Öko Haar", material="Remy hair"),
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İZMİR kilim", "izmir KILIM"),
        ("ΟΔΟΣ lamp", "οδος lamp"),
        ("Straße", "STRASSE"),
        ("ＬＥＤ　１２", "led 12"),
        ("ｶﾞﾗｽ", "ガラス"),
        ("Łódź", "lodz"),
        ("ЁЛКА", "елка"),
        ("ثَوْب أحمر", "ثوب احمر"),
        ("٣ قطع", "3 قطع"),
        ("lamp\u00ad", "lamp"),
    ],
)
def test_the_same_to_people_is_the_same_folded(one: str, other: str) -> None:
    assert fold(one).split() == fold(other).split()


@pytest.mark.parametrize("text", ["हिन्दी कपड़े", "ผ้าไหม", "美しいランプ", "한국어", "がか"])
def test_marks_that_make_another_letter_are_kept(text: str) -> None:
    assert fold(text) == unicodedata.normalize("NFKC", text)


@given(st.text(max_size=30))
def test_folding_forgets_case_and_form_and_is_stable(text: str) -> None:
    folded = fold(text)

    assert fold(folded) == folded
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert fold(unicodedata.normalize(form, text)) == folded
    assert not any("A" <= character <= "Z" for character in folded)


@given(st.text(max_size=30))
def test_both_ways_to_cut_text_into_words_agree(text: str) -> None:
    folded = fold(text)

    assert [run or word for run, word in runs_and_words(folded)] == [
        token.text for token in tokens_of(folded)
    ]


def test_a_product_has_words_for_all_that_it_is_found_by() -> None:
    made = search_words(PRODUCT, "mer_1", initials_of)

    assert set(made.words.split(" ")) == {
        *("lace", "wig", "长款", "款假", "假发", "发", "CK", "KJ", "JF", "KX", "XF"),
        *("10", "blk", "wig10blk", "67041900", "6901234567892", "jet", "black"),
        *("oko", "haar", "remy", "hair"),
        *(":of:mer_1", ":hs:67041900", ":from:CN", ":battery:no", ":type:wig", ":parent:WIG"),
        *(":gtin:6901234567892", ":brand:oko_haar"),
    }
    assert made.folded == (
        " lace wig | 长款假发 | wig 10 blk | wig10blk | 67041900 | 6901234567892 | oko haar"
        " | remy hair | jet black | CKJF CKXF "
    )


@pytest.mark.parametrize(
    ("run", "initials"),
    [
        ("假发", ["jx", "f"]),
        ("重庆", ["c", "q"]),
        ("行", ["xh"]),
        ("长发", ["c", "f"]),
        ("美しい", ["m", "", ""]),
        ("々", [""]),
    ],
)
def test_characters_have_the_initials_of_their_readings(run: str, initials: list[str]) -> None:
    assert initials_of(run) == initials


def test_only_chinese_titles_have_initials() -> None:
    japanese = replace(PRODUCT, title={"en": "Lace wig", "ja": "長髪"})

    assert not {"CF", "ZF"} & set(search_words(japanese, "mer_1", initials_of).words.split(" "))


@given(st.dictionaries(st.sampled_from(["en", "zh-CN", "th"]), st.text(max_size=220), max_size=3))
def test_words_hold_nothing_that_has_a_meaning_to_postgresql(title: dict[str, str]) -> None:
    made = search_words(replace(PRODUCT, title=title), "mer_1", initials_of)

    assert all(made.words.split(" "))
    assert not set("'\\\"&|!()<>*") & set(made.words)
    assert max(len(word.encode()) for word in made.words.split(" ")) < 2046


def test_what_is_not_searched_makes_no_new_words() -> None:
    assert searched(replace(PRODUCT, price=Money(1, "USD"), net_weight_g=1)) == searched(PRODUCT)
    assert searched(replace(PRODUCT, gtin=None)) != searched(PRODUCT)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("假发", Condition("'假发'")),
        ("发", Condition("'发':*")),
        ("化妆刷", Condition("'化妆' & '妆刷'", ("%化妆刷%",))),
        ("lamp shade", Condition("'lamp' & 'shade':*")),
        ("lamp shade ", Condition("'lamp' & 'shade'")),
        ("蓝牙speaker", Condition("'蓝牙' & 'speaker':*")),
        ("WIG-10", Condition("'10':* & 'wig'", ("% wig 10%",))),
        ("wig b", Condition("'wig'", ("% b%",))),
        ("jf", Condition("('jf':* | ('JF'))")),
        ("hzs", Condition("('hzs':* | ('HZ' & 'ZS'))", (), ("% hzs%", "%HZS%"))),
        ("6901 lamp x", Condition("'6901':* & 'lamp'", ("% x%",))),
        ("06901234567892", Condition("('06901234567892':* | '6901234567892':*)")),
        ("a'b\\ & | !(c", Condition("'a' & 'b' & 'c':*", ("% a b %",))),
        ("' & | ! ( ) :* <->", None),
    ],
)
def test_a_question_asks_for_words(q: str, expected: Condition | None) -> None:
    assert condition_of(q) == expected


def test_a_long_question_asks_the_index_for_its_longest_words() -> None:
    words = [f"w{'x' * number}" for number in range(1, 60)]

    asked = condition_of(" ".join([*words, ""]))

    assert asked is not None
    assert asked.words.count("&") == 11
    assert f"'{words[-1]}'" in asked.words
    assert len(asked.pieces) == 59 - 12


def test_what_a_product_is_begins_as_no_question_does() -> None:
    """`from` and `battery` are words, too, and the last word of a question goes on."""
    words = search_words(PRODUCT, "mer_1", initials_of).words.split()

    facts = [word for word in words if ":" in word]
    assert len(facts) == 8
    assert {word[0] for word in facts} == {":"}
    assert condition_of(":from:") == condition_of("from :")


def test_filters_are_words_beside_the_question() -> None:
    facts = [Fact("hs", "6704", begins=True), Fact("type", "wig")]

    asked = condition_of("lamps and", facts, merchant_id="mer_1")

    assert asked == Condition("':of:mer_1' & ':hs:6704':* & ':type:wig' & 'and':* & 'lamps'")
