"""The charge of one consignment under one contract, line by line, as an air waybill states it.

    chargeable weight = max(gross, volume ÷ divisor), rounded up to the contract's step
    freight           = max(M, min over breaks b of rate(b) · max(chargeable weight, b))

Where a higher break is cheaper, its weight is billed ("as" weight). Where two are equal, the lower
one counts; and the minimum counts only where it is more than the freight. Every line is rounded
half up by itself to the currency's minor unit, and the total is the sum of the lines.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.routing.domain.rates.amounts import (
    PERCENT_DIVISOR,
    flat_divisor,
    per_kg_divisor,
    rounded_up,
    scaled,
)
from services.routing.domain.rates.contract import (
    Due,
    RateContract,
    Surcharge,
    SurchargeBasis,
)


class RateClass(StrEnum):
    """IATA rate class codes that the charges here use."""

    MINIMUM = "M"
    NORMAL = "N"
    QUANTITY = "Q"
    REDUCED = "R"
    UNIT_LOAD = "U"


@dataclass(frozen=True, slots=True)
class Consignment:
    """What a price depends on besides the way. `built_up_units`: unit load devices that the goods
    come in; 0: loose.
    """

    gross_g: int
    volume_cm3: int
    handling_codes: frozenset[str] = frozenset()
    built_up_units: int = 0


@dataclass(frozen=True, slots=True)
class Freight:
    """`billed_g` is the weight that the rate was multiplied with. A minimum has no rate; that of a
    unit load is what a kilogram above the pivot weight costs.
    """

    rate_class: RateClass
    rate_micros_per_kg: int | None
    chargeable_g: int
    billed_g: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class SurchargeLine:
    """`quantity_g`: the weight it was multiplied with; None: it depends on no weight."""

    code: str
    basis: SurchargeBasis
    value_micros: int
    quantity_g: int | None
    due: Due
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Charge:
    contract_id: str
    contract_version: int
    currency: str
    freight: Freight
    surcharges: tuple[SurchargeLine, ...]

    @property
    def total_minor(self) -> int:
        return self.freight.amount_minor + sum(line.amount_minor for line in self.surcharges)


def charge(contract: RateContract, goods: Consignment) -> Charge:
    freight = _freight(contract, goods)
    return Charge(
        contract_id=contract.id,
        contract_version=contract.version,
        currency=contract.currency,
        freight=freight,
        surcharges=tuple(
            _surcharge(surcharge, contract, goods, freight)
            for surcharge in contract.surcharges
            if applies(surcharge.handling_codes, goods)
        ),
    )


def applies(handling_codes: tuple[str, ...], goods: Consignment) -> bool:
    return not handling_codes or not goods.handling_codes.isdisjoint(handling_codes)


def chargeable_g(goods: Consignment, *, cubic_cm_per_kg: int, rounding_g: int) -> int:
    # In one division, so that nothing is rounded twice.
    volumetric = -(-goods.volume_cm3 * 1_000 // (cubic_cm_per_kg * rounding_g)) * rounding_g
    return max(rounded_up(goods.gross_g, rounding_g), volumetric)


def _freight(contract: RateContract, goods: Consignment) -> Freight:
    """The cheapest of all that the contract offers, and the minimum if that is more."""
    weight_g = chargeable_g(
        goods, cubic_cm_per_kg=contract.cubic_cm_per_kg, rounding_g=contract.rounding_g
    )
    # Of equal amounts min() takes the first: the breaks come in the order of their weights.
    best = min(_offers(contract, goods, weight_g), key=lambda offer: offer.amount_minor)
    if contract.minimum_minor > best.amount_minor:
        return Freight(RateClass.MINIMUM, None, weight_g, weight_g, contract.minimum_minor)
    return best


def _offers(contract: RateContract, goods: Consignment, weight_g: int) -> Iterator[Freight]:
    divisor = per_kg_divisor(contract.currency)
    for one in contract.breaks:
        rate, billed_g = one.rate_micros_per_kg, max(weight_g, one.from_g)
        rate_class = RateClass.QUANTITY if one.from_g else RateClass.NORMAL
        yield Freight(rate_class, rate, weight_g, billed_g, scaled(rate, billed_g, divisor))
    for reduction in contract.reductions:
        if reduction.handling_code in goods.handling_codes:
            rate = scaled(contract.breaks[0].rate_micros_per_kg, reduction.permille, 1_000)
            amount = scaled(rate, weight_g, divisor)
            yield Freight(RateClass.REDUCED, rate, weight_g, weight_g, amount)
    pivot, units = contract.pivot, goods.built_up_units
    if pivot is not None and units:
        billed_g = max(weight_g, units * pivot.weight_g)
        over_g = billed_g - units * pivot.weight_g
        amount = units * pivot.charge_minor + scaled(pivot.over_micros_per_kg, over_g, divisor)
        yield Freight(RateClass.UNIT_LOAD, pivot.over_micros_per_kg, weight_g, billed_g, amount)


def _surcharge(
    surcharge: Surcharge, contract: RateContract, goods: Consignment, freight: Freight
) -> SurchargeLine:
    value, quantity_g = surcharge.value_micros, None
    match surcharge.basis:
        case SurchargeBasis.GROSS:
            quantity_g = goods.gross_g
            amount = scaled(value, quantity_g, per_kg_divisor(contract.currency))
        case SurchargeBasis.CHARGEABLE:
            quantity_g = freight.chargeable_g
            amount = scaled(value, quantity_g, per_kg_divisor(contract.currency))
        case SurchargeBasis.FLAT:
            amount = scaled(value, 1, flat_divisor(contract.currency))
        case SurchargeBasis.FREIGHT:
            amount = scaled(freight.amount_minor, value, PERCENT_DIVISOR)
    if surcharge.min_minor is not None:
        amount = max(amount, surcharge.min_minor)
    if surcharge.max_minor is not None:
        amount = min(amount, surcharge.max_minor)
    return SurchargeLine(surcharge.code, surcharge.basis, value, quantity_g, surcharge.due, amount)
