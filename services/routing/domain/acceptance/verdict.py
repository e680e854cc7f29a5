"""What is said of goods on a leg: it takes them, takes them on conditions, or refuses them.

A search asks for thousands of verdicts and shows a few: words are put together when they are read.
"""

import re
from dataclasses import dataclass
from typing import Final, Self

from services.routing.domain.network.refusal import Refusal
from shared.kernel.errors import Text
from shared.kernel.words import Words, words

_NEEDLESS_BLANK: Final = re.compile(r"^ | (?=[，。；：])")


@dataclass(frozen=True, slots=True)
class Condition:
    """What the shipper has yet to say or to do before the goods are handed over. `code` is stable,
    `detail` says what is not known, `fix` what has to be true.
    """

    code: str
    detail: Words
    fix: Words


@dataclass(frozen=True, slots=True)
class Reason:
    """A refusal or a condition before it is put into words. `params` fill both texts."""

    code: str
    detail: Text
    fix: Text
    params: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, code: str, detail: Text, fix: Text, **params: object) -> Self:
        return cls(code, detail, fix, tuple(params.items()))

    @property
    def in_words(self) -> tuple[str, Words, Words]:
        params = dict(self.params)
        return self.code, _tidy(words(self.detail, **params)), _tidy(words(self.fix, **params))


def _tidy(said: Words) -> Words:
    """Blanks part names of goods from Chinese characters, not from its punctuation."""
    return Words(said.en, _NEEDLESS_BLANK.sub("", said.zh))


@dataclass(frozen=True, slots=True)
class Verdict:
    """`bar` is what refuses the goods: then there are no conditions, as meeting them would not
    help. `open_points` are the conditions.
    """

    bar: Reason | None = None
    open_points: tuple[Reason, ...] = ()

    @property
    def is_allowed(self) -> bool:
        return self.bar is None

    @property
    def refusal(self) -> Refusal | None:
        return None if self.bar is None else Refusal(*self.bar.in_words)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(Condition(*point.in_words) for point in self.open_points)


ALLOWED: Final = Verdict()


def refused(code: str, detail: Text, fix: Text, **params: object) -> Verdict:
    return Verdict(Reason.of(code, detail, fix, **params))


def on_condition(code: str, detail: Text, fix: Text, **params: object) -> Verdict:
    return Verdict(open_points=(Reason.of(code, detail, fix, **params),))


def together(*verdicts: Verdict) -> Verdict:
    """The first refusal, or all conditions, each once."""
    found = ALLOWED
    for verdict in verdicts:
        if verdict.bar is not None:
            return verdict
        if found is ALLOWED:
            found = verdict
        elif verdict.open_points:
            known = found.open_points
            new = [point for point in verdict.open_points if point not in known]
            found = Verdict(open_points=(*known, *new))
    return found
