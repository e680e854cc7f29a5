"""The rates of the moment, read once for each version of them."""

from collections.abc import Mapping
from typing import Final

from services.routing.domain.network.records import Airport
from services.routing.domain.rates.book import RateBook
from services.routing.repository.rates import book, contracts
from shared.db import Reader

_KEPT_MAX: Final = 4


class _RateBooks:
    """By their version, which names one content in whatever database it is read."""

    def __init__(self) -> None:
        self._kept: dict[str, RateBook] = {}

    def get(self, version: str, airports: Mapping[str, Airport]) -> RateBook | None:
        kept = self._kept.get(version)
        return kept if kept is not None and kept.airports is airports else None

    def add(self, made: RateBook) -> RateBook:
        self._kept.pop(made.version, None)
        while len(self._kept) >= _KEPT_MAX:
            del self._kept[next(iter(self._kept))]
        self._kept[made.version] = made
        return made


_BOOKS: Final = _RateBooks()


async def get_rates_version(reader: Reader) -> str:
    """Changes with every change of rates."""
    return (await book.get_state(reader)).version


async def get_rate_book(reader: Reader, airports: Mapping[str, Airport]) -> RateBook:
    """One small statement while neither the rates nor the airports (the same mapping) have changed:
    so every process prices by a new contract from the moment it is committed.
    """
    version = await get_rates_version(reader)
    if (kept := _BOOKS.get(version, airports)) is not None:
        return kept
    return _BOOKS.add(
        RateBook(
            version=version,
            contracts=await contracts.list_contracts(reader),
            exchange_rates=await book.list_exchange_rates(reader),
            last_mile=await book.list_last_mile_tariffs(reader),
            margins=await book.list_margins(reader),
            airports=airports,
        )
    )
