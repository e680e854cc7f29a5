"""Shortens what comes after the day of orders: some days of waiting for flights.

While the park keeps up, business time passes faster. When it has nothing to do until the world
acts again, its clock is moved on to that instant. Nothing is skipped, because nothing would have
happened in between: the next report, receipt, cut-off or departure is where the clock stops.
"""

from collections import Counter
from datetime import timedelta
from typing import Final

from deploy.sandbox.partner.ledger import WebhookLedger
from deploy.sandbox.world import OutsideWorld
from shared.kernel.clock import ClockFile, monotonic_s

_QUIET_S: Final = 0.4  # really, without news
_PATIENCE_S: Final = 3.0  # with what should bring news, and does not
_LEAST: Final = timedelta(minutes=5)  # shorter waits are not worth a move
_MOST: Final = timedelta(hours=6)
# A day in 7.2 seconds: who looks for cut-offs four times a second sees one 50 minutes late at most,
# and flights leave 90 minutes after it.
_FAST: Final = 12_000.0
_BEHIND: Final = timedelta(hours=3)


class TimeLapse:
    """`look` several times a second, and `end`; `moved_on` is how much business time was not waited
    for."""

    def __init__(self, clock: ClockFile, world: OutsideWorld, ledger: WebhookLedger) -> None:
        self._clock, self._world, self._ledger = clock, world, ledger
        self._usual_rate = clock.rate
        self._moved_s = 0.0
        self.moves = 0
        self.moved_on = timedelta(0)

    def look(self) -> None:
        """Moves the clock on if everybody waits; else it runs as fast as the park can follow."""
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
        """What was told so far must be followed by more of the park's own accord."""
        office = self._world.office
        left = states["departed"] + states["delivered"]
        return bool(states["placed"] or states["booked"] or office.sent_back) or left > len(
            office.left_waybills
        )

    def _is_behind(self, states: Counter[str]) -> bool:
        """Orders are with customs or at the scanners, or what is told now is old."""
        late = self._clock.now() - self._ledger.newest_at > _BEHIND
        news = monotonic_s() - self._ledger.last_news_s < _QUIET_S
        return bool(states["declared"]) or (late and news)
