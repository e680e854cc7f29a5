"""How many requests one endpoint gets at once: more while it answers, fewer when it does not.

Additive increase, multiplicative decrease, per process. A new endpoint starts low, so that a dead
one holds only a few of the shared slots for the length of a timeout.
"""

from dataclasses import dataclass
from typing import Final

FIRST_LIMIT: Final = 4


@dataclass(slots=True)
class Pace:
    limit: int = FIRST_LIMIT
    in_flight: int = 0

    @property
    def room(self) -> int:
        return max(self.limit - self.in_flight, 0)

    def started(self) -> None:
        self.in_flight += 1

    def ended(self, *, is_success: bool | None, limit_max: int) -> None:
        """`is_success` is None where the request says nothing about the endpoint."""
        self.in_flight -= 1
        if is_success:
            self.limit = min(self.limit + 1, limit_max)
        elif is_success is False:
            self.limit = max(self.limit // 2, 1)
