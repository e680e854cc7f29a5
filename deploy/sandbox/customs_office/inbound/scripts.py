"""Outcomes told by a document's number: what stands behind its first `~` chooses the answer. The
README of the sandbox has the table.

`X~500-800` on a document's own number · `X~603:100` on any number that the document names, for
documents of that kind · several at a time: `X~300-800~twice`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from deploy.sandbox.customs_office.inbound.papers import Paper

_TOKEN: Final = re.compile(r"(?:(\d{3}):)?(none|twice|mixed|late|-\d+|\d+(?:-\d+)*)", re.ASCII)
_NAMING: Final = ("copNo", "orderNo", "logisticsNo", "coElNo", "billNo", "invtNo")
WHOLE_MESSAGE: Final = "900"


@dataclass(frozen=True, slots=True)
class Told:
    """`statuses`: in the order in which they are to come; empty: as the office decides itself.
    `by`: the number that says so, if it is another document's own."""

    statuses: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    by: str = ""

    @property
    def failure(self) -> str | None:
        """The only answer, where the upload is to fail."""
        return next((one for one in self.statuses if one == "4" or one.startswith("-")), None)

    @property
    def decided(self) -> tuple[str, ...]:
        """The others."""
        return tuple(one for one in self.statuses if one != "4" and not one.startswith("-"))

    @property
    def refuses_message(self) -> bool:
        return WHOLE_MESSAGE in self.statuses


def told(paper: Paper) -> Told | None:
    """None: its numbers say nothing."""
    own = list(_tokens(paper.number, ""))
    if own:
        return _told(own, "")
    for name in _NAMING:
        number = paper.head.get(name, "")
        if theirs := list(_tokens(number, paper.kind.message.removeprefix("CEB"))):
            return _told(theirs, number)
    return None


def _tokens(number: str, kind: str) -> Iterator[str]:
    for part in number.split("~")[1:]:
        match = _TOKEN.fullmatch(part)
        if match and (match.group(1) or "") == kind:
            yield match.group(2)


def _told(tokens: list[str], by: str) -> Told:
    statuses: list[str] = []
    for token in tokens:
        if token.startswith("-"):
            statuses.append(token)
        elif token[0].isdecimal():
            statuses += token.split("-")
    words = frozenset(token for token in tokens if token[0].isalpha())
    return Told(tuple(statuses), words, by)
