"""Numbers as people write them: thousands separators, decimal commas, full-width digits."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from services.catalog.domain.imports import fault_kinds
from services.catalog.domain.imports.faults import CellFault

# Nothing that is counted, weighed or paid has more.
_DIGITS_MAX: Final = 30
PLAIN: Final = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,18})?", re.ASCII)
_SCIENTIFIC: Final = re.compile(r"[+-]?\d(?:[.,]\d{1,17})?[eE][+-]?\d{1,2}", re.ASCII)
# A number with words around it: `US$ 1,234.50`, `1.2kg`, `约5`.
_PARTED: Final = re.compile(
    r"(?P<before>[^\d.,+-]*)(?P<number>[+-]?[\d.,](?:[\d.,' ]*\d)?\.?)(?P<after>[^\d]*)", re.ASCII
)
_UNSEEN: Final = re.compile("[\u200b\ufeff\u2060\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Two numbers with something between them that is no part of a number.
_RANGE: Final = re.compile(r"\D*\d[\d.,]*[^\d.,]*?(?:-|~|–|—|至|到|、)\D*?\d[\d.,]*\D*", re.ASCII)
_GROUPS: Final = {mark: re.compile(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+") for mark in ".,"}
_SPACED: Final = re.compile(r"\d{1,3}(?:[' ]\d{3})+(?=[.,]|$)", re.ASCII)


def number_of(cell: float | Decimal) -> Decimal:
    """The number as Excel shows it: it keeps 15 digits, and 3.3000000000000003 is 3.3."""
    if isinstance(cell, float):
        return Decimal(f"{cell:.15g}")
    return Decimal(cell)


def half_width(text: str) -> str:
    """ASCII forms of full-width digits, signs and spaces; no invisible characters around."""
    if text.isascii():
        return text.strip()
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    return plain.replace("\u2212", "-").replace("\u2019", "'").strip()


def parted(text: str) -> tuple[str, str, str] | None:
    """What stands before the number, the number, and what stands after it, in half width."""
    found = _PARTED.fullmatch(text)
    if found is None:
        return None
    return found["before"].strip(), found["number"], found["after"].strip()


def is_range(text: str) -> bool:
    """`10-12`, `¥10 ~ 12`, `500g至600g`, in half width."""
    return len(text) <= 2 * _DIGITS_MAX and _RANGE.fullmatch(text) is not None


def decimal_of(text: str, mark: str | None) -> Decimal | CellFault:
    """The number that `text` is. `mark`: the decimal mark of its column, if that is known."""
    if PLAIN.fullmatch(text) is not None and not (mark == "," and could_be_thousands(text)):
        return Decimal(text)
    if _SCIENTIFIC.fullmatch(text) is not None:
        return Decimal(text.replace(",", "."))
    plain = _plainly(text, mark) if len(text) <= 2 * _DIGITS_MAX else ""
    if isinstance(plain, CellFault):
        return plain
    return Decimal(plain) if PLAIN.fullmatch(plain) else CellFault(fault_kinds.CELL_NUMBER)


def _plainly(text: str, mark: str | None) -> str | CellFault:
    sign, digits = ("-", text[1:]) if text[:1] == "-" else ("", text.removeprefix("+"))
    if (spaced := _SPACED.match(digits)) is not None:
        digits = spaced[0].replace("'", "").replace(" ", "") + digits[spaced.end() :]
    plain = _with_point(digits, mark)
    if isinstance(plain, CellFault):
        return plain
    return f"{sign}0{plain}" if plain.startswith(".") else sign + plain


def whole(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_UP))


def plain_text(value: Decimal) -> str:
    """Decimal text without exponent, leading zeros or a trailing point."""
    return format(value, "f")


def amount_text(value: Decimal) -> str:
    """Decimal text without zeros that shops put behind the cents: 34.0000 is 34.00."""
    head, _, tail = plain_text(value).partition(".")
    kept = tail[:2] + tail[2:].rstrip("0")
    return f"{head}.{kept}" if kept else head


def could_be_thousands(text: str) -> bool:
    """`1.250`: one and a quarter, or a German's 1,250."""
    return _GROUPS["."].fullmatch(text.lstrip("+-")) is not None and not text.startswith("0")


def _with_point(digits: str, mark: str | None) -> str | CellFault:
    """The digits with a decimal point, without thousands separators."""
    commas, points = digits.count(","), digits.count(".")
    if commas and points:
        decimal, thousands = (",", ".") if digits.rfind(",") > digits.rfind(".") else (".", ",")
        head, _, tail = digits.rpartition(decimal)
        if decimal in head or _GROUPS[thousands].fullmatch(head) is None:
            return CellFault(fault_kinds.CELL_NUMBER)
        return f"{head.replace(thousands, '')}.{tail}"
    if not commas and not points:
        return digits
    return _one_separator(digits, "," if commas else ".", mark)


def _one_separator(digits: str, used: str, mark: str | None) -> str | CellFault:
    is_grouped = _GROUPS[used].fullmatch(digits) is not None and not digits.startswith("0")
    if digits.count(used) > 1:
        return digits.replace(used, "") if is_grouped else CellFault(fault_kinds.CELL_NUMBER)
    if is_grouped and mark is None and used == ",":
        return CellFault(
            fault_kinds.CELL_SEPARATOR,
            {"first": digits.replace(",", ""), "second": digits.replace(",", ".")},
        )
    if is_grouped and mark is not None and mark != used:
        return digits.replace(used, "")
    return digits.replace(used, ".").removesuffix(".")


def proven_mark(text: str) -> str | None:
    """The decimal mark that this number proves for its column, if it proves one."""
    parts = parted(half_width(text))
    if parts is None:
        return None
    digits = parts[1].lstrip("+-")
    commas, points = digits.count(","), digits.count(".")
    if commas and points:
        return "," if digits.rfind(",") > digits.rfind(".") else "."
    if not commas and not points:
        return None
    used, other = (",", ".") if commas else (".", ",")
    if commas + points > 1:
        return other
    return None if _GROUPS[used].fullmatch(digits) is not None else used
