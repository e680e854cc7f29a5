"""Shortens the waiting: when the park has nothing to do until the world acts again, its clock is
moved on to that instant. Nothing is skipped, because nothing would have happened in between: the
next report, receipt, cut-off or departure is where the clock stops. Then everybody gets the time
to do what is due, and only when all is quiet again comes the next move.
"""

from datetime import timedelta
from typing import Final

from deploy.sandbox.partner import Ledger
from deploy.sandbox.world import World
from shared.kernel.clock import ClockFile, monotonic_s

_QUIET_S: Final = 0.4  # really, without news
_PATIENCE_S: Final = 3.0  # with what should bring news, and does not
_LEAST: Final = timedelta(minutes=5)  # shorter waits are not worth it
_MOST: Final = timedelta(hours=6)
_NEXT_IS_THE_PARKS_TURN: Final = ("placed", "booked")
_LEFT: Final = ("departed", "delivered")


class TimeLapse:
    """`look` several times a second; `moved_on` is how much business time was not waited for."""

    def __init__(self, clock: ClockFile, world: World, ledger: Ledger) -> None:
        self._clock, self._world, self._ledger = clock, world, ledger
        self._moved_s = 0.0
        self.moves = 0
        self.moved_on = timedelta(0)

    def look(self) -> None:
        """Moves the clock on if everybody waits."""
        if not self._all_wait():
            return
        now, due = self._clock.now(), self._world.next_due
        if due is None or due - now < _LEAST:
            return
        due = min(due, now + _MOST)
        if self._clock.move_on_to(due):
            self._moved_s = monotonic_s()
            self.moves += 1
            self.moved_on += due - now

    def _all_wait(self) -> bool:
        since_s = max(self._ledger.last_news_s, self._moved_s)
        quiet_s = monotonic_s() - since_s
        if quiet_s < _QUIET_S or not self._world.is_idle_since(since_s):
            return False
        return quiet_s > _PATIENCE_S or not self._owed()

    def _owed(self) -> bool:
        """What was told so far must be followed by more of the park's own accord."""
        told = self._ledger.status.values()
        if any(status in _NEXT_IS_THE_PARKS_TURN for status in told):
            return True
        left = sum(status in _LEFT for status in told)
        return left > len(self._world.office.left_waybills)
