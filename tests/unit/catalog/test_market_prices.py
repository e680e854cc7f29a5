"""Prices of a market: which one counts, and rows that change them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.prices.rows import PriceRow, decide_rows, places_of
from services.catalog.domain.prices.schedule import (
    PRICES_MAX,
    MarketPrice,
    PriceSource,
    effective,
    foremost,
    in_order,
    price_problems,
    shown,
)
from services.catalog.domain.prices.stored import prices_from_json, prices_to_json
from shared.kernel.money import Money

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
BASE = Money(255, "GBP")
hours = st.integers(-5, 5).map(lambda n: NOW + timedelta(hours=n))
a_price = st.builds(
    MarketPrice,
    st.builds(Money, st.integers(0, 999), st.sampled_from(["EUR", "USD"])),
    st.none() | hours,
    st.none() | hours,
)
some_prices = st.lists(a_price, max_size=8)


def valid(prices: list[MarketPrice]) -> list[MarketPrice]:
    """The first of each key, without those that never hold."""
    kept: dict[object, MarketPrice] = {}
    for one in prices:
        if one.valid_to is None or one.valid_from is None or one.valid_from < one.valid_to:
            kept.setdefault((one.price.currency, one.valid_from), one)
    return list(kept.values())


@given(some_prices, hours)
def test_of_those_that_hold_the_one_that_began_last_counts(
    given_prices: list[MarketPrice], at: datetime
) -> None:
    prices = valid(given_prices)
    expected = []
    for currency in ("EUR", "USD"):
        holding = [
            one
            for one in prices
            if one.price.currency == currency
            and not (one.valid_from is not None and at < one.valid_from)
            and not (one.valid_to is not None and one.valid_to <= at)
        ]
        begun = [one for one in holding if one.valid_from is not None]
        begun.sort(key=lambda one: one.valid_from or NOW)
        expected += begun[-1:] or holding[:1]

    assert effective(prices, at) == expected


@given(some_prices)
def test_prices_are_read_as_they_were_stored(prices: list[MarketPrice]) -> None:
    ordered = in_order(prices)

    assert prices_from_json(prices_to_json(ordered)) == ordered


@given(some_prices)
def test_what_is_valid_has_no_problems(given_prices: list[MarketPrice]) -> None:
    assert list(price_problems(valid(given_prices))) == []


def euros(cents: int, begin_h: int | None = None, end_h: int | None = None) -> MarketPrice:
    begin, end = (None if h is None else NOW + timedelta(hours=h) for h in (begin_h, end_h))
    return MarketPrice(Money(cents, "EUR"), begin, end)


def test_every_fault_is_named_with_its_place() -> None:
    prices = [euros(1), euros(2), euros(3, 2, 2), euros(4, 2, 3), euros(5, 3, 1)]

    found = [(p.pointer, p.code) for p in price_problems(prices)]

    assert found == [
        ("/prices/1/valid_from", "catalog.prices.repeated"),
        ("/prices/2/valid_to", "catalog.prices.never_valid"),
        ("/prices/3/valid_from", "catalog.prices.repeated"),
        ("/prices/4/valid_to", "catalog.prices.never_valid"),
    ]


def test_a_promotion_interrupts_a_price() -> None:
    prices = [euros(1990), euros(1490, 1, 3)]

    costs = [effective(prices, NOW + timedelta(hours=h))[0].price.amount_minor for h in range(5)]

    assert costs == [1990, 1490, 1490, 1990, 1990]


def test_where_none_holds_the_product_s_own_is_shown() -> None:
    for prices in ([], [euros(1490, 1)], [euros(1490, -2, 0)]):
        (one,) = shown(prices, BASE, NOW)
        assert (one.held.price, one.source) == (BASE, PriceSource.PRODUCT)
    (one,) = shown([euros(1490, -2)], BASE, NOW)
    assert (one.held.price.currency, one.source) == ("EUR", PriceSource.MARKET)


def test_the_foremost_price_is_in_the_currency_of_the_stores() -> None:
    dollars = MarketPrice(Money(2100, "USD"), NOW)
    prices = shown([euros(1990), dollars], BASE, NOW)

    assert foremost(prices, ("EUR",)).held == euros(1990)
    assert foremost(prices, ("PLN", "SEK")).held == dollars


rows = st.lists(
    st.builds(
        PriceRow, st.sampled_from(["A", "B", "GONE"]), st.sampled_from(["DE", "FR", "UK"]), a_price
    ),
    max_size=12,
)


@given(rows, some_prices)
def test_rows_are_decided_as_one_after_the_other(
    given_rows: list[PriceRow], before: list[MarketPrice]
) -> None:
    present = {("A", "DE"): in_order(valid(before))} if valid(before) else {}
    lists = {place: list(prices) for place, prices in present.items()}
    is_right = []
    seen = set()
    for row in given_rows:
        key = (row.price.price.currency, row.price.valid_from)
        is_valid = row.sku != "GONE" and row.market != "UK" and valid([row.price]) != []
        is_right.append(is_valid and (row.sku, row.market, key) not in seen)
        if is_right[-1]:
            seen.add((row.sku, row.market, key))
            held = lists.setdefault((row.sku, row.market), [])
            others = [o for o in held if (o.price.currency, o.valid_from) != key]
            lists[row.sku, row.market] = [*others, row.price]
    ordered = {place: in_order(prices) for place, prices in lists.items()}

    decided = decide_rows(given_rows, frozenset("AB"), present)

    assert [fault is None for fault in decided.faults] == is_right
    assert decided.changed == {p: o for p, o in ordered.items() if o != present.get(p)}


def test_a_list_has_an_end() -> None:
    full = tuple(euros(n, n) for n in range(PRICES_MAX))
    present = {("A", "DE"): full}
    more = [PriceRow("A", "DE", euros(1, PRICES_MAX)), PriceRow("A", "DE", euros(7, 3))]

    decided = decide_rows(more, frozenset("A"), present)

    fault, none = decided.faults
    assert none is None
    assert fault is not None
    assert [p.code for p in fault.problems] == ["catalog.prices.too_many"]
    assert len(decided.changed["A", "DE"]) == PRICES_MAX


@pytest.mark.parametrize("count", [0, 3])
def test_places_come_once_and_sorted(count: int) -> None:
    row = PriceRow("A", "DE", euros(1))
    assert places_of([row] * count) == [("A", "DE")][:count]
