"""Rate contracts: what a carrier asks for a carriage, as data. Nothing of a price is in code.

Rate classes and codes of other charges are IATA's, as ONE Record 3.3 lists them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from services.routing.domain.network.records import Mode
from services.routing.domain.rates.amounts import AMOUNT_MAX_MINOR, RATE_MAX_MICROS, flat_divisor
from shared.kernel.errors import FieldProblem, Invalid, NotFound, Text
from shared.kernel.money import MINOR_DIGITS

ANY: Final = "*"
"""In a field of a contract: whatever the carriage has there."""

Basis = Literal["reported", "synthetic"]
Due = Literal["carrier", "agent"]
_PERCENT_MAX_MICROS: Final = 1_000_000_000


class SurchargeBasis(StrEnum):
    """What the value of a surcharge is multiplied with."""

    GROSS = "per_kg_gross"
    CHARGEABLE = "per_kg_chargeable"
    FLAT = "flat"
    FREIGHT = "percent_of_freight"


@dataclass(frozen=True, slots=True)
class Break:
    """The rate from this weight on. A break at 0 is the normal rate (N), any other a quantity
    rate (Q).
    """

    from_g: int
    rate_micros_per_kg: int


@dataclass(frozen=True, slots=True)
class Pivot:
    """For goods that come built up: each unit load device costs `charge_minor` and may weigh
    `weight_g`; what is above costs `over_micros_per_kg`.
    """

    weight_g: int
    charge_minor: int
    over_micros_per_kg: int


@dataclass(frozen=True, slots=True)
class Reduction:
    """Goods with this handling code pay so many thousandths of the normal rate (class R)."""

    handling_code: str
    permille: int


@dataclass(frozen=True, slots=True)
class Surcharge:
    """`value_micros` are millionths: per kilogram and flat of the currency's main unit, of freight
    of a percent. `handling_codes`: only for goods that have one of them; none given: for all goods.
    """

    code: str
    basis: SurchargeBasis
    value_micros: int
    min_minor: int | None
    max_minor: int | None
    due: Due
    handling_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RateContract:
    """Who, where and when: `carrier`, `product` and `vehicle` may be `*`; `origin` and
    `destination` are an airport, a country or `*`. `from_km` to below `below_km` is the great
    circle between the two. `valid_from` to `valid_to` are local days of departure, both included;
    None: without end.

    How much: the chargeable weight is the larger one of gross weight and volume divided by
    `cubic_cm_per_kg`, rounded up to `rounding_g`. `breaks` rise by weight.
    """

    id: str
    version: int
    reference: str
    carrier: str
    product: str
    origin: str
    destination: str
    mode: Mode
    vehicle: str
    from_km: int
    below_km: int | None
    currency: str
    valid_from: date
    valid_to: date | None
    cubic_cm_per_kg: int
    rounding_g: int
    minimum_minor: int
    breaks: tuple[Break, ...]
    pivot: Pivot | None
    reductions: tuple[Reduction, ...]
    surcharges: tuple[Surcharge, ...]
    source: str
    as_of: date
    basis: Basis

    @property
    def specificity(self) -> tuple[int, ...]:
        """Of the contracts that fit a carriage the largest one counts: a carrier's own before a
        general one, then the closer places (the destination before the origin), the product's own,
        the vehicle's own, the narrower band of distance, and the one that began last.
        """
        return (
            self.carrier != ANY,
            _closeness(self.destination),
            _closeness(self.origin),
            self.product != ANY,
            self.vehicle != ANY,
            -self._band_km,
            self.valid_from.toordinal(),
        )

    @property
    def _band_km(self) -> int:
        return (_EARTH_KM if self.below_km is None else self.below_km) - self.from_km

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def holds_at(self, distance_km: int | None) -> bool:
        """None: a distance that is not known, which only a contract for any distance covers."""
        if distance_km is None:
            return self.from_km == 0 and self.below_km is None
        return self.from_km <= distance_km and (
            self.below_km is None or distance_km < self.below_km
        )


_EARTH_KM: Final = 20_100  # no great circle between two places is longer


def _closeness(place: str) -> int:
    """Airports have three letters, countries two, `*` is anywhere."""
    return len(place) if place != ANY else 0


class RateContractNotFound(NotFound):
    code = "routing.rate_contract.not_found"
    text = Text("There is no rate contract {contract}.", "运价合同 {contract} 不存在。")
    fix = Text(
        "GET /v1/rate-contracts lists all of them.", "请通过 GET /v1/rate-contracts 查看全部合同。"
    )


class ValidityReversed(Invalid):
    code = "routing.rate_contract.validity_reversed"
    text = Text("It ends before it begins.", "截止日早于起始日。")
    fix = Text("Swap the two days.", "请调换两个日期。")


class BandReversed(Invalid):
    code = "routing.rate_contract.band_reversed"
    text = Text("The band of distance is empty.", "里程区间为空。")
    fix = Text("below_km must be above from_km.", "below_km 必须大于 from_km。")


class BreaksUnsorted(Invalid):
    code = "routing.rate_contract.breaks_unsorted"
    text = Text("The breaks do not rise by weight.", "重量分界点未按重量递增。")
    fix = Text("List each weight once, the lightest first.", "每个重量只列一次，由轻到重排列。")


class ReductionWithoutNormalRate(Invalid):
    code = "routing.rate_contract.reduction_without_normal_rate"
    text = Text(
        "A reduction is a share of the normal rate, and there is none.",
        "等级运价以普通运价为基础，但合同没有普通运价。",
    )
    fix = Text("Add a break at 0 kg.", "请添加 0 公斤的分界点。")


class SurchargeBoundsReversed(Invalid):
    code = "routing.rate_contract.surcharge_bounds_reversed"
    text = Text("The minimum is above the maximum.", "最低收费高于最高收费。")
    fix = Text("Swap the two amounts.", "请调换两个金额。")


class AmountTooFine(Invalid):
    code = "routing.rate_contract.amount_too_fine"
    text = Text("{currency} has {digits} decimals.", "{currency} 只有 {digits} 位小数。")
    fix = Text("Round the amount.", "请对金额取整。")


class AmountTooLarge(Invalid):
    code = "routing.rate_contract.amount_too_large"
    text = Text("The amount or rate is above the limit of {limit}.", "金额或费率超过上限 {limit}。")
    fix = Text("Check the decimal point.", "请检查小数点。")


def contract_problems(contract: RateContract) -> list[FieldProblem]:
    """Every rule that the contract breaks, with a JSON Pointer into the body of a PUT."""
    return list(_problems(contract))


def _problems(contract: RateContract) -> Iterator[FieldProblem]:
    if contract.valid_to is not None and contract.valid_to < contract.valid_from:
        yield ValidityReversed.at("/valid_to")
    if contract.below_km is not None and contract.below_km <= contract.from_km:
        yield BandReversed.at("/below_km")
    weights = [one.from_g for one in contract.breaks]
    if weights != sorted(set(weights)):
        yield BreaksUnsorted.at("/breaks")
    if contract.reductions and (not weights or weights[0] != 0):
        yield ReductionWithoutNormalRate.at("/reductions")
    rates = [one.rate_micros_per_kg for one in contract.breaks]
    amounts = [contract.minimum_minor]
    if contract.pivot is not None:
        rates.append(contract.pivot.over_micros_per_kg)
        amounts.append(contract.pivot.charge_minor)
    if max(rates, default=0) > RATE_MAX_MICROS:
        yield AmountTooLarge.at("/breaks", limit=RATE_MAX_MICROS // 1_000_000)
    if max(amounts) > AMOUNT_MAX_MINOR:
        yield AmountTooLarge.at("/minimum", limit=AMOUNT_MAX_MINOR)
    for n, surcharge in enumerate(contract.surcharges):
        yield from _surcharge_problems(surcharge, contract.currency, f"/surcharges/{n}")


def _surcharge_problems(surcharge: Surcharge, currency: str, at: str) -> Iterator[FieldProblem]:
    least, most = surcharge.min_minor, surcharge.max_minor
    if least is not None and most is not None and least > most:
        yield SurchargeBoundsReversed.at(f"{at}/maximum")
    if surcharge.basis is SurchargeBasis.FLAT and surcharge.value_micros % flat_divisor(currency):
        yield AmountTooFine.at(f"{at}/value", currency=currency, digits=MINOR_DIGITS[currency])
    is_share = surcharge.basis is SurchargeBasis.FREIGHT
    limit = _PERCENT_MAX_MICROS if is_share else RATE_MAX_MICROS
    if surcharge.value_micros > limit:
        yield AmountTooLarge.at(f"{at}/value", limit=limit // 1_000_000)
