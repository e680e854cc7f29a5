"""The clock is moved on when everybody waits, to what happens next, and never over it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.sandbox.day import time_lapse
from deploy.sandbox.day.time_lapse import TimeLapse
from deploy.sandbox.partner.ledger import WebhookLedger
from deploy.sandbox.world import OutsideWorld
from shared.kernel import clock as clocks
from shared.kernel.clock import ClockFile, SystemClock, real_now, write_clock_file

EPOCH = datetime.fromisoformat("2026-11-22T08:00:00+00:00")
HOUR = timedelta(hours=1)


@dataclass
class Office:
    left_waybills: set[str] = field(default_factory=set)
    sent_back: set[str] = field(default_factory=set)


@dataclass
class WorldStub:
    """What a `TimeLapse` asks of the world."""

    next_due: datetime | None = None
    looked_s: float = 0.0
    busy: bool = False
    office: Office = field(default_factory=Office)

    def is_idle_since(self, real_s: float) -> bool:
        return self.looked_s > real_s and not self.busy


class Waiting:
    """A park in which everybody waits; `now_s` is the monotonic time it is looked at."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path, began = folder / "clock", real_now()
        monkeypatch.setattr(clocks, "real_now", lambda: began)  # only moves change business time
        write_clock_file(path, SystemClock(rate=1440, epoch=EPOCH, anchor=began))
        self.clock, self.world, self.ledger = (
            ClockFile(path),
            WorldStub(EPOCH + 3 * HOUR),
            WebhookLedger(),
        )
        self.lapse = TimeLapse(self.clock, cast("OutsideWorld", self.world), self.ledger)
        self.now_s = 100.0
        monkeypatch.setattr(time_lapse, "monotonic_s", lambda: self.now_s)

    def look(self, *, after_s: float = 1.0, looked: bool = True) -> timedelta:
        """How far business time is after the look."""
        self.now_s += after_s
        if looked:
            self.world.looked_s = self.now_s
        self.lapse.look()
        return self.clock.now() - EPOCH


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Waiting:
    return Waiting(tmp_path, monkeypatch)


def test_it_moves_to_what_happens_next(waiting: Waiting) -> None:
    assert waiting.look() == 3 * HOUR
    assert waiting.lapse.moves == 1


def test_it_does_not_move_while_there_is_news(waiting: Waiting) -> None:
    waiting.ledger.last_news_s = waiting.now_s
    assert waiting.look(after_s=0.3) < HOUR
    assert waiting.look(after_s=0.3) >= 3 * HOUR


@pytest.mark.parametrize("why", ["busy", "has not looked since the news"])
def test_it_does_not_move_while_the_world_is_at_it(waiting: Waiting, why: str) -> None:
    waiting.ledger.last_news_s = waiting.now_s
    waiting.world.busy = why == "busy"
    assert waiting.look(after_s=50, looked=why == "busy") < HOUR


def test_after_a_move_the_world_looks_first(waiting: Waiting) -> None:
    waiting.look()
    waiting.world.next_due = EPOCH + 5 * HOUR
    assert waiting.look(looked=False) < 4 * HOUR
    assert waiting.look() >= 5 * HOUR


@pytest.mark.parametrize("status", ["placed", "booked", "departed", "delivered"])
def test_it_waits_for_what_must_follow_but_not_for_ever(waiting: Waiting, status: str) -> None:
    """An order to be booked or declared, a departure that customs has not been told of."""
    waiting.ledger.last_news_s = waiting.now_s
    waiting.ledger.status["ord_1"] = status
    assert waiting.look(after_s=2) < HOUR
    assert waiting.look(after_s=2) >= 3 * HOUR


def test_it_waits_for_a_list_that_has_to_be_sent_again(waiting: Waiting) -> None:
    waiting.ledger.last_news_s = waiting.now_s
    waiting.world.office.sent_back.add("AL0001")
    assert waiting.look(after_s=2) < HOUR
    waiting.world.office.sent_back.clear()
    assert waiting.look(after_s=0.5) >= 3 * HOUR


@pytest.mark.parametrize("status", ["released", "held", "declared", "departed"])
def test_what_waits_for_the_world_does_not_hold_it_up(waiting: Waiting, status: str) -> None:
    waiting.ledger.last_news_s = waiting.now_s
    waiting.ledger.status["ord_1"] = status
    waiting.world.office.left_waybills.add("EHAA00000011")
    assert waiting.look() >= 3 * HOUR


@pytest.mark.parametrize("due", [None, EPOCH, EPOCH + timedelta(minutes=4)])
def test_it_does_not_move_for_nothing(waiting: Waiting, due: datetime | None) -> None:
    waiting.world.next_due = due
    assert waiting.look() < timedelta(minutes=1)


def test_business_time_passes_faster_while_the_park_keeps_up(waiting: Waiting) -> None:
    waiting.look()
    assert waiting.clock.rate == 12_000
    waiting.lapse.end()
    assert waiting.clock.rate == 1440


@pytest.mark.parametrize("status", ["placed", "booked", "declared"])
def test_it_passes_as_usual_while_orders_are_on_their_way_to_a_flight(
    waiting: Waiting, status: str
) -> None:
    waiting.look()
    waiting.ledger.status["ord_1"] = status
    waiting.look()
    assert waiting.clock.rate == 1440


@pytest.mark.parametrize(
    ("old", "rate"), [(timedelta(hours=1), 12_000), (timedelta(hours=4), 1440)]
)
def test_it_passes_as_usual_while_news_come_late(
    waiting: Waiting, old: timedelta, rate: float
) -> None:
    waiting.ledger.last_news_s = waiting.now_s + 1
    waiting.ledger.newest_at = EPOCH - old
    waiting.look(after_s=1.1)
    assert waiting.clock.rate == rate


def test_a_clock_that_is_faster_is_not_slowed_down(waiting: Waiting) -> None:
    waiting.clock.run_at(86_400)
    lapse = TimeLapse(waiting.clock, cast("OutsideWorld", waiting.world), waiting.ledger)
    lapse.look()
    lapse.end()
    assert waiting.clock.rate == 86_400


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(looks=st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.booleans()), max_size=20))
def test_it_never_moves_over_what_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, looks: list[tuple[int, bool, bool]]
) -> None:
    waiting = Waiting(tmp_path, monkeypatch)
    for hours, busy, looked in looks:
        before = waiting.clock.now()
        due = before + hours * HOUR
        waiting.world.next_due, waiting.world.busy = due, busy
        waiting.look(looked=looked)
        assert before <= waiting.clock.now() <= due
