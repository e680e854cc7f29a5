"""Parses the files that prices are made of. One that does not fit is refused with its name and
line.

Amounts are decimal text in the currency's main unit, weights kilograms. A contract has a column
`per_kg_<kg>` for each break; an empty cell: the contract has no such break. Its `surcharges` names
a schedule of `rate-surcharges.csv`, all rows of which belong to the contract.
"""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from services.routing.domain.network.records import MODES, Mode
from services.routing.domain.rates.contract import (
    Basis,
    Break,
    Due,
    RateContract,
    Surcharge,
    SurchargeBasis,
    contract_problems,
)
from services.routing.domain.rates.exchange import ExchangeRate
from services.routing.domain.rates.last_mile import LastMileTariff
from services.routing.domain.rates.margins import Margin
from shared.kernel.money import Money, MoneyError

R = TypeVar("R")
Cells = dict[str, str]

CONTRACTS: Final = "rate-contracts.csv"
SURCHARGES: Final = "rate-surcharges.csv"
EXCHANGE_RATES: Final = "exchange-rates.csv"
LAST_MILE: Final = "last-mile-tariffs.csv"
MARGINS: Final = "margins.csv"
FILES: Final = (CONTRACTS, SURCHARGES, EXCHANGE_RATES, LAST_MILE, MARGINS)

_MODES: Final[Mapping[str, Mode]] = {mode: mode for mode in MODES}
_BASES: Final[Mapping[str, Basis]] = {"reported": "reported", "synthetic": "synthetic"}
_DUE: Final[Mapping[str, Due]] = {"carrier": "carrier", "agent": "agent"}
_BREAK: Final = re.compile(r"per_kg_([0-9]+)")


class RateFileWrong(ValueError):
    """Which file, which line, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class RateFiles:
    """`digest` names the content of all files: equal digest, nothing to load."""

    digest: str
    contracts: list[RateContract]
    exchange_rates: list[ExchangeRate]
    last_mile: list[LastMileTariff]
    margins: list[Margin]


def parse_rates(files: Mapping[str, bytes]) -> RateFiles:
    """`files` are the contents of FILES. Raises RateFileWrong."""
    schedules: dict[str, list[Cells]] = {}
    for cells in _parse(files, SURCHARGES, lambda cells: cells):
        schedules.setdefault(cells["schedule"], []).append(cells)
    return RateFiles(
        digest=hashlib.sha256(b"\0".join(files[name] for name in FILES)).hexdigest(),
        contracts=list(_parse(files, CONTRACTS, lambda cells: _contract(cells, schedules))),
        exchange_rates=list(_parse(files, EXCHANGE_RATES, _exchange_rate)),
        last_mile=list(_parse(files, LAST_MILE, _last_mile)),
        margins=list(_parse(files, MARGINS, _margin)),
    )


def contract_id(reference: str) -> str:
    """The id of a contract of the files: the same on every machine."""
    return f"rct_{hashlib.sha256(reference.encode()).hexdigest()[:32]}"


def _parse(files: Mapping[str, bytes], name: str, parse: Callable[[Cells], R]) -> Iterator[R]:
    lines = io.StringIO(files[name].decode(), newline="")
    for line, cells in enumerate(csv.DictReader(lines), start=2):
        try:
            yield parse(cells)
        except (KeyError, ValueError, ArithmeticError) as error:
            raise RateFileWrong(f"{name}, line {line}: {error}") from error


def _contract(cells: Cells, schedules: Mapping[str, Sequence[Cells]]) -> RateContract:
    currency = cells["currency"]
    schedule = schedules[cells["surcharges"]] if cells["surcharges"] else ()
    contract = RateContract(
        id=contract_id(cells["reference"]),
        version=1,
        reference=cells["reference"],
        carrier=cells["carrier"],
        product=cells["product"],
        origin=cells["origin"],
        destination=cells["destination"],
        mode=_MODES[cells["mode"]],
        vehicle=cells["vehicle"],
        from_km=int(cells["from_km"]),
        below_km=int(cells["below_km"]) if cells["below_km"] else None,
        currency=currency,
        valid_from=date.fromisoformat(cells["valid_from"]),
        valid_to=_day(cells["valid_to"]),
        cubic_cm_per_kg=int(cells["cubic_cm_per_kg"]),
        rounding_g=_whole(cells["rounding_kg"], 1_000),
        minimum_minor=_minor(cells["minimum"], currency),
        breaks=tuple(_breaks(cells)),
        pivot=None,
        reductions=(),
        surcharges=tuple(_surcharge(one, currency) for one in schedule),
        source=cells["source"],
        as_of=date.fromisoformat(cells["as_of"]),
        basis=_BASES[cells["basis"]],
    )
    problems = [one.text.render("en", one.params) for one in contract_problems(contract)]
    if problems or not contract.breaks:
        raise ValueError(" ".join(problems) or "there is no rate")
    return contract


def _breaks(cells: Cells) -> Iterator[Break]:
    for name, rate in cells.items():
        if rate and (found := _BREAK.fullmatch(name)):
            yield Break(int(found[1]) * 1_000, _whole(rate, 1_000_000))


def _surcharge(cells: Cells, currency: str) -> Surcharge:
    return Surcharge(
        code=cells["code"],
        basis=SurchargeBasis(cells["charged"]),
        value_micros=_whole(cells["value"], 1_000_000),
        min_minor=_minor(cells["min"], currency) if cells["min"] else None,
        max_minor=_minor(cells["max"], currency) if cells["max"] else None,
        due=_DUE[cells["due"]],
        handling_codes=tuple(cells["handling_codes"].split()),
    )


def _exchange_rate(cells: Cells) -> ExchangeRate:
    return ExchangeRate(
        currency=cells["currency"],
        valid_from=date.fromisoformat(cells["valid_from"]),
        cny_per_unit_e8=_whole(cells["cny_per_unit"], 10**8),
        source=cells["source"],
        as_of=date.fromisoformat(cells["as_of"]),
        basis=_BASES[cells["basis"]],
    )


def _last_mile(cells: Cells) -> LastMileTariff:
    return LastMileTariff(
        country=cells["country"],
        postal_prefix=cells["postal_prefix"],
        gateway=cells["gateway"],
        currency=cells["currency"],
        base_minor=_minor(cells["base"], cells["currency"]),
        rate_micros_per_kg=_whole(cells["per_kg"], 1_000_000),
        cubic_cm_per_kg=int(cells["cubic_cm_per_kg"]),
        rounding_g=_whole(cells["rounding_kg"], 1_000),
        valid_from=date.fromisoformat(cells["valid_from"]),
        valid_to=_day(cells["valid_to"]),
        source=cells["source"],
        as_of=date.fromisoformat(cells["as_of"]),
        basis=_BASES[cells["basis"]],
    )


def _margin(cells: Cells) -> Margin:
    return Margin(
        merchant_id=cells["merchant_id"],
        valid_from=date.fromisoformat(cells["valid_from"]),
        cost_permille=int(cells["cost_permille"]),
        flat_minor=_minor(cells["flat"], "CNY"),
        source=cells["source"],
        as_of=date.fromisoformat(cells["as_of"]),
        basis=_BASES[cells["basis"]],
    )


def _minor(amount: str, currency: str) -> int:
    try:
        return Money.parse(amount, currency).amount_minor
    except MoneyError as error:
        raise ValueError(str(error)) from error


def _whole(text: str, per_unit: int) -> int:
    """Decimal text in whole parts of a unit. Raises ValueError if it has smaller ones."""
    value = Decimal(text) * per_unit
    if value != int(value) or value < 0:
        raise ValueError(f"{text} is not a whole number of parts above zero")
    return int(value)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
