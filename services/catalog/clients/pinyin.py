"""Initials of Chinese characters as they are read. The readings are those of pypinyin's dictionary;
its own converter takes 100 µs and more for a title, these tables a few.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

# The dictionary names every reading that ever was; the first two are those that people know.
_READINGS_MAX: Final = 2
_PHRASE_CHARS_MAX: Final = 4


@dataclass(frozen=True, slots=True)
class _Readings:
    """`phrases`: those in which a character is not read as it usually is."""

    characters: dict[str, str]
    phrases: dict[str, str]
    beginnings: frozenset[str]


def initials_of(run: str) -> Sequence[str]:
    """For each character the letters that its readings begin with, the usual one first: 假发 is
    ["jx", "f"]. In a phrase of the dictionary it has one: 重庆 is ["c", "q"]. Empty: not known.
    """
    characters = _READINGS.characters
    initials = [characters.get(character, "") for character in run]
    if max(map(len, initials), default=0) < _READINGS_MAX:
        return initials
    beginnings = _READINGS.beginnings
    after = 0
    for at in range(len(run) - 1):
        if (
            at >= after
            and run[at : at + 2] in beginnings
            and (phrase := _phrase_at(run, at)) is not None
        ):
            initials[at : at + len(phrase)] = _READINGS.phrases[phrase]
            after = at + len(phrase)
    return initials


def _phrase_at(run: str, at: int) -> str | None:
    """The longest phrase that begins there."""
    for length in range(_PHRASE_CHARS_MAX, 1, -1):
        if (phrase := run[at : at + length]) in _READINGS.phrases:
            return phrase
    return None


def _read() -> _Readings:
    characters = {
        chr(number): _letters(readings.split(",")) for number, readings in PINYIN_DICT.items()
    }
    phrases = {}
    for phrase, syllables in PHRASES_DICT.items():
        letters = "".join(_letters(readings)[:1] for readings in syllables)
        if len(letters) != len(phrase) or len(phrase) > _PHRASE_CHARS_MAX:
            continue
        # Where every character has one reading the phrase says nothing new.
        if any(len(characters.get(character, "")) > 1 for character in phrase):
            phrases[phrase] = letters
    return _Readings(characters, phrases, frozenset(phrase[:2] for phrase in phrases))


def _letters(readings: Sequence[str]) -> str:
    """The first letters of these syllables, without their tone, each once."""
    letters = dict.fromkeys(unicodedata.normalize("NFD", one)[:1] for one in readings)
    return "".join(one for one in letters if one.isalpha())[:_READINGS_MAX]


# Made at the start of a process, in a third of a second, rather than in its first request.
_READINGS: Final = _read()
