"""What reading a cell gives."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from services.catalog.domain.imports.faults import CellFault
from services.catalog.domain.imports.rows import Cell


class Empty(Enum):
    """A cell with nothing in it, or nothing but spaces."""

    EMPTY = "empty"


EMPTY: Final = Empty.EMPTY


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount whose cell or header names the currency, or several that a sign can mean."""

    text: str
    currencies: tuple[str, ...]


Value = str | int | float | bool | tuple[int, int, int] | tuple[str, ...] | Amount


@dataclass(frozen=True, slots=True)
class Noted:
    """A value, and what had to be done to get it."""

    value: Value
    fault: CellFault


Reading = Value | Noted | CellFault | Empty
Reader = Callable[[Cell], Reading]
