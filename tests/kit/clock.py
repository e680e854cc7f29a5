"""A business clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class ManualClock:
    """`clock.advance(hours=2)`; starts at a fixed instant, so that dates in tests can be read."""

    def __init__(self, at: datetime = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def real_seconds(self, business: timedelta) -> float:
        """Waiting costs nothing where time is made by hand."""
        return 0.0 * business.total_seconds()

    def set(self, at: datetime) -> None:
        assert at.tzinfo is not None, at
        self._at = at

    def advance(self, **delta: float) -> datetime:
        """Takes what `timedelta` takes; returns the new instant."""
        self._at += timedelta(**delta)
        return self._at
