"""A month of released lists, and the day by which it is summarised: the 15th of the next one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from services.customs.domain.messages.values import CHINA

DUE_DAY: Final = 15

# later: of the running month · due: of the month before, by the 15th · overdue
Age = Literal["later", "due", "overdue"]


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """Of the calendar in China."""

    year: int
    month: int

    @classmethod
    def of(cls, at: datetime) -> "Month":
        local = at.astimezone(CHINA)
        return cls(local.year, local.month)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """`2026-11`."""
        year, _, month = text.partition("-")
        return cls(int(year), int(month))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def next(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def begins_at(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=CHINA)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return self.next.begins_at

    @property
    def due_on(self) -> date:
        return date(self.next.year, self.next.month, DUE_DAY)

    @property
    def due_at(self) -> datetime:
        """The end of that day: the first instant after it."""
        return datetime(self.next.year, self.next.month, DUE_DAY + 1, tzinfo=CHINA)

    def age(self, now: datetime) -> Age:
        """Of what was released in it, and is not summarised."""
        if now < self.ends_at:
            return "later"
        return "due" if now < self.due_at else "overdue"
