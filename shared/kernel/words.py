"""Text for people in both languages, with every placeholder filled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.kernel.errors import Locale, Text


@dataclass(frozen=True)
class Words:
    en: str
    zh: str

    @classmethod
    def of(cls, by_language: Mapping[str, str]) -> "Words":
        """From `{"en": …, "zh-CN": …}`; English stands in for Chinese that is not there."""
        return cls(by_language["en"], by_language.get("zh-CN", by_language["en"]))

    @classmethod
    def as_said(cls, words: str) -> "Words":
        """Somebody's own words, which are not translated."""
        return cls(words, words)

    def in_language(self, locale: Locale) -> str:
        return self.zh if locale == "zh-CN" else self.en

    def by_language(self) -> dict[str, str]:
        return {"en": self.en, "zh-CN": self.zh}


def either(names: Sequence[str]) -> Text:
    """One of them: `A, B or C`."""
    first, last = names[:-1], names[-1]
    if not first:
        return Text(last, last)
    return Text(f"{', '.join(first)} or {last}", f"{'、'.join(first)} 或 {last}")


def words(text: Text, **params: object) -> Words:
    """The text in both languages with its placeholders filled."""
    return Words(text.render("en", params), text.render("zh-CN", params))
