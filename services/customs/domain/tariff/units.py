"""Customs' units of measure, and how much of one an order line has.

The table `units.csv` has `code,name_zh,measure,per,basis`. `measure` says what a unit is counted
from: `mass` from the net weight, `count` from the number of pieces sold; an empty one cannot be
known from an order. `per`: how many grams, or pieces, one unit has. Goods are counted as they are
sold: a pair of shoes is one piece of the order and one pair of the list, a set is one set.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

Measure = Literal["mass", "count"]
_MEASURES: Final[dict[str, Measure]] = {"mass": "mass", "count": "count"}
# N19,5: five decimals are the most that a message carries.
_SMALLEST: Final = Decimal("0.00001")
_LARGEST: Final = 10**14


@dataclass(frozen=True, slots=True)
class Unit:
    """`measure` None: an amount in this unit does not follow from pieces and weights."""

    code: str
    name_zh: str
    measure: Measure | None
    per: int


def parse_units(text: str) -> dict[str, Unit]:
    """By code. Raises ValueError for a duplicate or malformed row."""
    units: dict[str, Unit] = {}
    for row in csv.DictReader(io.StringIO(text)):
        code, measure = row["code"], _MEASURES.get(row["measure"])
        if code in units or len(code) != 3 or (measure is None) != (row["measure"] == ""):
            raise ValueError(f"customs units: bad row {row}")
        units[code] = Unit(code, row["name_zh"], measure, int(row["per"] or 0))
    return units


def amount_in(unit: Unit, *, quantity: int, net_weight_g: int) -> Decimal | None:
    """How much `quantity` pieces of together `net_weight_g` are in the unit, to five decimals. None
    where it does not follow, or is more or less than a message can say.
    """
    if unit.measure is None:
        return None
    base = net_weight_g if unit.measure == "mass" else quantity
    if not 0 < base < _LARGEST:
        return None
    amount = (Decimal(base) / unit.per).quantize(_SMALLEST, ROUND_HALF_UP)
    return amount if amount > 0 else None


def unit_names(units: Mapping[str, Unit], code: str) -> str:
    """The unit as people read it: `千克 (035)`."""
    unit = units.get(code)
    return code if unit is None else f"{unit.name_zh} ({code})"
