"""The days a schedule runs on, as bits of an integer: bit i is the i-th day of a window.

So what two schedules have in common, or what is left of one, is one operation on integers, however
long the window. The days are those of the SSIM (IATA Standard Schedules Information Manual): a
period of operation and days of the week, 1 is Monday; besides, single days that were added or
cancelled.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

DAILY: Final = 0b111_1111
_PLACEHOLDERS: Final = ".-_ "
# So many days are written down one by one; for more of them a schedule is cut into periods.
_SINGLE_DAYS_MAX: Final = 31


class WeekdaysWrong(ValueError):
    """No days of operation in the notation of SSIM."""


def weekdays_of(text: str) -> int:
    """`1234567`, `1.3.5..`, `135`: a mask, bit 0 is Monday. Raises WeekdaysWrong."""
    digits = text.strip()
    if any(sign in _PLACEHOLDERS for sign in digits):
        digits = text if len(text) == 7 else digits
        if len(digits) != 7 or any(
            sign not in _PLACEHOLDERS and sign != str(place)
            for place, sign in enumerate(digits, start=1)
        ):
            raise WeekdaysWrong(text)
        digits = "".join(sign for sign in digits if sign not in _PLACEHOLDERS)
    if not digits or any(sign not in "1234567" for sign in digits):
        raise WeekdaysWrong(text)
    if any(first >= second for first, second in pairwise(digits)):
        raise WeekdaysWrong(text)
    return sum(1 << (int(sign) - 1) for sign in digits)


@dataclass(frozen=True, slots=True)
class TrafficDays:
    """Local days of the first departure. `valid_to` None: until further notice.

    A day runs if it was added, or if it lies in the period on one of the weekdays; a cancelled one
    never does. Added days may lie outside of the period.
    """

    valid_from: date
    valid_to: date | None
    weekdays: int
    added_on: frozenset[date] = frozenset()
    cancelled_on: frozenset[date] = frozenset()

    def bits(self, first: date, last: date) -> int:
        """The days of first..last, both included, that run."""
        if last < first:
            return 0
        length = (last - first).days + 1
        low = max((self.valid_from - first).days, 0)
        end = length if self.valid_to is None else min((self.valid_to - first).days + 1, length)
        bits = 0
        if end > low:
            bits = _week_after_week(self.weekdays, first.weekday(), length)
            bits &= ((1 << (end - low)) - 1) << low
        for day in self.added_on:
            if first <= day <= last:
                bits |= 1 << (day - first).days
        for day in self.cancelled_on:
            if first <= day <= last:
                bits &= ~(1 << (day - first).days)
        return bits

    def runs_on(self, day: date) -> bool:
        return bool(self.bits(day, day))

    def days(self, first: date, last: date) -> Iterator[date]:
        """Those of first..last that run, in their order."""
        return days_of(self.bits(first, last), first)

    def count(self, first: date, last: date) -> int:
        return self.bits(first, last).bit_count()

    def starts_on(self) -> date | None:
        """The first day of all that runs; None: none does."""
        single = min(self.added_on - self.cancelled_on, default=None)
        day, end = self.valid_from, self.valid_to
        # Each week has one of the weekdays, if any, and only single days of it can be cancelled.
        for _ in range(7 * (len(self.cancelled_on) + 1) if self.weekdays else 0):
            if end is not None and day > end:
                break
            if self.runs_on(day):
                return day if single is None else min(day, single)
            day += timedelta(days=1)
        return single

    @property
    def earliest(self) -> date:
        """No day before it runs."""
        return min((self.valid_from, *self.added_on))

    @property
    def latest(self) -> date | None:
        """No day after it runs. None: there is no last one."""
        return None if self.valid_to is None else max((self.valid_to, *self.added_on))

    def without(self, other: "TrafficDays") -> tuple["TrafficDays", ...]:
        """What is left of these days, in the order of its days; () if nothing is.

        A few days are cancelled one by one. For more of them the period is cut: before, during and
        after the other one.
        """
        shared = self._shared_days(other)
        if shared is None:
            return self._cut(other)
        regular = frozenset(day for day in shared if self._is_regular(day))
        left = replace(
            self, added_on=self.added_on - shared, cancelled_on=self.cancelled_on | regular
        )
        return (left,) if left.starts_on() is not None else ()

    def _is_regular(self, day: date) -> bool:
        return TrafficDays(self.valid_from, self.valid_to, self.weekdays).runs_on(day)

    def _shared_days(self, other: "TrafficDays") -> frozenset[date] | None:
        """None: too many to name."""
        first = max(self.earliest, other.earliest)
        ends = [end for end in (self.latest, other.latest) if end is not None]
        last = min(ends) if ends else self._regular_from(other)
        shared = self.bits(first, last) & other.bits(first, last)
        if shared.bit_count() > _SINGLE_DAYS_MAX:
            return None
        return frozenset(days_of(shared, first))

    def _regular_from(self, other: "TrafficDays") -> date:
        """A day by which two schedules without an end share too many days, if they share any that
        are regular: each week has one.
        """
        named = (self.added_on, self.cancelled_on, other.added_on, other.cancelled_on)
        begin = max(self.valid_from, other.valid_from, *(day for days in named for day in days))
        return begin + timedelta(weeks=_SINGLE_DAYS_MAX + 1)

    def _cut(self, other: "TrafficDays") -> tuple["TrafficDays", ...]:
        begin, end = other.valid_from, other.valid_to
        parts: list[TrafficDays] = []
        for first, last, weekdays in (
            (date.min, begin - timedelta(days=1), self.weekdays),
            (begin, end, self.weekdays & ~other.weekdays),
            (None if end is None else end + timedelta(days=1), None, self.weekdays),
        ):
            if first is not None:
                part = self._within(first, last, weekdays, other)
                if part.starts_on() is not None:
                    parts.append(part)
        return tuple(parts)

    def _within(
        self, first: date, last: date | None, weekdays: int, other: "TrafficDays"
    ) -> "TrafficDays":
        """The part of first..last, regularly on `weekdays`, without the days of `other`."""
        begin = max(first, self.valid_from)
        end = min(end for end in (last, self.valid_to, date.max) if end is not None)
        if end < begin:  # single days only
            anchor = first if last is None else last
            begin, end, weekdays = anchor, anchor, 0
        has_end = last is not None or self.valid_to is not None
        regular = TrafficDays(begin, end if has_end else None, weekdays)
        named = self.added_on | self.cancelled_on | other.added_on | other.cancelled_on
        named = frozenset(day for day in named if first <= day and (last is None or day <= last))
        runs = frozenset(day for day in named if self.runs_on(day) and not other.runs_on(day))
        return replace(
            regular,
            added_on=frozenset(day for day in runs if not regular.runs_on(day)),
            cancelled_on=frozenset(day for day in named - runs if regular.runs_on(day)),
        )


def days_of(bits: int, first: date) -> Iterator[date]:
    """The days of a window from `first` on whose bits are set."""
    while bits:
        lowest = bits & -bits
        yield first + timedelta(days=lowest.bit_length() - 1)
        bits ^= lowest


def _week_after_week(weekdays: int, first_weekday: int, length: int) -> int:
    turned = (weekdays >> first_weekday | weekdays << (7 - first_weekday)) & DAILY
    return turned * _every_seventh(-(-length // 7)) & ((1 << length) - 1)


@lru_cache(maxsize=64)
def _every_seventh(weeks: int) -> int:
    return ((1 << 7 * weeks) - 1) // DAILY
