"""The clock of a return: until when goods come back free of import duty and tax.

The relief is the regime table's: goods exported in a window of days, unchanged, within so many
months, no food. That food is meant by the chapters of the tariff below is our reading of it.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from services.customs.domain.messages.values import CHINA
from services.customs.domain.regimes.regime import RegimeTables, Relief

# Days before the last one from which the end is a warning.
_SOON_DAYS: Final = 30
# Chapters of the Harmonized System whose goods are mostly eaten or drunk.
_FOOD_CHAPTERS: Final = frozenset("02 03 04 07 08 09 10 11 12 15 16 17 18 19 20 21 22".split())

# relief_ends: in 30 days or less · relief_over · no_relief: it left outside of the window of days ·
# may_be_food: food is not free.
DutyWarning = Literal["relief_ends", "relief_over", "no_relief", "may_be_food"]


@dataclass(frozen=True, slots=True)
class ReturnClock:
    """`until`: the last day in China on which the goods come back free of duty; None: there is no
    relief for them. `exported_on`: a day in China.
    """

    exported_on: date
    relief: Relief | None
    until: date | None

    def warnings(self, today: date, gcodes: Iterable[str]) -> tuple[DutyWarning, ...]:
        """`gcodes`: of the goods that come back."""
        found: list[DutyWarning] = []
        if self.until is None:
            found.append("no_relief")
        elif today > self.until:
            found.append("relief_over")
        elif (self.until - today).days <= _SOON_DAYS:
            found.append("relief_ends")
        if any(gcode[:2] in _FOOD_CHAPTERS for gcode in gcodes):
            found.append("may_be_food")
        return tuple(found)


def return_clock(mode: str, exported_at: datetime, tables: RegimeTables) -> ReturnClock:
    """`mode`: tradeMode of the list. `exported_at`: when the goods left the country, or when
    customs released them where that is not known.
    """
    exported_on = day_in_china(exported_at)
    relief = tables.relief_for(mode, exported_on)
    until = None if relief is None else months_later(exported_on, relief.within_months)
    return ReturnClock(exported_on, relief, until)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def day_in_china(at: datetime) -> date:
    return at.astimezone(CHINA).date()
