"""Descriptions out of shop systems, and what else is in them."""

import pytest

from services.catalog.domain.imports.html import is_html, text_of_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Red <b>mug</b></p><ul><li>350 ml</li></ul>", "Red mug\n- 350 ml"),
        ("<p><![if !supportLists]>·<![endif]> From Word</p>", "· From Word"),
        ("<div>a<![CDATA[>b<![if><![foo]>c</div>", "abc"),
        ("<p>fits</p> 5 < 6 &amp; <a", "fits\n5 < 6 & <a"),
        ("<!-- x --><br>y", "y"),
    ],
)
def test_text_is_what_a_browser_shows(html: str, text: str) -> None:
    assert is_html(html)
    assert text_of_html(html) == text


@pytest.mark.parametrize("piece", ["<a ", "<!--", "</a ", "<a b=", "&"])
def test_tags_without_an_end_do_not_take_forever(piece: str) -> None:
    text_of_html("<p>x</p>" + piece * (150_000 // len(piece)))
