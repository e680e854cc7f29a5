"""What a title says, which headings follow from it, and why."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.classifications.evidence import Ground, Known
from services.catalog.domain.classifications.suggestion import Classifier, Confidence, Hint
from services.catalog.domain.classifications.tables import (
    ClassificationTables,
    FamilyCode,
    HsText,
    Kind,
    TradeWord,
)
from services.catalog.domain.classifications.words import key_of

MUG, GLASSWARE, STEELWARE, BAG = "6912", "7013", "7323", "4202"
DOILY, WIG, SPANNER = "4823", "6704", "8204"


def _words(kind: Kind, target: str, *words: str, feature: str = "") -> list[TradeWord]:
    return [
        TradeWord(kind, "en" if word.isascii() else "zh", word, target, feature) for word in words
    ]


TABLES = ClassificationTables(
    texts=[
        HsText("69", 2, "Ceramic products", "陶瓷"),
        HsText("6912", 4, "Ceramic tableware, kitchenware", "陶瓷餐具"),
        HsText("691200", 6, "Ceramic tableware, of other than porcelain", None),
        HsText("7013", 4, "Glassware of a kind used for table or kitchen", "玻璃餐具"),
        HsText("701337", 6, "Drinking glasses, other than of lead crystal", None),
        HsText("701399", 6, "Glassware; n.e.c. in heading no. 7013", None),
        HsText("7323", 4, "Iron or steel; table, kitchen and household articles", "钢铁家用品"),
        HsText("732393", 6, "Steel, stainless; table, kitchen articles", None),
        HsText("732394", 6, "Steel, enamelled; table, kitchen articles", None),
        HsText("4202", 4, "Trunks, suit-cases, bags", "箱包、购物袋"),
        HsText("420291", 6, "Bags, with outer surface of leather", None),
        HsText("420292", 6, "Bags, with outer surface of textile materials", None),
        HsText("4823", 4, "Paper, paperboard; articles (excluding mugs)", "其他纸制品"),
        HsText("482390", 6, "Paper; articles n.e.c.", None),
        HsText("482369", 6, "Paper; trays", None),
        HsText("6704", 4, "Wigs, false beards", "假发、假睫毛"),
        HsText("670411", 6, "Wigs; of synthetic textile materials", None),
        HsText("670420", 6, "Wigs; of human hair", None),
        HsText("8204", 4, "Spanners and wrenches; hand-operated", "扳手"),
        HsText("820411", 6, "Spanners; hand-operated, non-adjustable", None),
        HsText("820412", 6, "Spanners; hand-operated, adjustable", None),
    ],
    words=[
        *_words(Kind.PRODUCT, "tableware", "mug", "coffee mug", "马克杯", feature="ceramic"),
        *_words(Kind.PRODUCT, "bag", "bag", "lunch bag", feature="textile"),
        *_words(Kind.PRODUCT, DOILY, "doily"),
        *_words(Kind.PRODUCT, SPANNER, "spanner", "wing-nut key", "wingnut key"),
        *_words(Kind.PRODUCT, "wig", "wig", "假发", feature="synthetic"),
        *_words(Kind.PRODUCT, "701337", "glass"),
        *_words(Kind.PRODUCT, BAG, "T恤包"),
        *_words(Kind.MOTIF, DOILY, "star"),
        *_words(Kind.FEATURE, "ceramic", "ceramic"),
        *_words(Kind.FEATURE, "glass", "glass", "玻璃"),
        *_words(Kind.FEATURE, "leather", "leather", "真皮"),
        *_words(Kind.FEATURE, "human hair", "human hair", "真人发"),
        *_words(Kind.FEATURE, "crystal", "crystal"),
        *_words(Kind.FEATURE, "metal", "metal"),
        *_words(Kind.PARENT, "glass", "crystal"),
        *_words(Kind.PARENT, "metal", "steel"),
        *_words(Kind.NOISE, "pattern", "vintage", "red"),
        *_words(Kind.BREAK, "", "with", "in"),
    ],
    families=[
        FamilyCode("tableware", "ceramic", "6912", 1.0),
        FamilyCode("tableware", "glass", "7013", 0.3),
        FamilyCode("tableware", "steel", "7323", 0.3),
        FamilyCode("bag", "textile", "420292", 1.0),
        FamilyCode("bag", "leather", "420291", 0.3),
        FamilyCode("wig", "synthetic", "670411", 1.0),
        FamilyCode("wig", "human hair", "670420", 0.9),
    ],
)
CLASSIFIER = Classifier(TABLES)


def _headings(title: str, material: str = "") -> Sequence[str]:
    found = CLASSIFIER.suggest(title, material=material)
    return [item.code[:4] for item in found.items]


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("RED VINTAGE MUG", MUG),
        ("Coffee mugs", MUG),
        ("COFFEEMUG RED", MUG),
        ("vintagemug", MUG),
        ("红色马克杯 带盖", MUG),
        ("Glass mug", GLASSWARE),
        ("玻璃马克杯", GLASSWARE),
        ("crystal mug", GLASSWARE),
        ("RED GLASS", GLASSWARE),
        ("MUG WITH GLASS BAG", MUG),
        ("Glass, mug", GLASSWARE),
        ("MUG, BAG", MUG),
        # What may be a material is the goods only if nothing else is.
        ("BAG GLASS", BAG),
        # The head is the last of the goods …
        ("MUG BAG", BAG),
        # … but one word behind a name of two is the pattern, unless it follows at once.
        ("LUNCH BAG VINTAGE DOILY", BAG),
        ("LUNCH BAG DOILY", DOILY),
        ("STAR MUG", MUG),
        ("STAR", DOILY),
        ("T恤包 女", BAG),
        # Cut off at the end of a column.
        ("RED VINTAGE SPANNE", SPANNER),
        # Metal is steel before it is the ceramic that a mug is assumed to be.
        ("metal mug", STEELWARE),
        # Between two spaces the last of the goods counts, also around Latin letters.
        ("马克杯LED假发", WIG),
        ("马克杯 LED假发", MUG),
        # No word of the trade, but a text of the tariff.
        ("adjustable wrench", SPANNER),
    ],
)
def test_the_first_heading_of_a_title(title: str, heading: str) -> None:
    assert _headings(title)[0] == heading


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("T-light holder", "tlight holders"),
        ("Cookies", "cooky"),
        ("boxes", "box"),
        ("children's", "childrens"),
        ("Ｔ恤", "t恤"),
        ("Crème", "creme"),
    ],
)
def test_spellings_of_one_word_have_one_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize("word", ["glass", "dress", "cactus", "chassis", "tie", "gas"])
def test_an_s_that_is_no_plural_stays(word: str) -> None:
    assert key_of(word) == word


def test_a_material_that_is_given_counts_before_the_titles() -> None:
    assert _headings("ceramic mug", "glass")[0] == GLASSWARE
    assert _headings("mug", "玻璃")[0] == GLASSWARE


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("leather bag", "420291"),
        ("bag", "420292"),
        ("真人发 假发", "670420"),
        # Both kinds of wig are about as likely.
        ("wig", "6704"),
        # The only subheading needs no words.
        ("mug", "691200"),
        ("adjustable wrench", "820412"),
    ],
)
def test_the_subheading_is_named_where_the_words_decide_it(title: str, code: str) -> None:
    assert CLASSIFIER.suggest(title).items[0].code == code


def test_reasons_say_what_is_known_and_what_is_assumed() -> None:
    assumed = CLASSIFIER.suggest("red mug").items
    first, second = assumed[0].reasons[0], assumed[1].reasons[0]
    named = CLASSIFIER.suggest("red glass mug").items[0].reasons[0]

    assert (first.said, first.features, first.known) == ("mug", ("ceramic",), Known.ASSUMED)
    assert (second.features, second.known) == (("glass",), Known.POSSIBLE)
    assert (named.features, named.known) == (("glass",), Known.NAMED)
    assert CLASSIFIER.suggest("red mug").hints == (Hint.MATERIAL,)
    assert CLASSIFIER.suggest("red glass mug").hints == ()


def test_a_word_of_a_text_is_a_reason_in_both_languages() -> None:
    english = CLASSIFIER.suggest("false beards").items[0].reasons[0]
    chinese = CLASSIFIER.suggest("假睫毛").items[0].reasons[-1]

    assert (english.ground, english.language) == (Ground.HS_TEXT, "en")
    assert (chinese.ground, chinese.language) == (Ground.HS_TEXT, "zh")


def test_words_about_what_is_not_meant_are_not_matched() -> None:
    assert DOILY not in _headings("mugs")


@pytest.mark.parametrize(
    "title",
    ["xyzzy", "Дом", "!!!", "vintage red", "in", "leather", "tray bbb ccc ddd"],
)
def test_what_no_word_tells_is_unknown_rather_than_a_guess(title: str) -> None:
    found = CLASSIFIER.suggest(title)

    assert (found.items, found.confidence) == ((), Confidence.UNKNOWN)
    assert Hint.GOODS in found.hints


def test_confidence_falls_with_what_the_title_leaves_open() -> None:
    named, assumed = CLASSIFIER.suggest("glass mug"), CLASSIFIER.suggest("mug")
    by_text = CLASSIFIER.suggest("hand-operated vintage thing")

    assert named.confidence is Confidence.HIGH
    assert assumed.confidence is Confidence.MEDIUM
    assert by_text.confidence is Confidence.LOW


def test_the_order_of_the_rows_changes_nothing() -> None:
    turned = Classifier(
        ClassificationTables(TABLES.texts[::-1], TABLES.words[::-1], TABLES.families[::-1])
    )
    for title in ("red mug", "wing nut key", "T恤包", "adjustable wrench", "假发"):
        assert turned.suggest(title) == CLASSIFIER.suggest(title)


@given(
    title=st.text(max_size=200)
    | st.lists(st.sampled_from(["mug", "玻璃", "bag", "a"])).map("".join),
    material=st.text(max_size=50),
    limit=st.integers(1, 20),
)
def test_any_text_gives_ordered_suggestions_with_scores_and_reasons(
    title: str, material: str, limit: int
) -> None:
    found = CLASSIFIER.suggest(title, material=material, limit=limit)

    scores = [item.score for item in found.items]
    headings = [item.code[:4] for item in found.items]
    assert len(found.items) <= limit
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert len(set(headings)) == len(headings)
    assert all(item.reasons and item.code in CLASSIFIER.texts for item in found.items)
    assert (found.confidence is Confidence.UNKNOWN) == (not found.items)


def test_only_one_suggestion_can_be_sure() -> None:
    # Two headings as likely as each other: neither leads.
    rival = TradeWord(Kind.PRODUCT, "en", "doily", WIG, "")
    tied = Classifier(replace(TABLES, words=[*TABLES.words, rival]))

    first, second, *_ = tied.suggest("doily", limit=20).items

    assert first.score == second.score
    assert {first.confidence, second.confidence} == {Confidence.LOW}
    after_a_sure_one = Classifier(TABLES).suggest("star mug", limit=20).items[1:]
    assert {item.confidence for item in after_a_sure_one} <= {Confidence.LOW}


def test_a_word_was_cut_off_only_where_nothing_but_noise_follows() -> None:
    assert _headings("spanne")[0] == SPANNER
    assert _headings("spanne red vintage")[0] == SPANNER
    # An unknown word within a title is no guess at one that begins like it.
    assert _headings("spanne 9000") == []
    assert _headings("spanne mug")[0] == MUG
