"""The rates of the moment."""

from collections.abc import Mapping

from services.routing.domain.network.records import Airport
from services.routing.domain.rates.book import RateBook
from services.routing.repository.rates import book, contracts
from shared.db import Reader


async def get_rate_book(reader: Reader, airports: Mapping[str, Airport]) -> RateBook:
    return RateBook(
        version=(await book.get_state(reader)).version,
        contracts=await contracts.list_contracts(reader),
        exchange_rates=await book.list_exchange_rates(reader),
        last_mile=await book.list_last_mile_tariffs(reader),
        margins=await book.list_margins(reader),
        airports=airports,
    )
