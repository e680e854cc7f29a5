"""What people read contains nothing invisible, and every script can be written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from shared.documents import text as text_rules
from shared.documents.faults import invalid_model
from shared.documents.text import Line
from shared.telemetry.logging import visible


class Named(BaseModel):
    name: Line


def code(name: str) -> str | None:
    try:
        Named(name=name)
    except ValidationError as error:
        return invalid_model(error).problems[0].code
    return None


@pytest.mark.parametrize(
    "name",
    [
        "lamp\u202egnp.exe",
        "lamp\u2066x",
        "la\u200bmp",
        "lamp\ufeff2",
        "pay\u200cpal",
        "pay\u200dpal",
        "\u200d灯",
        "a\u0085b",
        "a\u2028b",
        "a\x9bb",
        "a\x1bb",
        "a\tb",
        "soft\u00adhyphen",
        "lamp\u3164",  # Hangul filler, printable by its class
        "lamp\u2800",  # Braille without a dot
        "la\u034fmp",
        "lamp\U000e0041\U000e0042",  # tags: a second text nobody sees
        "lamp\ufe0f\ufe01\ufe02",  # selectors, one for each hidden byte
        "lamp\U000e0100\U000e0101",
    ],
)
def test_what_cannot_be_seen_is_refused(name: str) -> None:
    assert code(name) == "field.unseen_character"


@pytest.mark.parametrize(
    "name",
    [
        "白色心形烛台\u3000大",
        "می\u200cخواهم",  # Persian: I want
        "क्\u200dष",  # Devanagari half form
        "👩\u200d👩\u200d👧 mug",
        "🏳\ufe0f\u200d🌈 flag",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f Scotland",
        "1\ufe0f\u20e3 set",
        "葛\U000e0100",  # one form of a Han character
        "İZMİR kilim",
        "café\u0301",
        "מנורה\u200f 12 V",
    ],
)
def test_what_people_write_is_taken(name: str) -> None:
    assert code(name) is None


@given(st.text(min_size=1, max_size=20))
def test_no_line_that_is_taken_holds_a_control_or_an_override(name: str) -> None:
    if code(name) is None:
        taken = Named(name=name).name
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in taken)
        assert not any(
            unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI"}
            for c in taken
        )


@given(st.text(max_size=20))
def test_a_logged_text_moves_no_terminal(text: str) -> None:
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in visible(text))


def test_usual_text_is_what_the_whole_rule_lets_pass() -> None:
    for number in range(0x110000):
        for text in (f"灯{chr(number)}", f"a{chr(number)}b", chr(number) * 2):
            if text_rules._is_plain(text):
                assert text_rules._REFUSED.search(text) is None, hex(number)
