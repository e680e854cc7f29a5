"""A token bucket: how often a key may sign. A card manages about 250 signatures a minute."""

from typing import Final

_MINUTE_S: Final = 60.0


class TokenBucket:
    """Holds `burst` tokens at first and at most; gains `per_minute` evenly. Time is passed in."""

    def __init__(self, *, per_minute: float, burst: int) -> None:
        assert per_minute > 0
        assert burst >= 1
        self._per_s = per_minute / _MINUTE_S
        self._burst = burst
        self._tokens = float(burst)
        self._at_s: float | None = None

    def take(self, most: int, *, now_s: float) -> int:
        """Takes up to `most` tokens: how many there were."""
        if self._at_s is not None:
            gained = (now_s - self._at_s) * self._per_s
            self._tokens = min(self._burst, self._tokens + max(gained, 0.0))
        self._at_s = now_s
        taken = min(most, int(self._tokens))
        self._tokens -= taken
        return taken

    @property
    def wait_s(self) -> float:
        """How long after the last `take` there is a whole token."""
        return max(1.0 - self._tokens, 0.0) / self._per_s
