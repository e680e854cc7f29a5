"""What somebody types into a search box, as a condition on the words of products.

A product is found if it has every word of the question. The last word, and a number of four digits
or more, may go on: `lam` finds lamp. Words joined by a hyphen and the like stand together, in that
order. Chinese, and other scripts without spaces, are found anywhere in a text. A word of two to six
letters that stands alone also finds Chinese titles by their initials: `jf` finds 假发. No sign has
a meaning: quotes and operators are not letters.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.domain.products.folding import Token, fold, tokens_of
from services.catalog.domain.products.search_words import (
    INITIALS_MAX,
    WORD_CHARS_MAX,
    fact,
    whole_number,
)

# No syllable begins with i, u or v.
_INITIALS: Final = re.compile(f"[a-hj-tw-z]{{2,{INITIALS_MAX}}}")
_NUMBER_CHARS_MIN: Final = 4
_GTIN_CHARS_MIN: Final = 8
_JOINER: Final = re.compile("[-‐‑–._/'’&+*×]")
# The longest ask for the fewest products; the others are compared in what these find.
_INDEXED_MAX: Final = 12
_ANYTHING: Final[tuple[str, ...]] = ("%",)


@dataclass(frozen=True, slots=True)
class Condition:
    """`words`: a tsquery. `pieces`: LIKE patterns that the folded text must match, all of them;
    `either`: one of these.
    """

    words: str
    pieces: tuple[str, ...] = ()
    either: tuple[str, ...] = _ANYTHING


@dataclass(frozen=True, slots=True)
class Fact:
    """A word that stands for what a product is. `begins`: or for what begins like it."""

    kind: str
    value: str
    begins: bool = False


@dataclass(frozen=True, slots=True)
class _Term:
    """`asked`: its words in the index, with their lengths. `piece`: its LIKE pattern, which
    `must_match` because the words alone do not say enough.
    """

    asked: tuple[tuple[int, str], ...]
    piece: str
    must_match: bool
    either: tuple[str, ...] = ()


def condition_of(
    q: str | None, facts: Sequence[Fact] = (), *, merchant_id: str | None = None
) -> Condition | None:
    """None if no product can be found, because `q` has no letter and no digit. `merchant_id` None:
    those of all merchants.
    """
    terms = [] if q is None else list(_terms_of(q))
    if q is not None and not terms:
        return None
    indexed = _indexed(terms)
    pieces, either = [], _ANYTHING
    for term in terms:
        if term.must_match or not indexed.issuperset(term.asked):
            if term.either:
                either = term.either
            else:
                pieces.append(term.piece)
    words = [_quoted(fact(one.kind, one.value), begins=one.begins) for one in facts]
    if merchant_id is not None:
        words.insert(0, _quoted(fact("of", merchant_id)))
    words += [word for _, word in sorted(indexed)]
    return Condition(" & ".join(words), tuple(dict.fromkeys(pieces)), either)


def _indexed(terms: Sequence[_Term]) -> set[tuple[int, str]]:
    """The words that the index is asked for."""
    asked = sorted({one for term in terms for one in term.asked}, reverse=True)
    # Everything that begins with a letter is much: if there is another word, that one is asked.
    worthy = [one for one in asked if one[0] > 1] or asked
    return set(worthy[:_INDEXED_MAX])


def _terms_of(q: str) -> Iterator[_Term]:
    folded = fold(q)
    tokens = tokens_of(folded)
    is_single = sum(not token.is_run for token in tokens) == 1
    for tokens_joined in _joined(folded, tokens):
        last = tokens_joined[-1]
        if last.is_run:
            yield _run(last.text)
            continue
        begins = last.end == len(folded) or _is_number(last.text)
        if is_single and _INITIALS.fullmatch(last.text):
            yield _word_or_initials(last.text, begins=begins)
        else:
            yield _words([token.text for token in tokens_joined], begins=begins)


def _joined(folded: str, tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Words that are joined by a sign, such as those of a SKU, in one list."""
    joined: list[Token] = []
    for token in tokens:
        if joined and (
            token.is_run
            or joined[-1].is_run
            or not _JOINER.fullmatch(folded, joined[-1].end, token.start)
        ):
            yield joined
            joined = []
        joined.append(token)
    if joined:
        yield joined


def _run(text: str) -> _Term:
    if len(text) == 1:
        return _Term(((2, _quoted(text, begins=True)),), f"%{text}%", must_match=False)
    # Every second pair, and the last: together they hold every character.
    places = {*range(0, len(text) - 1, 2), len(text) - 2}
    asked = tuple((4, _quoted(text[at : at + 2])) for at in sorted(places))
    return _Term(asked, f"%{text}%", must_match=len(text) > 2)


def _words(words: list[str], *, begins: bool) -> _Term:
    asked = [_word(word) for word in words[:-1]]
    asked.append(_word(words[-1], begins=begins))
    is_cut = any(len(word) > WORD_CHARS_MAX for word in words)
    end = "%" if begins else " %"
    return _Term(tuple(asked), f"% {' '.join(words)}{end}", must_match=len(words) > 1 or is_cut)


def _word(word: str, *, begins: bool = False) -> tuple[int, str]:
    begins = begins or _is_number(word)
    asked = _quoted(word[:WORD_CHARS_MAX], begins=begins)
    if _is_number(word) and len(word) >= _GTIN_CHARS_MIN and word.startswith("0"):
        asked = f"({asked} | {_quoted(whole_number(word) or word, begins=True)})"
    return len(word), asked


def _word_or_initials(word: str, *, begins: bool) -> _Term:
    letters = word.upper()
    pairs = " & ".join(_quoted(letters[at : at + 2]) for at in range(len(word) - 1))
    asked = f"({_quoted(word, begins=begins)} | ({pairs}))"
    either = (f"% {word}{'%' if begins else ' %'}", f"%{letters}%")
    return _Term(((len(word), asked),), "", must_match=len(word) > 2, either=either)


def _is_number(word: str) -> bool:
    return len(word) >= _NUMBER_CHARS_MIN and word.isascii() and word.isdigit()


def _quoted(word: str, *, begins: bool = False) -> str:
    """A word of a tsquery. Words have no quotes and no backslashes."""
    return f"'{word}':*" if begins else f"'{word}'"
