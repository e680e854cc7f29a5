"""What a market is shown of a product: layers, languages, attributes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.overlays.merging import (
    Found,
    Layer,
    Sheet,
    languages_wanted,
    merge,
    text_for,
)
from services.catalog.domain.products.details import Media, MediaRole
from services.catalog.domain.reference import Store, markets_of
from shared.kernel.languages import best

TAGS = ("en", "en-GB", "de", "de-AT", "de-DE", "zh", "zh-CN", "zh-Hant-TW", "fr", "pt-PT")
LAYERS = (Layer.OVERLAY, Layer.PRODUCT, Layer.PARENT)
tags = st.sampled_from(TAGS)
texts = st.dictionaries(tags, st.sampled_from("abcdef"), max_size=4)
lists_of_sheets = st.lists(
    st.tuples(st.sampled_from(LAYERS), texts), min_size=1, max_size=3, unique_by=lambda s: s[0]
).map(lambda given: sorted(given, key=lambda one: LAYERS.index(one[0])))


def prefixes(tag: str) -> list[str]:
    """Of a tag without single letters: zh-Hant-TW, zh-Hant, zh."""
    parts = tag.split("-")
    return ["-".join(parts[:n]) for n in range(len(parts), 0, -1)]


def by_the_rule(
    said: list[tuple[Layer, dict[str, str]]], wanted: list[str]
) -> tuple[str, str, Layer] | None:
    """Written from the rule: all (language, layer) in the order in which a reader wants them."""
    known = sorted({tag for _, by_tag in said for tag in by_tag})
    order = []
    for tag in wanted:
        order += [t for t in prefixes(tag) if t in known]
        order += [t for t in known if t.split("-")[0] == tag.split("-")[0]]
    for tag in order:
        for layer, by_tag in said:
            if tag in by_tag:
                return by_tag[tag], tag, layer
    for layer, by_tag in said:
        for tag in sorted(by_tag):
            return by_tag[tag], tag, layer
    return None


@given(lists_of_sheets, st.lists(tags, max_size=4))
def test_language_comes_before_layer(
    said: list[tuple[Layer, dict[str, str]]], wanted: list[str]
) -> None:
    sheets = [Sheet(layer, title=by_tag) for layer, by_tag in said]

    title = merge(sheets, wanted).title

    expected = by_the_rule(said, wanted)
    assert (None if title is None else (title.value, title.language, title.layer)) == expected


@given(lists_of_sheets, st.lists(tags, max_size=3))
def test_every_kind_of_text_is_chosen_alike(
    said: list[tuple[Layer, dict[str, str]]], wanted: list[str]
) -> None:
    found = merge(
        [
            Sheet(
                layer,
                title=by_tag,
                description=by_tag,
                highlights={tag: (line,) for tag, line in by_tag.items()},
                warnings={tag: (line,) for tag, line in by_tag.items()},
            )
            for layer, by_tag in said
        ],
        wanted,
    )

    assert found.description == found.title
    assert found.warnings == found.highlights
    assert found.title is None or found.highlights == Found(
        (found.title.value,), found.title.layer, found.title.language
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(LAYERS), st.none() | st.sampled_from("ab")),
        unique_by=lambda s: s[0],
    )
)
def test_what_is_no_text_is_the_uppermost(said: list[tuple[Layer, str | None]]) -> None:
    said.sort(key=lambda one: LAYERS.index(one[0]))
    picture = {"a": (Media("https://a", MediaRole.MAIN),), "b": ()}
    found = merge(
        [
            Sheet(layer, brand=one, material=one, media=None if one is None else picture[one])
            for layer, one in said
        ],
        ["en"],
    )

    named = [(one, layer) for layer, one in said if one is not None]
    if named:
        assert found.brand == found.material == Found(*named[0])
        assert found.media == Found(picture[named[0][0]], named[0][1])
    else:
        assert (found.brand, found.material, found.media) == (None, None, None)


ATTRIBUTES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    # overlay, product, parent → by name the value and its layer
    ({}, {"a": 1}, {"b": 2}, {"a": (1, "product"), "b": (2, "parent")}),
    ({}, {"a": 1}, {"a": 2}, {"a": (1, "product")}),
    ({"a": 3}, {"a": 1}, {"a": 2}, {"a": (3, "overlay")}),
    ({"a": None}, {"a": 1}, {"a": 2}, {}),
    ({"a": None}, {}, {}, {}),
    ({"a": {"x": None, "y": 2}}, {"a": {"x": 1, "z": 3}}, {}, {"a": ({"y": 2, "z": 3}, "overlay")}),
    ({"a": {"x": 1}}, {"a": 5}, {}, {"a": ({"x": 1}, "overlay")}),
    ({}, {"a": {"x": 1}}, {"a": {"y": 2}}, {"a": ({"x": 1}, "product")}),
]


@pytest.mark.parametrize(("overlay", "product", "parent", "expected"), ATTRIBUTES)
def test_attributes_are_found_one_by_one(
    overlay: dict[str, Any],
    product: dict[str, Any],
    parent: dict[str, Any],
    expected: dict[str, Any],
) -> None:
    sheets = [
        Sheet(layer, attributes=given)
        for layer, given in zip(LAYERS, (overlay, product, parent), strict=True)
    ]

    found = merge(sheets, ["en"]).attributes

    assert {n: (one.value, one.layer.value) for n, one in found.items()} == expected


@pytest.mark.parametrize(
    ("wanted", "available", "found"),
    [
        (["de-DE"], ["de", "en"], "de"),
        (["zh"], ["en", "zh-CN"], "zh-CN"),
        (["pt-BR", "en"], ["en", "pt-PT"], "pt-PT"),
        (["de", "fr"], ["en", "fr"], "fr"),
        (["den"], ["de"], None),
        ([], ["en"], None),
    ],
)
def test_the_best_language(wanted: list[str], available: list[str], found: str | None) -> None:
    assert best(wanted, available) == found


def test_any_text_is_better_than_none() -> None:
    assert text_for({"fr": "b", "es": "a"}, ["de", "en"]) == ("es", "a")
    assert text_for({}, ["de"]) is None


def test_the_languages_of_a_market_follow_the_one_asked_for() -> None:
    assert languages_wanted("de", ("fr-BE", "en")) == ("de", "fr-BE", "en")
    assert languages_wanted(None, ()) == ("en",)


@pytest.mark.parametrize(
    ("named", "tags_of_market"),
    [
        ("English + French (en_CA, fr_CA)", ("en-CA", "fr-CA")),
        ("Japanese (ja_JP; en, zh_CN)", ("ja-CA",)),
        ("English (en_IN), Hindi", ("en-CA", "hi-CA")),
        ("Dutch + French (no _BE locale)", ("nl-CA", "fr-CA")),
    ],
)
def test_what_a_market_reads_is_read_from_its_stores(
    named: str, tags_of_market: tuple[str, ...]
) -> None:
    store = a_store(languages=named)

    (market,) = markets_of([store, a_store(languages=named, code="direct")]).values()

    assert market.languages == tags_of_market
    assert market.currencies == ("CAD",)


def a_store(**changes: Any) -> Store:
    facts: dict[str, Any] = dict.fromkeys(Store.__dataclass_fields__)
    facts |= {"country": "CA", "currency": "CAD"}
    return Store(**(facts | changes))
