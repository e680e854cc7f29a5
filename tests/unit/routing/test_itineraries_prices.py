"""Prices of all carriages at once are those of one at a time, to the minor unit."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.itineraries.prices import UNKNOWN, RateTable
from services.routing.domain.rates.book import CarriageKey, NoRateContract, RateBook
from services.routing.domain.rates.charge import Consignment
from services.routing.domain.rates.contract import Break, RateContract
from services.routing.domain.rates.exchange import ExchangeRate, NoExchangeRate
from tests.support.rates import (
    DAY,
    a_contract,
    a_contract_id,
    an_airport,
    an_exchange_rate,
    by_code,
    consignments,
    contracts,
)

AIRPORTS = by_code(
    an_airport("AAA", "AA", 0, 0),
    an_airport("BBB", "BB", 0, 5),  # 556 km
    an_airport("CCC", "CC", 0, 60),
)
KEYS = [
    CarriageKey(carrier, "general", origin, destination, "air", "B744F")
    for carrier in ("EH", "EK")
    for origin in ("AAA", "BBB")
    for destination in ("BBB", "CCC")
]
RATES = [
    an_exchange_rate("USD", "7.12345678"),
    an_exchange_rate("JPY", "0.0481"),
    an_exchange_rate("KWD", "23.40000001", DAY + timedelta(days=1)),
]


def a_book(contracts: list[RateContract], *rates: ExchangeRate) -> RateBook:
    return RateBook(
        version="rtv_1",
        contracts=contracts,
        exchange_rates=rates or RATES,
        last_mile=(),
        margins=(),
        airports=AIRPORTS,
    )


@st.composite
def books(draw: st.DrawFn) -> RateBook:
    given = []
    for n in range(draw(st.integers(0, 6))):
        contract = draw(contracts())
        changes = {
            "carrier": draw(st.sampled_from(["*", "EH"])),
            "origin": draw(st.sampled_from(["*", "AA", "AAA"])),
            "destination": draw(st.sampled_from(["*", "CC", "CCC"])),
            "below_km": draw(st.sampled_from([None, 600])),
            "valid_from": DAY + timedelta(days=draw(st.integers(-1, 3))),
            "valid_to": draw(st.sampled_from([None, DAY, DAY + timedelta(days=1)])),
        }
        given.append(_changed(contract, id=a_contract_id(n), **changes))
    return a_book(given)


def _changed(contract: RateContract, **changes: object) -> RateContract:
    names = RateContract.__dataclass_fields__
    return a_contract(**{name: getattr(contract, name) for name in names} | changes)


def costs(table: RateTable, goods: Consignment, *on: int) -> list[int]:
    """Of every key on each of these days after DAY."""
    days = np.array([DAY.toordinal() + n for n in on], np.int64).repeat(len(KEYS))
    class_of = np.tile(np.arange(len(KEYS), dtype=np.int32), len(on))
    found: list[int] = table.costs(goods, class_of, days, asked_on=DAY).tolist()
    return found


def one_at_a_time(book: RateBook, key: CarriageKey, goods: Consignment, on: int) -> int:
    try:
        return book.cost_of(
            key, goods, departs_on=DAY + timedelta(days=on), asked_on=DAY
        ).cost_minor
    except (NoRateContract, NoExchangeRate):
        return UNKNOWN


@settings(max_examples=300)
@given(books(), consignments)
def test_prices_of_all_are_those_of_each(book: RateBook, goods: Consignment) -> None:
    table = RateTable(book, KEYS, first=DAY - timedelta(days=2), last=DAY + timedelta(days=4))

    for on in range(-2, 5):
        assert costs(table, goods, on) == [one_at_a_time(book, key, goods, on) for key in KEYS]


def test_the_largest_amounts_do_not_overflow() -> None:
    largest = a_contract(
        id=a_contract_id(1), currency="KWD", rounding_g=1, breaks=(Break(0, 100_000_000_000),)
    )
    book = a_book([largest], an_exchange_rate("KWD", "90"))
    goods = Consignment(gross_g=1_000_000_000, volume_cm3=10_000_000_000)
    table = RateTable(book, KEYS, first=DAY, last=DAY)

    assert costs(table, goods, 0) == [one_at_a_time(book, key, goods, 0) for key in KEYS]


@pytest.mark.parametrize("goods", [Consignment(10**12, 0), Consignment(1, 10**12)])
def test_goods_that_are_too_large_for_any_vehicle_have_no_price(goods: Consignment) -> None:
    table = RateTable(a_book([a_contract()]), KEYS, first=DAY, last=DAY)

    assert set(costs(table, goods, 0)) == {UNKNOWN}


def test_a_day_outside_of_the_table_has_no_price() -> None:
    table = RateTable(a_book([a_contract()]), KEYS[:1] * len(KEYS), first=DAY, last=DAY)

    found = costs(table, Consignment(1_000, 0), -9, -1, 0, 1, 9)
    assert found[:: len(KEYS)] == [UNKNOWN, UNKNOWN, 10_00, UNKNOWN, UNKNOWN]
    assert costs(table, Consignment(1_000, 0)) == []
