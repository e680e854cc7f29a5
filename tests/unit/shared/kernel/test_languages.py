"""Language tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.languages import canonical_tag, lookup


@pytest.mark.parametrize(
    ("given_tag", "written"),
    [
        ("EN", "en"),
        ("zh-cn", "zh-CN"),
        ("ZH-HANS-cn", "zh-Hans-CN"),
        ("sr-latn-rs", "sr-Latn-RS"),
        ("es-419", "es-419"),
        ("sl-ROZAJ-biske", "sl-rozaj-biske"),
        ("de-1996", "de-1996"),
        ("zh-yue-HK", "zh-yue-HK"),
        ("en-u-CA-gregory", "en-u-ca-gregory"),
        ("en-x-US", "en-x-us"),
    ],
)
def test_a_tag_is_written_as_usual(given_tag: str, written: str) -> None:
    assert canonical_tag(given_tag) == written
    assert canonical_tag(written) == written


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "e",
        "english",
        "zh_CN",
        "zh-",
        "-en",
        "en-a",
        "i-klingon",
        "x-own",
        "en\n",
        "ｅｎ",
        "en-" + "x" * 40,
    ],
)
def test_what_is_no_tag_is_refused(tag: str) -> None:
    assert canonical_tag(tag) is None


@pytest.mark.parametrize(
    ("asked", "available", "found"),
    [
        (["zh-Hans-CN"], {"zh-Hans", "zh"}, "zh-Hans"),
        (["de-AT", "en"], {"en", "de"}, "de"),
        (["fr", "en"], {"en"}, "en"),
        (["zh-Hant-x-own"], {"zh-Hant"}, "zh-Hant"),
        (["fr"], {"en"}, None),
    ],
)
def test_a_tag_is_shortened_until_a_text_fits(
    asked: list[str], available: set[str], found: str | None
) -> None:
    assert lookup(asked, available) == found


@given(tag=st.text("abcXYZ019-", max_size=20))
def test_what_is_found_begins_what_was_asked(tag: str) -> None:
    available = {"a", "ab", "a-b", "abc-X", "c"}
    found = lookup([tag], available)
    assert found is None or (tag + "-").startswith(found + "-")
