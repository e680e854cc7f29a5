"""Shortens the days of waiting for flights that follow the day of orders.

While the park keeps up, business time passes faster. When everybody waits until the world acts
again, the clock is moved forward to that instant. Nothing that would have happened by then is lost:
the clock stops at the next report, receipt, cut-off or departure.
"""

from collections import Counter
from datetime import timedelta
from typing import Final

from deploy.sandbox.partner.ledger import WebhookLedger
from deploy.sandbox.world import OutsideWorld
from shared.kernel.clock import ClockFile, monotonic_s

_QUIET_S: Final = 0.4  # real seconds without news
_PATIENCE_S: Final = 3.0  # with work that should bring news and does not
_LEAST: Final = timedelta(minutes=5)  # shorter waits are not worth a move
_MOST: Final = timedelta(hours=6)
# A day in 7.2 seconds. Cut-offs are looked for four times a second, so one is noticed at most 50
# minutes late, and flights leave 90 minutes after it.
_FAST: Final = 12_000.0
_BEHIND: Final = timedelta(hours=3)


class TimeLapse:
    """Call `look` several times a second, then `end`. `moved_on`: the business time that nobody had
    to wait for."""

    def __init__(self, clock: ClockFile, world: OutsideWorld, ledger: WebhookLedger) -> None:
        self._clock, self._world, self._ledger = clock, world, ledger
        self._usual_rate = clock.rate
        self._moved_s = 0.0
        self.moves = 0
        self.moved_on = timedelta(0)

    def look(self) -> None:
        """Moves the clock if everybody waits; sets the rate that the park can keep up with."""
        states = Counter(self._ledger.status.values())
        owed = self._owed(states)
        self._run_at(self._usual_rate if owed or self._is_behind(states) else self._fast_rate)
        if not self._all_wait(owed=owed):
            return
        now, due = self._clock.now(), self._world.next_due
        if due is None or due - now < _LEAST:
            return
        due = min(due, now + _MOST)
        if self._clock.move_on_to(due):
            self._moved_s = monotonic_s()
            self.moves += 1
            self.moved_on += due - now

    def end(self) -> None:
        self._run_at(self._usual_rate)

    @property
    def _fast_rate(self) -> float:
        return max(self._usual_rate, _FAST)

    def _run_at(self, rate: float) -> None:
        if self._clock.rate != rate:
            self._clock.run_at(rate)

    def _all_wait(self, *, owed: bool) -> bool:
        since_s = max(self._ledger.last_news_s, self._moved_s)
        quiet_s = monotonic_s() - since_s
        if quiet_s < _QUIET_S or not self._world.is_idle_since(since_s):
            return False
        return quiet_s > _PATIENCE_S or not owed

    def _owed(self, states: Counter[str]) -> bool:
        """The park has work to do by itself: to book, to declare, to close."""
        office = self._world.office
        left = states["departed"] + states["delivered"]
        return bool(states["placed"] or states["booked"] or office.sent_back) or left > len(
            office.left_waybills
        )

    def _is_behind(self, states: Counter[str]) -> bool:
        """Orders are with customs or at the scanners, or the news is hours old."""
        late = self._clock.now() - self._ledger.newest_at > _BEHIND
        news = monotonic_s() - self._ledger.last_news_s < _QUIET_S
        return bool(states["declared"]) or (late and news)
