"""Which contract, exchange rate, last-mile tariff and margin count."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.routing.domain.rates.amounts import PARK_CURRENCY
from services.routing.domain.rates.book import CarriageKey, NoRateContract, RateBook
from services.routing.domain.rates.charge import Consignment
from services.routing.domain.rates.contract import RateContract
from services.routing.domain.rates.exchange import NoExchangeRate
from services.routing.domain.rates.last_mile import (
    LastMileTariff,
    NoLastMileTariff,
    last_mile_charge,
    last_mile_tariff,
)
from services.routing.domain.rates.margins import Margin, NoMargin, margin_on
from tests.support.rates import (
    DAY,
    a_contract,
    a_contract_id,
    a_tariff,
    an_airport,
    an_exchange_rate,
    by_code,
    per_kg,
)

AIRPORTS = by_code(
    an_airport("EHU", "CN", 30.34286, 115.02961),
    an_airport("LGG", "BE", 50.6374, 5.4432),
    an_airport("BRU", "BE", 50.9014, 4.4844),
)
KEY = CarriageKey("EH", "general", "EHU", "LGG", "air", "B744F")
GOODS = Consignment(gross_g=100_000, volume_cm3=0)


def a_book(*contracts: RateContract, **more: Any) -> RateBook:
    nothing: dict[str, Any] = {"exchange_rates": (), "last_mile": (), "margins": ()}
    return RateBook(version="rtv_1", contracts=contracts, airports=AIRPORTS, **{**nothing, **more})


# Each wins over the one before it.
RISING: list[dict[str, Any]] = [
    {},
    {"from_km": 8_000, "below_km": 9_000},
    {"vehicle": "B744F"},
    {"product": "general"},
    {"origin": "CN"},
    {"origin": "EHU"},
    {"destination": "BE"},
    {"destination": "LGG"},
    {"carrier": "EH"},
]


@pytest.mark.parametrize("n", range(1, len(RISING)))
def test_the_more_specific_contract_counts(n: int) -> None:
    # The less specific ones have everything that comes before, so that nothing else decides.
    less: dict[str, Any] = {}
    for one in RISING[:n]:
        less |= one
    general = a_contract(id=a_contract_id(2), **less)
    own = a_contract(id=a_contract_id(1), **RISING[n])

    assert a_book(general, own).contract_of(KEY, DAY) == own
    assert a_book(own, general).contract_of(KEY, DAY) == own


@pytest.mark.parametrize(
    "other",
    [
        {"mode": "road"},
        {"carrier": "EK"},
        {"product": "express"},
        {"origin": "BRU"},
        {"destination": "FR"},
        {"vehicle": "B763F"},
        {"from_km": 8_680},  # the great circle has 8,679 km
        {"below_km": 8_679},
        {"valid_to": DAY - timedelta(days=1)},
        {"valid_from": DAY + timedelta(days=1)},
    ],
)
def test_a_contract_for_something_else_does_not_count(other: dict[str, Any]) -> None:
    with pytest.raises(NoRateContract):
        a_book(a_contract(**other)).contract_of(KEY, DAY)


def test_of_two_alike_the_one_that_began_last_counts_on_both_its_days() -> None:
    old = a_contract(id=a_contract_id(1))
    new = a_contract(id=a_contract_id(2), valid_from=DAY, valid_to=DAY + timedelta(days=1))
    book = a_book(old, new)

    found = [book.contract_of(KEY, DAY + timedelta(days=n)).id for n in (-1, 0, 1, 2)]
    assert found == [old.id, new.id, new.id, old.id]


def test_where_an_airport_is_not_known_only_contracts_for_any_distance_fit() -> None:
    key = CarriageKey("EH", "general", "EHU", "XXX", "air", "B744F")
    near, any_ = a_contract(id=a_contract_id(1), below_km=500), a_contract(id=a_contract_id(2))

    assert a_book(near, any_).contract_of(key, DAY) == any_


def test_a_cost_in_another_currency_is_converted_once_by_the_rate_of_the_day() -> None:
    contract = a_contract(currency="USD", breaks=per_kg((0, "1.55555")), valid_from=date.min)
    rates = [an_exchange_rate("USD", "7.1"), an_exchange_rate("USD", "7.2", DAY + timedelta(1))]
    book = a_book(contract, exchange_rates=rates)

    # 155.555 → 155.56 USD; × 7.1 = 1,104.476
    cost = book.cost_of(KEY, GOODS, departs_on=DAY + timedelta(9), asked_on=DAY)
    assert (cost.charge.total_minor, cost.cost_minor) == (155_56, 1_104_48)
    later = book.cost_of(KEY, GOODS, departs_on=DAY, asked_on=DAY + timedelta(1))
    assert later.cost_minor == 1_120_03
    with pytest.raises(NoExchangeRate):
        book.cost_of(KEY, GOODS, departs_on=DAY, asked_on=DAY - timedelta(1))


@pytest.mark.parametrize(
    ("currency", "per_unit", "rate", "cost"),
    [
        ("JPY", "0.0481", "300", 1_443_00),  # no decimals: 30,000 yen
        ("KWD", "23.4", "0.1234", 288_76),  # three decimals: 12.340
        (PARK_CURRENCY, "1", "12.34", 1_234_00),
    ],
)
def test_currencies_with_other_decimals(currency: str, per_unit: str, rate: str, cost: int) -> None:
    contract = a_contract(currency=currency, breaks=per_kg((0, rate)))
    book = a_book(contract, exchange_rates=[an_exchange_rate(currency, per_unit)])

    assert book.cost_of(KEY, GOODS, departs_on=DAY, asked_on=DAY).cost_minor == cost


def test_the_closest_last_mile_tariff_counts() -> None:
    tariffs = [
        a_tariff("*", "", "*"),
        a_tariff("FR", "", "*"),
        a_tariff("FR", "", "CDG"),
        a_tariff("FR", "20", "*"),
        a_tariff("FR", "201", "*", valid_to=DAY - timedelta(days=1)),
    ]

    def found(country: str, postal_code: str | None, gateway: str) -> LastMileTariff:
        return last_mile_tariff(
            tariffs, country=country, postal_code=postal_code, gateway=gateway, on=DAY
        )

    assert found("DE", "20000", "LGG") == tariffs[0]
    assert found("FR", "75001", "LGG") == tariffs[1]
    assert found("FR", None, "CDG") == tariffs[2]
    assert found("FR", "20100", "CDG") == tariffs[3]
    with pytest.raises(NoLastMileTariff):
        last_mile_tariff(tariffs[1:], country="DE", postal_code=None, gateway="LGG", on=DAY)


def test_a_last_mile_charge_is_a_base_and_a_rate() -> None:
    charged = last_mile_charge(a_tariff("FR", "", "*"), Consignment(1_200, 11_000))

    assert (charged.chargeable_g, charged.amount_minor) == (2_500, 7_25)


def a_margin(merchant_id: str, permille: int, valid_from: date = DAY) -> Margin:
    return Margin(merchant_id, valid_from, permille, 2_00, "test", DAY, "synthetic")


def test_a_merchants_own_margin_counts_before_that_of_all() -> None:
    own = "mer_" + "1" * 32
    margins = [
        a_margin("all", 100, DAY - timedelta(days=9)),
        a_margin(own, 80, DAY - timedelta(days=9)),
        a_margin(own, 60),
        a_margin("all", 120),
    ]

    assert margin_on(margins, own, DAY).cost_permille == 60
    assert margin_on(margins, own, DAY - timedelta(days=1)).cost_permille == 80
    assert margin_on(margins, "mer_" + "2" * 32, DAY).cost_permille == 120
    with pytest.raises(NoMargin):
        margin_on(margins, own, DAY - timedelta(days=10))


def test_a_margin_is_a_share_of_the_cost_rounded_half_up_and_an_amount() -> None:
    assert a_margin("all", 85).on(1_00) == 9 + 2_00  # 8.5
    assert a_margin("all", 0).on(10**9) == 2_00
