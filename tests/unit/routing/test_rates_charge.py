"""Charges against vectors that were published, and against the rule in decimal arithmetic."""

from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.rates.charge import Consignment, RateClass, charge
from services.routing.domain.rates.contract import (
    Break,
    Pivot,
    RateContract,
    Reduction,
    Surcharge,
    SurchargeBasis,
)
from shared.kernel.money import MINOR_DIGITS
from tests.support.rates import a_contract, a_surcharge, consignments, contracts, per_kg

GROSS, CHARGEABLE = SurchargeBasis.GROSS, SurchargeBasis.CHARGEABLE
FLAT, FREIGHT = SurchargeBasis.FLAT, SurchargeBasis.FREIGHT


def kg(gross: float, m3: float = 0, *codes: str, units: int = 0) -> Consignment:
    return Consignment(round(gross * 1_000), round(m3 * 1_000_000), frozenset(codes), units)


# Published by a marketplace: 100 kg in 1 m³, 6.08 a kg, security on gross, fuel on chargeable.
MARKETPLACE: Final = a_contract(
    currency="EUR",
    rounding_g=1_000,
    breaks=per_kg((0, "6.08")),
    surcharges=(a_surcharge("SC", GROSS, "0.08"), a_surcharge("MY", CHARGEABLE, "0.07")),
)
# Published by a forwarder: the minimum of 76.69 holds until 19.12 kg at 4.01 a kg.
MINIMUM: Final = a_contract(rounding_g=10, minimum_minor=76_69, breaks=per_kg((0, "4.01")))


def test_a_published_total_is_the_sum_of_its_lines_and_not_an_all_in_rate() -> None:
    charged = charge(MARKETPLACE, kg(100, 1))

    assert charged.freight.chargeable_g == 167_000
    assert [charged.freight.amount_minor, *(s.amount_minor for s in charged.surcharges)] == [
        1015_36,
        8_00,
        11_69,
    ]
    assert charged.total_minor == 1035_05
    assert charged.total_minor != 1040_41


@pytest.mark.parametrize(
    ("weight_kg", "rate_class", "amount"),
    [(0.01, "M", 76_69), (19.12, "M", 76_69), (19.13, "N", 76_71), (45, "N", 180_45)],
)
def test_a_published_minimum_holds_until_the_normal_rate_is_more(
    weight_kg: float, rate_class: str, amount: int
) -> None:
    freight = charge(MINIMUM, kg(weight_kg)).freight

    assert (freight.rate_class, freight.amount_minor) == (rate_class, amount)


@pytest.mark.parametrize(
    ("cubic_cm_per_kg", "rounding_g", "chargeable_g"),
    [
        (6_000, 1_000, 167_000),  # 166.67
        (6_000, 500, 167_000),
        (6_000, 100, 166_700),
        (6_000, 1, 166_667),
        (5_000, 500, 200_000),  # the divisor of express goods
    ],
)
def test_volume_counts_by_the_divisor_and_the_step_of_the_contract(
    cubic_cm_per_kg: int, rounding_g: int, chargeable_g: int
) -> None:
    contract = a_contract(cubic_cm_per_kg=cubic_cm_per_kg, rounding_g=rounding_g)

    assert charge(contract, kg(100, 1)).freight.chargeable_g == chargeable_g
    assert charge(contract, kg(300, 1)).freight.chargeable_g == 300_000


@pytest.mark.parametrize(
    ("weight_kg", "rate_class", "billed_kg", "amount"),
    [
        (36, "N", 36, 360_00),  # 36 × 10 = 45 × 8: the lower one
        (36.5, "Q", 45, 360_00),  # 365 by the normal rate, 360 as 45 kg
        (45, "Q", 45, 360_00),
        (80, "Q", 100, 600_00),  # 640 by the rate from 45 kg
        (99.5, "Q", 100, 600_00),
        (120, "Q", 120, 720_00),
    ],
)
def test_a_higher_break_is_billed_where_it_is_cheaper(
    weight_kg: float, rate_class: str, billed_kg: float, amount: int
) -> None:
    contract = a_contract(breaks=per_kg((0, "10"), (45, "8"), (100, "6")))

    freight = charge(contract, kg(weight_kg)).freight

    assert (freight.rate_class, freight.billed_g, freight.amount_minor) == (
        rate_class,
        billed_kg * 1_000,
        amount,
    )


def test_a_contract_without_a_normal_rate_bills_its_lowest_break() -> None:
    freight = charge(a_contract(breaks=per_kg((100, "6"))), kg(3)).freight

    assert (freight.rate_class, freight.billed_g, freight.amount_minor) == ("Q", 100_000, 600_00)


def test_every_line_is_rounded_half_up_by_itself() -> None:
    contract = a_contract(
        rounding_g=1,
        breaks=(Break(0, 1_005_000),),
        surcharges=(a_surcharge("SC", GROSS, "0.005"), a_surcharge("MY", GROSS, "0.0049")),
    )

    charged = charge(contract, kg(1))

    assert charged.freight.amount_minor == 1_01  # 1.005
    assert [line.amount_minor for line in charged.surcharges] == [1, 0]


@pytest.mark.parametrize(
    ("surcharge", "amount"),
    [
        (a_surcharge("SC", GROSS, "0.5"), 50_00),
        (a_surcharge("MY", CHARGEABLE, "0.5"), 100_00),
        (a_surcharge("AW", FLAT, "50"), 50_00),
        (a_surcharge("XD", FREIGHT, "1.25"), 25_00),
        (a_surcharge("SC", GROSS, "0.5", min_minor=60_00), 60_00),
        (a_surcharge("SC", GROSS, "0.5", max_minor=40_00), 40_00),
    ],
)
def test_a_surcharge_has_a_basis_of_its_own_and_bounds(surcharge: Surcharge, amount: int) -> None:
    contract = a_contract(surcharges=(surcharge,))

    # 1.2 m³ are 200 kg: freight 2,000.00
    assert charge(contract, kg(100, 1.2)).surcharges[0].amount_minor == amount


def test_a_fee_for_dangerous_goods_is_not_asked_for_others() -> None:
    fee = a_surcharge("RA", FLAT, "400", handling_codes=("RLI", "ELI"))
    contract = a_contract(surcharges=(fee,))

    assert charge(contract, kg(10)).surcharges == ()
    assert charge(contract, kg(10, 0, "PER")).surcharges == ()
    assert charge(contract, kg(10, 0, "SPX", "ELI")).surcharges[0].amount_minor == 400_00


def test_goods_of_a_class_pay_a_share_of_the_normal_rate_unless_a_break_is_cheaper() -> None:
    contract = a_contract(breaks=per_kg((0, "10"), (100, "4")), reductions=(Reduction("NWP", 500),))

    assert charge(contract, kg(20, 0, "NWP")).freight.rate_class is RateClass.REDUCED
    assert charge(contract, kg(20, 0, "NWP")).freight.amount_minor == 100_00
    assert charge(contract, kg(20)).freight.amount_minor == 200_00
    assert charge(contract, kg(100, 0, "NWP")).freight.rate_class is RateClass.QUANTITY


def test_a_unit_load_pays_for_its_pivot_weight_and_for_what_is_above() -> None:
    pivot = Pivot(weight_g=1_500_000, charge_minor=6_000_00, over_micros_per_kg=3_000_000)
    contract = a_contract(pivot=pivot)

    freight = charge(contract, kg(1_600, 0, units=1)).freight
    assert (freight.rate_class, freight.billed_g, freight.amount_minor) == (
        "U",
        1_600_000,
        6_300_00,
    )
    assert charge(contract, kg(1_200, 0, units=1)).freight.amount_minor == 6_000_00
    assert charge(contract, kg(1_600, 0, units=2)).freight.amount_minor == 12_000_00
    assert charge(contract, kg(1_600)).freight.amount_minor == 16_000_00
    assert charge(contract, kg(100, 0, units=1)).freight.amount_minor == 1_000_00


# ---- properties


def by_the_rule(contract: RateContract, goods: Consignment) -> Decimal:
    """The total in main units, in decimal arithmetic straight from the rule."""
    cent = Decimal(1).scaleb(-MINOR_DIGITS[contract.currency])

    def line(amount: Decimal) -> Decimal:
        return amount.quantize(cent, ROUND_HALF_UP)

    def main(value_micros: int) -> Decimal:
        return Decimal(value_micros) / 1_000_000

    gross = Decimal(goods.gross_g) / 1_000
    step = Decimal(contract.rounding_g) / 1_000
    exact = max(gross, Decimal(goods.volume_cm3) / contract.cubic_cm_per_kg)
    weight = (exact / step).to_integral_value(ROUND_CEILING) * step
    offers = [
        line(main(one.rate_micros_per_kg) * max(weight, Decimal(one.from_g) / 1_000))
        for one in contract.breaks
    ]
    for one in contract.reductions:
        if one.handling_code in goods.handling_codes:
            share = main(contract.breaks[0].rate_micros_per_kg) * one.permille / 1_000
            offers.append(line(share.quantize(Decimal("0.000001"), ROUND_HALF_UP) * weight))
    pivot, units = contract.pivot, goods.built_up_units
    if pivot is not None and units:
        over = max(weight - Decimal(units * pivot.weight_g) / 1_000, Decimal(0))
        offers.append(
            units * pivot.charge_minor * cent + line(main(pivot.over_micros_per_kg) * over)
        )
    freight = max(contract.minimum_minor * cent, min(offers))
    total = freight
    for surcharge in contract.surcharges:
        codes = set(surcharge.handling_codes)
        if codes and not codes & goods.handling_codes:
            continue
        value = main(surcharge.value_micros)
        amount = line(
            {
                GROSS: value * gross,
                CHARGEABLE: value * weight,
                FLAT: value,
                FREIGHT: freight * value / 100,
            }[surcharge.basis]
        )
        if surcharge.min_minor is not None:
            amount = max(amount, surcharge.min_minor * cent)
        if surcharge.max_minor is not None:
            amount = min(amount, surcharge.max_minor * cent)
        total += amount
    return total


@settings(max_examples=300)
@given(contracts(), consignments)
def test_charges_agree_with_the_rule(contract: RateContract, goods: Consignment) -> None:
    charged = charge(contract, goods)

    digits = MINOR_DIGITS[contract.currency]
    assert Decimal(charged.total_minor).scaleb(-digits) == by_the_rule(contract, goods)
    freight = charged.freight
    assert freight.billed_g >= freight.chargeable_g >= goods.gross_g


@settings(max_examples=200)
@given(contracts(), consignments, st.integers(0, 500_000), st.integers(0, 3_000_000))
def test_more_weight_or_volume_never_costs_less(
    contract: RateContract, goods: Consignment, more_g: int, more_cm3: int
) -> None:
    heavier = replace(goods, gross_g=goods.gross_g + more_g, volume_cm3=goods.volume_cm3 + more_cm3)

    assert charge(contract, heavier).total_minor >= charge(contract, goods).total_minor


@settings(max_examples=200)
@given(contracts(), consignments, st.data())
def test_a_cheaper_contract_never_costs_more(
    contract: RateContract, goods: Consignment, data: Any
) -> None:
    def less(value: int, least: int = 0) -> int:
        return int(data.draw(st.integers(least, value)))

    cheaper = replace(
        contract,
        minimum_minor=less(contract.minimum_minor),
        breaks=tuple(
            replace(one, rate_micros_per_kg=less(one.rate_micros_per_kg, 1))
            for one in contract.breaks
        ),
        surcharges=contract.surcharges[: less(len(contract.surcharges))],
    )

    assert charge(cheaper, goods).total_minor <= charge(contract, goods).total_minor
