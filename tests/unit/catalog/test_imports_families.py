"""Rows of one article: found in the cells, and the same wherever a chunk ends or a run begins."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.imports import ImportKind, SheetRow, documents, match_columns
from services.catalog.domain.imports.axes import axes_of_theme, axis_of
from services.catalog.domain.imports.families import in_families, parent_sku_of
from services.catalog.domain.imports.mapping import ColumnMapping
from services.catalog.domain.imports.rows import Subject
from services.catalog.use_cases.imports.taking import Chunk
from tests.support.sheets import rows_of

_SHOPIFY = (
    *("Handle", "Title", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value"),
    *("Variant SKU", "Variant Price", "Image Src", "Variant Image"),
)


@pytest.mark.parametrize(
    ("theme", "axes"),
    [
        ("SizeColor", ("size", "color")),
        ("COLOR_NAME-SIZE_NAME", ("color", "size")),
        ("Color", ("color",)),
        ("colorsize", ("color", "size")),
        ("Size/Colour", ("size", "color")),
        ("颜色-尺码", ("color", "size")),
        ("ItemPackageQuantity", ("quantity",)),
        ("STYLE_NAME", ("style",)),
        ("Lens Width", ("lens", "width")),
        ("", ()),
    ],
)
def test_theme_names_axes(theme: str, axes: tuple[str, ...]) -> None:
    assert axes_of_theme(theme) == axes


@pytest.mark.parametrize(
    ("name", "axis"),
    [
        ("Colour", "color"),
        ("颜色分类", "color"),
        ("pa_color", "color"),
        ("Farbe", "farbe"),
        ("Größe", "groe"),
        ("2nd choice", "nd_choice"),
        ("香型", "option_2"),
    ],
)
def test_axis_has_a_name_that_an_axis_can_have(name: str, axis: str) -> None:
    assert axis_of(name, 2) == axis


@given(st.text(max_size=40))
def test_any_name_is_an_axis(name: str) -> None:
    axis = axis_of(name)

    assert 1 <= len(axis) <= 30
    assert axis[0] in "abcdefghijklmnopqrstuvwxyz"
    assert set(axis) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")


@given(st.text(min_size=1, max_size=300))
def test_any_handle_is_a_sku_of_a_parent_and_always_the_same(handle: str) -> None:
    sku = parent_sku_of(handle)

    assert len(sku) <= 100
    assert sku[0] not in ".-"
    assert sku == parent_sku_of(handle)
    assert sku.isascii()


def test_handles_that_look_alike_are_different_parents() -> None:
    assert parent_sku_of("mug") == "mug"
    assert parent_sku_of("tasse-weiß") != parent_sku_of("tasse-wei-")


def _mapping(rows: Sequence[SheetRow]) -> ColumnMapping:
    return match_columns(_SHOPIFY, ImportKind.PRODUCTS, {}, sample=rows)


def _families(rows: Sequence[SheetRow]) -> list[SheetRow]:
    return list(in_families(iter(rows), _mapping(rows), lambda: iter(rows)))


def test_rows_of_a_handle_share_what_the_first_one_says() -> None:
    rows = rows_of(
        ("shirt", "Shirt", "Size", "S", "", "", "A-S", "9", "https://m.example/1.jpg", ""),
        ("shirt", "", "", "M", "", "", "A-M", "9", "", ""),
        ("shirt", "", "", "", "", "", "", "", "https://m.example/2.jpg", ""),
        ("", "", "", "", "", "", "", "", "https://m.example/3.jpg", ""),
        ("mug", "Mug", "Title", "Default Title", "", "", "MUG", "5", "", ""),
    )
    found = _families(rows)

    parts = [row.part for row in found]
    assert [part and part.subject for part in parts] == [
        *(Subject.PARENT, Subject.PRODUCT, Subject.PRODUCT, Subject.PICTURES, Subject.PICTURES),
        Subject.PRODUCT,
    ]
    assert [row.line for row in found] == [2, 2, 3, 4, 5, 6]
    read = list(documents(found, _mapping(rows)))
    assert read[0].axes == ("size",)
    assert [one["url"][-5:] for one in read[0].document["media"]] == ["1.jpg", "2.jpg", "3.jpg"]
    assert read[2].document["title"] == {"en": "Shirt"}
    assert (read[2].document["parent_sku"], read[2].document["options"]) == ("shirt", {"size": "M"})
    assert "parent_sku" not in read[5].document
    assert "options" not in read[5].document


def test_more_pictures_than_a_product_can_have_are_left_out_with_a_warning() -> None:
    first = ("mug", "Mug", "", "", "", "", "MUG", "5", "https://m.example/0.jpg", "")
    more = [("mug", *[""] * 7, f"https://m.example/{number}.jpg", "") for number in range(1, 25)]
    rows = rows_of(first, *more)

    (read, *_) = documents(_families(rows), _mapping(rows))

    assert len(read.document["media"]) == 20
    assert [one.code for one in read.findings] == ["catalog.row.pictures_left_out"]


def test_pictures_of_an_article_come_apart_as_those_of_any_row() -> None:
    cell = "https://m.example/0.jpg、https://m.example/1.jpg, https://m.example/2.jpg"
    rows = rows_of(("mug", "Mug", "", "", "", "", "MUG", "5", cell, ""))

    (read,) = documents(_families(rows), _mapping(rows))

    assert [one["url"] for one in read.document["media"]] == [
        f"https://m.example/{number}.jpg" for number in range(3)
    ]


_ARTICLES = st.lists(
    st.tuples(st.booleans(), st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=8
)


def _sheet(articles: Sequence[tuple[bool, int, int]]) -> list[SheetRow]:
    """`articles`: whether it has choices, its variants, its further pictures."""
    cells: list[tuple[str, ...]] = []
    for number, (has_choices, variants, pictures) in enumerate(articles):
        handle = f"article-{number}"
        name, value = ("Size", "{}") if has_choices else ("Title", "Default Title")
        for variant in range(variants if has_choices else 1):
            first = variant == 0
            title, option = (f"Article {number}", name) if first else ("", "")
            own = (value.format(variant), "", "", f"A-{number}-{variant}", "5")
            url = f"https://m.example/{number}.jpg" if first else ""
            cells.append((handle, title, option, *own, url, ""))
        cells += [
            (handle, *[""] * 7, f"https://m.example/{number}-{picture}.jpg", "")
            for picture in range(pictures)
        ]
    return rows_of(*cells)


@given(_ARTICLES, st.integers(1, 6), st.integers(0, 40))
def test_a_run_that_begins_after_any_chunk_sees_the_same_articles(
    articles: list[tuple[bool, int, int]], rows_max: int, broken_off_after: int
) -> None:
    rows = _sheet(articles)
    mapping = _mapping(rows)
    whole = _families(rows)

    def chunks(begin: Iterator[SheetRow]) -> Iterator[list[SheetRow]]:
        families = in_families(begin, mapping, lambda: iter(rows))
        while chunk := Chunk(rows_max).take(families):
            yield chunk

    done: list[SheetRow] = []
    for number, chunk in enumerate(chunks(iter(rows))):
        if number == broken_off_after:
            break
        done += chunk
    reached = done[-1].line if done else 0
    for chunk in chunks(iter([row for row in rows if row.line > reached])):
        done += chunk

    assert done == whole
