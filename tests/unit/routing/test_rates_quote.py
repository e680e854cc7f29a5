"""Quotes: cost, margin and price kept apart, and lines that add up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.rates.quote import shares
from services.routing.domain.rates.quoted import quote_document
from tests.support.rates import a_quote


def test_the_price_is_the_cost_and_the_margin_and_its_lines_add_up() -> None:
    # 100 kg at 10.00 and 4.01, and a last mile of 50.00 EUR at 8.00; 8.5 % and 2.00 on top.
    quote = a_quote()

    assert quote.cost.parts_minor == [1_000_00, 401_00, 400_00]
    assert quote.margin_minor == 153_09 + 2_00  # 153.085
    assert quote.price_minor == 1_801_00 + 155_09
    document = quote_document(quote)
    last_mile = document["last_mile"]
    assert last_mile is not None
    prices = [*(one["price_minor"] for one in document["carriages"]), last_mile["price_minor"]]
    assert sum(prices) == quote.price_minor
    assert [one["contract_version"] for one in document["carriages"]] == [1, 3]
    assert [one["exchange"] is None for one in document["carriages"]] == [True, True]
    assert last_mile["exchange"] == {
        "cny_per_unit_e8": 800_000_000,
        "valid_from": "2026-01-01",
        "source": "test",
    }


@pytest.mark.parametrize(("accepted_in_h", "valid_h"), [(None, 24), (48, 24), (5, 5), (-1, 0)])
def test_a_quote_holds_for_a_day_or_until_goods_are_due(
    accepted_in_h: int | None, valid_h: int
) -> None:
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    accepted = None if accepted_in_h is None else now + timedelta(hours=accepted_in_h)

    assert a_quote(now=now, accepted_until=accepted).valid_until == now + timedelta(hours=valid_h)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_shares_add_up_and_are_fair(total: int, weights: list[int]) -> None:
    parts = shares(total, weights)

    assert sum(parts) == total
    if sum(weights):
        assert all(
            abs(part - total * weight / sum(weights)) < 1
            for part, weight in zip(parts, weights, strict=True)
        )
