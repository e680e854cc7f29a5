"""Every code and every class of fault is explained: meaning, cause, whose move, what to do."""

from dataclasses import fields

import pytest

from services.customs.domain.receipts.meanings import (
    MEANING_OF_CODE,
    MEANING_OF_RETRY,
    meaning_of,
)
from services.customs.domain.receipts.retry import CODES_BY_RETRY, Retry
from shared.kernel.errors import Text

# Codes of the receipts' tables that are not negative.
CODES = "1 2 3 4 100 120 300 399 500 505 600 800 899".split()
# Of each class, and whose move it is then.
OWNERS = {
    "transient": "us",
    "data": "merchant",
    "security": "us",
    "certificate": "park",
    "stale": "nobody",
    "too_much": "us",
    "already_there": "nobody",
    "state": "park",
    "unknown_document": "park",
    "not_found": "park",
    "several_found": "park",
    "empty": "us",
    "unclassified": "park",
}
PORT_CODES = [
    (code, retry) for retry, codes in CODES_BY_RETRY.items() for code in codes if code[0] == "-"
]


def test_every_code_and_every_class_has_a_meaning() -> None:
    assert set(MEANING_OF_CODE) == set(CODES)
    assert set(MEANING_OF_RETRY) == set(Retry)


@pytest.mark.parametrize("code", [*CODES, "-621099", "999", ""])
def test_it_is_said_in_both_languages(code: str) -> None:
    meaning = meaning_of(code)

    for field in fields(meaning):
        text = getattr(meaning, field.name)
        if isinstance(text, Text):
            assert text.en.isascii()
            assert any("\u4e00" <= character <= "\u9fff" for character in text.zh)


@pytest.mark.parametrize(("code", "retry"), PORT_CODES)
def test_a_refusal_is_explained_by_its_class(code: str, retry: Retry) -> None:
    assert meaning_of(code).owner == OWNERS[retry]


@pytest.mark.parametrize("retry", list(Retry))
def test_the_texts_of_the_classes_differ(retry: Retry) -> None:
    same = [one for one, m in MEANING_OF_RETRY.items() if m.text == MEANING_OF_RETRY[retry].text]

    assert same == [retry]


def test_an_unknown_refusal_and_an_unknown_code_have_different_meanings() -> None:
    assert meaning_of("-621099") == meaning_of("-1")
    assert meaning_of("-621099") != meaning_of("999")
    assert meaning_of("-621099", "[Code:1301;Desc:busy]").owner == "us"


def test_a_code_means_something_else_about_a_cancellation() -> None:
    assert "cancelled" in meaning_of("399", message_type="CEB606").text.en
    assert "declined" in meaning_of("100", message_type="CEB606").text.en
    assert meaning_of("3", message_type="CEB606") == meaning_of("3")


@pytest.mark.parametrize("message_type", "CEB304 CEB404 CEB506 CEB508 CEB510 CEB608 CEB216".split())
@pytest.mark.parametrize("code", ["120", "399"])
def test_after_a_document_that_is_only_entered_nothing_more_is_to_come(
    message_type: str, code: str
) -> None:
    meaning = meaning_of(code, message_type=message_type)

    assert (meaning.owner, meaning.remedy.en) == ("nobody", "Nothing to do.")
    assert meaning_of(code, message_type="CEB604").owner == "customs"
