"""What may be missing, in words."""

import pytest

from services.customs.domain.declarations import missing as words
from services.customs.domain.declarations.missing import Missing


@pytest.mark.parametrize(
    "one",
    [value for value in vars(words).values() if isinstance(value, Missing)],
    ids=lambda one: one.code,
)
def test_what_is_missing_is_said_in_both_languages(one: Missing) -> None:
    english = (one.detail.render("en", {}), one.remedy.render("en", {}))
    chinese = (one.detail.render("zh-CN", {}), one.remedy.render("zh-CN", {}))

    assert all(text.isascii() for text in english)
    assert all(any("\u4e00" <= character <= "\u9fff" for character in text) for text in chinese)
