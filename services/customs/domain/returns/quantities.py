"""How much of a list can still come back, and what the lines of a return are.

A return copies the line of the list and takes part of its quantity. Its legal quantities are in the
same proportion, rounded down to the five decimals that an element has. The return that takes the
last of a line has the rest of them, so those of all returns add up to those of the list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, localcontext
from typing import Final

from services.customs.domain.messages.document import Document, Values
from services.customs.domain.messages.values import number
from services.customs.domain.returns.errors import (
    ReturnLineExhausted,
    ReturnLineRepeated,
    ReturnLineUnknown,
    ReturnQuantityTooLarge,
)
from shared.kernel.errors import FieldProblem, refuse

# N19,5: five digits after the point.
_STEP: Final = Decimal("0.00001")
_DIGITS: Final = 60
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Quantities:
    """In the units of trade, and in the first and the second legal unit. `second` is None where the
    code has no second unit.
    """

    traded: Decimal
    first: Decimal
    second: Decimal | None

    def less(self, other: "Quantities") -> "Quantities":
        """Never below nothing: customs may have taken more than one return of the same goods."""
        second = None
        if self.second is not None:
            second = max(self.second - (other.second or _ZERO), _ZERO)
        traded = max(self.traded - other.traded, _ZERO)
        return Quantities(traded, max(self.first - other.first, _ZERO), second)


@dataclass(frozen=True, slots=True)
class ReturnableLine:
    """A line of the list, by its number there. `whole`: as it was exported; `remaining`: what can
    still come back.
    """

    gnum: int
    values: Values
    whole: Quantities
    remaining: Quantities


@dataclass(frozen=True, slots=True)
class AskedLine:
    gnum: int
    quantity: Decimal


def returnable_lines(exported: Document, held: Iterable[Document]) -> tuple[ReturnableLine, ...]:
    """`exported`: the list. `held`: the returns that have taken part of it."""
    taken: dict[str, list[Quantities]] = {}
    for one in held:
        for line in one.lines:
            taken.setdefault(line.get("gnum") or "", []).append(_quantities(line))
    found = []
    for line in exported.lines:
        gnum = line.get("gnum") or ""
        whole = remaining = _quantities(line)
        for part in taken.get(gnum, ()):
            remaining = remaining.less(part)
        found.append(ReturnableLine(int(gnum), line, whole, remaining))
    return tuple(found)


def all_of(lines: Iterable[ReturnableLine]) -> tuple[AskedLine, ...]:
    """Whatever can still come back."""
    left = [one for one in lines if one.remaining.traded > 0]
    return tuple(AskedLine(one.gnum, one.remaining.traded) for one in left)


def return_lines(lines: Sequence[ReturnableLine], asked: Sequence[AskedLine]) -> tuple[Values, ...]:
    """The lines of CEB213, in the order of the list.

    Raises Invalid with everything that cannot be: a line that the list does not have, one that is
    named twice, more than can still come back.
    """
    by_gnum = {one.gnum: one for one in lines}
    refuse(_problems(by_gnum, asked))
    wanted = {one.gnum: one.quantity for one in asked}
    return tuple(_line(one, wanted[one.gnum]) for one in lines if one.gnum in wanted)


def _problems(by_gnum: dict[int, ReturnableLine], asked: Sequence[AskedLine]) -> list[FieldProblem]:
    found: list[FieldProblem] = []
    seen: set[int] = set()
    for place, one in enumerate(asked):
        at, line = f"/lines/{place}", by_gnum.get(one.gnum)
        if line is None:
            found.append(ReturnLineUnknown.at(f"{at}/gnum", gnum=one.gnum))
        elif one.gnum in seen:
            found.append(ReturnLineRepeated.at(f"{at}/gnum", gnum=one.gnum))
        elif line.remaining.traded <= 0:
            found.append(ReturnLineExhausted.at(f"{at}/quantity", gnum=one.gnum))
        elif one.quantity > line.remaining.traded:
            found.append(
                ReturnQuantityTooLarge.at(
                    f"{at}/quantity",
                    gnum=one.gnum,
                    quantity=number(one.quantity),
                    remaining=number(line.remaining.traded),
                )
            )
        seen.add(one.gnum)
    return found


def _line(line: ReturnableLine, quantity: Decimal) -> Values:
    values, part = line.values, _part(line, quantity)
    return {
        "gnum": str(line.gnum),
        "gcode": values.get("gcode"),
        "gname": values.get("gname"),
        "gmodel": values.get("gmodel"),
        "qty": number(part.traded),
        "qty1": number(part.first),
        "unit": values.get("unit"),
        "unit1": values.get("unit1"),
        "qty2": None if part.second is None else number(part.second),
        "unit2": None if part.second is None else values.get("unit2"),
    }


def _part(line: ReturnableLine, quantity: Decimal) -> Quantities:
    whole, remaining = line.whole, line.remaining
    if quantity == remaining.traded:
        return remaining
    first = _share(whole.first, quantity, whole.traded)
    second = None
    if whole.second is not None:
        second = _share(whole.second, quantity, whole.traded)
    return Quantities(quantity, first, second)


def _share(legal: Decimal, quantity: Decimal, whole: Decimal) -> Decimal:
    with localcontext() as context:
        # More digits than any product of two such numbers has.
        context.prec = _DIGITS
        return (legal * quantity / whole).quantize(_STEP, rounding=ROUND_DOWN)


def _quantities(line: Values) -> Quantities:
    second = line.get("qty2")
    return Quantities(
        Decimal(line.get("qty") or 0),
        Decimal(line.get("qty1") or 0),
        Decimal(second) if second else None,
    )
