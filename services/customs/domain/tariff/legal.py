"""The quantities of a list line: declared as sold, and in the tariff's legal units."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from services.customs.domain.messages.values import number
from services.customs.domain.tariff.tariff import Tariff, TariffRow
from services.customs.domain.tariff.units import amount_in

# What goods are counted in where the tariff counts them in nothing.
PIECE: Final = "011"


@dataclass(frozen=True, slots=True)
class LegalQuantities:
    """`unit` of the quantity as sold; `quantity1` in `unit1`, `quantity2` in `unit2`, as a message
    writes them. None: not known; `unit2` None: the tariff has no second unit.
    """

    unit: str
    unit1: str | None
    quantity1: str | None
    unit2: str | None = None
    quantity2: str | None = None


UNKNOWN: Final = LegalQuantities(PIECE, None, None)


def legal_quantities(
    tariff: Tariff,
    row: TariffRow | None,
    *,
    quantity: int,
    net_weight_g: int,
    given: tuple[str | None, str | None] = (None, None),
) -> LegalQuantities:
    """`quantity`, `net_weight_g`: of the whole line. `given`: amounts in the first and second unit
    that somebody measured; they come before those that are reckoned.
    """
    if row is None or row.unit1 is None:
        return UNKNOWN
    codes = (row.unit1, row.unit2)
    counted = (code for code in codes if code and tariff.units[code].measure == "count")
    first, second = (
        _amount(tariff, code, quantity, net_weight_g, own)
        for code, own in zip(codes, given, strict=True)
    )
    return LegalQuantities(next(counted, PIECE), row.unit1, first, row.unit2, second)


def _amount(
    tariff: Tariff, code: str | None, quantity: int, net_weight_g: int, own: str | None
) -> str | None:
    if code is None:
        return None
    if own is not None:
        return own if is_amount(own) else None
    amount = amount_in(tariff.units[code], quantity=quantity, net_weight_g=net_weight_g)
    return None if amount is None else number(amount)


def is_amount(text: str) -> bool:
    """A plain decimal above zero with at most five decimals (N19,5)."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    if not (value.is_finite() and text.isascii() and text.replace(".", "", 1).isdigit()):
        return False
    exponent = value.as_tuple().exponent
    return value > 0 and isinstance(exponent, int) and exponent >= -5 and value < 10**14
