"""How often one caller may send requests: a token bucket per caller and process, kept by the
generic cell rate algorithm as one number per caller. Clients see it in the fields of
draft-ietf-httpapi-ratelimit-headers.
"""

from dataclasses import dataclass
from math import ceil
from typing import Final

from shared.kernel.clock import monotonic_s

_CALLERS_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Policy:
    """`quota` requests at once, and as many again in each `window_s` seconds."""

    name: str
    quota: int
    window_s: float

    @property
    def header(self) -> bytes:
        return b'"%b";q=%d;w=%d' % (self.name.encode(), self.quota, ceil(self.window_s))


@dataclass(frozen=True, slots=True)
class Standing:
    """`wait_s` is how long a refused caller must wait; zero: it was admitted."""

    left: int
    full_in_s: float
    wait_s: float


class Rates:
    """Requests by caller. A caller that has been silent for a window is forgotten."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._each_s = policy.window_s / policy.quota
        # When the caller's bucket will be full again.
        self._full_at_s: dict[str, float] = {}

    def take(self, caller: str) -> Standing:
        """Counts one request, unless there is nothing left."""
        now_s = monotonic_s()
        full_at_s = max(self._full_at_s.get(caller, now_s), now_s) + self._each_s
        window_s = self.policy.window_s
        over_s = full_at_s - now_s - window_s
        # Rounding must not cost the last request of a full bucket.
        if over_s > self._each_s / 1000:
            return Standing(0, full_at_s - self._each_s - now_s, over_s)
        if caller not in self._full_at_s and len(self._full_at_s) >= _CALLERS_MAX:
            self._forget(now_s)
        self._full_at_s[caller] = full_at_s
        return Standing(int(-over_s / self._each_s + 0.001), full_at_s - now_s, 0.0)

    def wait_s(self, caller: str) -> float:
        """How long the caller would have to wait; nothing is counted."""
        now_s = monotonic_s()
        full_at_s = max(self._full_at_s.get(caller, now_s), now_s) + self._each_s
        over_s = full_at_s - now_s - self.policy.window_s
        return over_s if over_s > self._each_s / 1000 else 0.0

    def _forget(self, now_s: float) -> None:
        self._full_at_s = {c: at_s for c, at_s in self._full_at_s.items() if at_s > now_s}
        if len(self._full_at_s) >= _CALLERS_MAX:
            # All are active: those nearest to a full bucket gain least by starting afresh.
            kept = sorted(self._full_at_s.items(), key=lambda entry: entry[1])
            self._full_at_s = dict(kept[_CALLERS_MAX // 2 :])
