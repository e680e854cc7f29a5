"""The rulebooks of merchants, from what is registered: loaded in one statement for all merchants of
a slice, and made once for the same registrations.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final

from services.customs.domain.declarations.books import Books
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.messages.values import CHINA
from services.customs.domain.registrations.registration import Registration
from services.customs.repository.registrations import load_registrations
from shared.db import Reader

_KEPT_MAX: Final = 10_000
_Versions = tuple[tuple[str, int], ...]


class Rulebooks:
    """Of one process. A rulebook is a value: what is kept is what would be made again."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self._kept: dict[tuple[_Versions, _Versions, date], Rulebook] = {}

    async def of(
        self, reader: Reader, merchant_ids: Collection[str], *, now: datetime
    ) -> Mapping[str, Rulebook]:
        """By merchant, for the day in China. The reader acts for the park."""
        day = now.astimezone(CHINA).date()
        known = await load_registrations(reader, merchant_ids, day)
        parks = known.parks
        return {one: self._made(known.of(one), parks, day) for one in merchant_ids}

    def _made(
        self, own: tuple[Registration, ...], parks: tuple[Registration, ...], day: date
    ) -> Rulebook:
        key = _versions(own), _versions(parks), day
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _KEPT_MAX:
                self._kept.clear()
            found = self._kept[key] = self.books.rulebook(own, parks, day)
        return found


def _versions(registrations: tuple[Registration, ...]) -> _Versions:
    return tuple((one.id, one.version) for one in registrations)
