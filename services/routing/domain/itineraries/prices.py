"""Prices of all carriages at once: the rules of `domain/rates/charge.py` on arrays.

A price depends on the contract and on the goods, so it is computed once for each contract, and each
carriage takes that of its own. Whole numbers of 64 bits throughout; a test compares them
with the charges of `charge.py`, to the minor unit.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import numpy as np

from services.routing.domain.itineraries.arrays import Indices, Ints
from services.routing.domain.rates.amounts import (
    PERCENT_DIVISOR,
    VOLUME_MAX_CM3,
    WEIGHT_MAX_G,
    flat_divisor,
    per_kg_divisor,
    scaled,
)
from services.routing.domain.rates.book import CarriageKey, RateBook
from services.routing.domain.rates.charge import Consignment, applies
from services.routing.domain.rates.contract import RateContract, Surcharge, SurchargeBasis
from services.routing.domain.rates.exchange import exchange_divisor

UNKNOWN: Final = -1
"""Instead of a price: there is no contract, or no exchange rate."""

_NO_LIMIT: Final = np.iinfo(np.int64).max
_BASES: Final = tuple(SurchargeBasis)


class RateTable:
    """The contracts of `keys` on each local day of departure from `first` to `last`.

    Made anew when rates or the timetable change; a query only asks for `costs`.
    """

    def __init__(
        self, book: RateBook, keys: Sequence[CarriageKey], *, first: date, last: date
    ) -> None:
        self._exchange_rates = book.exchange_rates
        self._first = first.toordinal()
        self._days = last.toordinal() - self._first + 1
        found: dict[str, int] = {}
        contracts: list[RateContract] = []
        # By day and key the place of its contract; no day has one before the first and after the
        # last.
        self._rows = np.full((self._days + 2, len(keys)), UNKNOWN, np.int64)
        for n, key in enumerate(keys):
            # The most specific is written last.
            for contract in reversed(book.contracts_of(key)):
                if contract.id not in found:
                    found[contract.id] = len(contracts)
                    contracts.append(contract)
                self._rows[self._days_of(contract), n] = found[contract.id]
        self._is_constant = bool((self._rows[1:-1] == self._rows[1]).all())
        self._contracts = _Contracts(contracts)

    def costs(
        self, goods: Consignment, class_of: Indices, departs_on: Ints, *, asked_on: date
    ) -> Ints:
        """By carriage, in minor units of the park's currency; UNKNOWN where it is not known, and
        for goods that no vehicle could carry: 64 bits do not hold their price.

        `class_of`: the place of its key in `keys`; `departs_on`: the ordinal of its local day of
        departure, as `date.toordinal`.
        """
        if goods.gross_g > WEIGHT_MAX_G or goods.volume_cm3 > VOLUME_MAX_CM3:
            return np.full(len(departs_on), UNKNOWN, np.int64)
        # The last one, which row -1 means, has no price.
        of_row = np.append(self._of_contracts(goods, asked_on), UNKNOWN)
        days = departs_on - (self._first - 1)
        if self._is_constant and days.size and days.min() >= 1 and days.max() <= self._days:
            known: Ints = of_row[self._rows[1]][class_of]
            return known
        found: Ints = of_row[self._rows[np.clip(days, 0, self._days + 1), class_of]]
        return found

    def _days_of(self, contract: RateContract) -> slice:
        begin = max(contract.valid_from.toordinal() - self._first, 0) + 1
        end = self._days + 1
        if contract.valid_to is not None:
            end = min(contract.valid_to.toordinal() - self._first + 2, end)
        return slice(begin, max(end, begin))

    def _of_contracts(self, goods: Consignment, asked_on: date) -> Ints:
        contracts = self._contracts
        factors = [
            UNKNOWN if rate is None else rate.cny_per_unit_e8
            for rate in (
                self._exchange_rates.find(currency, asked_on) for currency in contracts.currencies
            )
        ]
        factor = np.array(factors, np.int64)[contracts.currency_of]
        converted = _scaled(contracts.charges(goods), factor, contracts.exchange_divisor)
        return np.where(factor == UNKNOWN, UNKNOWN, converted)


class _Contracts:
    """Contracts as arrays: the first index is the contract, a second one the break or the
    surcharge. Short rows are filled up with what changes nothing.
    """

    def __init__(self, contracts: Sequence[RateContract]) -> None:
        self.currencies = sorted({one.currency for one in contracts})
        self.currency_of = _ints(self.currencies.index(one.currency) for one in contracts)
        self.exchange_divisor = _ints(exchange_divisor(one.currency) for one in contracts)
        self._rounding_g = _ints(one.rounding_g for one in contracts)
        self._cubic_cm = _ints(one.cubic_cm_per_kg * one.rounding_g for one in contracts)
        self._per_kg = _ints(per_kg_divisor(one.currency) for one in contracts)
        self._minimum = _ints(one.minimum_minor for one in contracts)
        # The last break once more.
        breaks = max((len(one.breaks) for one in contracts), default=1)
        filled = [(*one.breaks, *one.breaks[-1:] * (breaks - len(one.breaks))) for one in contracts]
        self._from_g = _matrix([[b.from_g for b in row] for row in filled], breaks)
        self._rate = _matrix([[b.rate_micros_per_kg for b in row] for row in filled], breaks)
        self._reductions = _reductions(contracts)
        self._pivot_rows = _ints(n for n, one in enumerate(contracts) if one.pivot is not None)
        pivots = [one.pivot for one in contracts if one.pivot is not None]
        self._pivot_g = _ints(one.weight_g for one in pivots)
        self._pivot_charge = _ints(one.charge_minor for one in pivots)
        self._pivot_over = _ints(one.over_micros_per_kg for one in pivots)
        self._surcharges = _Surcharges(contracts)

    def charges(self, goods: Consignment) -> Ints:
        """Totals in minor units of each contract's currency."""
        weight = -(-goods.gross_g // self._rounding_g) * self._rounding_g
        steps = -(-goods.volume_cm3 * 1_000 // self._cubic_cm)
        weight = np.maximum(weight, steps * self._rounding_g)
        billed = np.maximum(weight[:, None], self._from_g)
        freight = _scaled(self._rate, billed, self._per_kg[:, None]).min(axis=1)
        for code in goods.handling_codes & self._reductions.keys():
            rows, rate = self._reductions[code]
            reduced = _scaled(rate, weight[rows], self._per_kg[rows])
            np.minimum.at(freight, rows, reduced)
        if goods.built_up_units and self._pivot_rows.size:
            self._build_up(freight, weight, goods.built_up_units)
        freight = np.maximum(freight, self._minimum)
        total: Ints = freight + self._surcharges.total(goods, weight=weight, freight=freight)
        return total

    def _build_up(self, freight: Ints, weight: Ints, units: int) -> None:
        rows = self._pivot_rows
        over = np.maximum(weight[rows] - units * self._pivot_g, 0)
        charge = units * self._pivot_charge + _scaled(self._pivot_over, over, self._per_kg[rows])
        freight[rows] = np.minimum(freight[rows], charge)


class _Surcharges:
    def __init__(self, contracts: Sequence[RateContract]) -> None:
        width = max((len(one.surcharges) for one in contracts), default=0)
        rows: list[list[Surcharge | None]] = [
            [*one.surcharges, *[None] * (width - len(one.surcharges))] for one in contracts
        ]
        self._conditions = sorted({s.handling_codes for row in rows for s in row if s is not None})
        # The condition after the last one never holds.
        never = len(self._conditions)
        conditions = [
            [never if s is None else self._conditions.index(s.handling_codes) for s in row]
            for row in rows
        ]
        bases = [[0 if s is None else _BASES.index(s.basis) for s in row] for row in rows]
        least = [[0 if s is None else s.min_minor or 0 for s in row] for row in rows]
        most = [
            [_NO_LIMIT if s is None or s.max_minor is None else s.max_minor for s in row]
            for row in rows
        ]
        divisors = [
            [1 if s is None else _divisor(s.basis, contracts[n].currency) for s in row]
            for n, row in enumerate(rows)
        ]
        self._condition = _matrix(conditions, width)
        self._basis = _matrix(bases, width)
        self._value = _matrix(
            [[0 if s is None else s.value_micros for s in row] for row in rows], width
        )
        self._least = _matrix(least, width)
        self._most = _matrix(most, width)
        self._divisor = _matrix(divisors, width)

    def total(self, goods: Consignment, *, weight: Ints, freight: Ints) -> Ints:
        quantity = np.select(
            [
                self._basis == _BASES.index(basis)
                for basis in (
                    SurchargeBasis.GROSS,
                    SurchargeBasis.CHARGEABLE,
                    SurchargeBasis.FREIGHT,
                )
            ],
            [np.int64(goods.gross_g), weight[:, None], freight[:, None]],
            np.int64(1),
        )
        is_share = self._basis == _BASES.index(SurchargeBasis.FREIGHT)
        amounts = _scaled(
            np.where(is_share, quantity, self._value),
            np.where(is_share, self._value, quantity),
            self._divisor,
        )
        amounts = np.minimum(np.maximum(amounts, self._least), self._most)
        holds = np.array([*(applies(codes, goods) for codes in self._conditions), False])
        total: Ints = np.where(holds[self._condition], amounts, 0).sum(axis=1)
        return total


def _divisor(basis: SurchargeBasis, currency: str) -> int:
    match basis:
        case SurchargeBasis.FLAT:
            return flat_divisor(currency)
        case SurchargeBasis.FREIGHT:
            return PERCENT_DIVISOR
        case _:
            return per_kg_divisor(currency)


def _reductions(contracts: Sequence[RateContract]) -> dict[str, tuple[Ints, Ints]]:
    """By handling code: the contracts that have one, and its rate per kilogram."""
    found: dict[str, list[tuple[int, int]]] = {}
    for n, contract in enumerate(contracts):
        for one in contract.reductions:
            rate = scaled(contract.breaks[0].rate_micros_per_kg, one.permille, 1_000)
            found.setdefault(one.handling_code, []).append((n, rate))
    return {
        code: (_ints(row for row, _ in rows), _ints(rate for _, rate in rows))
        for code, rows in found.items()
    }


def _scaled(value: Ints, factor: Ints, divisor: Ints) -> Ints:
    """`amounts.scaled` on arrays. The whole part is taken out first, so that nothing overflows."""
    whole, rest = np.divmod(value, divisor)
    result: Ints = whole * factor + (rest * factor + divisor // 2) // divisor
    return result


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _matrix(rows: Sequence[Sequence[int]], width: int) -> Ints:
    return np.array(rows, np.int64).reshape(len(rows), width)
