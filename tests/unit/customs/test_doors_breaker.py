"""The breaker of a door against an oracle, and that it always comes back once the port does."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.customs.domain.doors.breaker import (
    ANSWER_MAX,
    BACKOFF_MAX,
    FAILURES_MAX,
    PROBE_MAX,
    TRANSIENT_MAX,
    Breaker,
    Cause,
    DoorStatus,
    Permission,
    UploadAnswer,
    put_off_for,
)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def opened(*, failures: int = FAILURES_MAX) -> Breaker:
    breaker = Breaker()
    for _ in range(failures):
        breaker = breaker.after_failure("refused", NOW)
    return breaker


def said(*answers: str, guid: str = "M", is_telling: bool = True) -> list[UploadAnswer]:
    """`later` or anything else, about an upload in the message `guid`."""
    return [UploadAnswer(guid, one == "later", is_telling, f"4 {one}") for one in answers]


def opened_by_answers() -> Breaker:
    return Breaker().after_answers(said(*["later"] * TRANSIENT_MAX), NOW)


def probed(breaker: Breaker, guid: str = "P", *, at: datetime) -> Breaker:
    assert breaker.may_deliver(at) is Permission.PROBE
    return breaker.probing(at).probed_with(guid).after_success(at)


@dataclass
class Oracle:
    """The rule in other words: seconds, and lists of what happened."""

    failed: int = 0  # deliveries, in a row
    said_later: list[bool] = field(default_factory=list)
    why: str = ""  # closed: empty
    times: int = 0  # opened, since it was closed
    until_s: float = 0
    is_trying: bool = False
    probes: list[str] = field(default_factory=list)

    def ask(self, at_s: float, guid: str) -> str:
        if not self.why:
            return "all"
        if at_s < self.until_s:
            return "none"
        if self.is_trying and self.why == "answers":  # nobody said anything about the probe
            self._open(at_s)
            return "none"
        self.is_trying, self.until_s = True, at_s + 60
        self.probes.append(guid)
        return "probe"

    def deliver(self, at_s: float) -> None:
        self.failed = 0
        if self.why == "answers":
            self.until_s = at_s + 300 if self.is_trying else self.until_s
        else:
            self._close()

    def fail(self, at_s: float) -> None:
        self.failed += 1
        if not self.why and self.failed >= 5:
            self.why = "deliveries"
            self._open(at_s)
        elif self.is_trying:
            self._open(at_s)

    def hear(self, at_s: float, guid: str, *, later: bool) -> None:
        if self.why == "answers":
            if guid in self.probes and not later:
                self._close()
                self.said_later, self.failed = [], 0
            elif guid == (self.probes or [""])[-1] and self.is_trying:
                self._open(at_s)
            return
        self.said_later.append(later)
        if sum(self.said_later[-20:]) >= 16:
            was_closed, self.why = not self.why, "answers"
            if was_closed:
                self._open(at_s)

    def _open(self, at_s: float) -> None:
        self.until_s, self.is_trying = at_s + min(60, 2**self.times), False
        self.times += 1

    def _close(self) -> None:
        self.why, self.times, self.is_trying, self.probes = "", 0, False, []


STEPS = st.tuples(
    st.sampled_from(["ask", "ask", "ok", "down", "later", "later", "fine", "probe", "old probe"]),
    st.integers(0, 70),
    st.integers(1, 20),
    st.booleans(),
)


@settings(max_examples=300)
@given(st.lists(STEPS, min_size=8, max_size=60))
def test_any_sequence_of_deliveries_and_answers_ends_as_the_rule_says(
    steps: list[tuple[str, int, int, bool]],
) -> None:
    breaker, oracle, at_s = Breaker(), Oracle(), 0
    for number, (what, after_s, times, later) in enumerate(steps):
        at_s += after_s
        now, guid = NOW + timedelta(seconds=at_s), f"P{number}"
        if what == "ask":
            permission = breaker.may_deliver(now)
            if permission is Permission.PROBE:
                breaker = breaker.probing(now).probed_with(guid)
            breaker = breaker.after_silence(now)
            assert permission == oracle.ask(at_s, guid)
        elif what == "ok":
            breaker = breaker.after_success(now)
            oracle.deliver(at_s)
        elif what == "down":
            for _ in range(times):
                breaker = breaker.after_failure("down", now)
                oracle.fail(at_s)
        elif "probe" in what:
            asked = oracle.probes[0 if what == "old probe" else -1] if oracle.probes else "M"
            answer = said("later" if later else "fine", guid=asked)
            breaker = breaker.after_answers(answer, now)
            oracle.hear(at_s, asked, later=later)
        else:
            for _ in range(times):
                breaker = breaker.after_answers(said(what), now)
                oracle.hear(at_s, "M", later=what == "later")
        assert (breaker.cause or "") == oracle.why
        assert (breaker.status is DoorStatus.CLOSED) == (not oracle.why)
        if oracle.why:
            assert breaker.probe_at == NOW + timedelta(seconds=oracle.until_s)


@given(
    st.lists(
        st.tuples(st.sampled_from(["ok", "down", "later", "mute", "lost"]), st.integers(0, 4_000)),
        max_size=40,
    )
)
def test_once_the_port_is_back_the_door_closes_within_one_interval(
    outage: list[tuple[str, int]],
) -> None:
    """Whatever happened before, probes that were lost with their worker included."""
    breaker, now = Breaker(), NOW
    for number, (what, after_s) in enumerate(outage):
        now += timedelta(seconds=after_s)
        if (permission := breaker.may_deliver(now)) is Permission.PROBE:
            breaker = breaker.probing(now).probed_with(f"P{number}")
        breaker = breaker.after_silence(now)
        if permission is Permission.NONE or what == "lost":
            continue
        if what == "down":
            breaker = breaker.after_failure("timeout", now)
            continue
        breaker = breaker.after_success(now)
        if what != "mute":
            breaker = breaker.after_answers(said(*[what] * 9, guid=f"P{number}"), now)

    waited = timedelta()
    while breaker.status is not DoorStatus.CLOSED:
        at = now + waited
        if breaker.may_deliver(at) is Permission.PROBE:
            breaker = breaker.probing(at).probed_with("P").after_success(at)
            breaker = breaker.after_answers(said("fine", guid="P"), at)
        breaker = breaker.after_silence(at)
        waited += timedelta(seconds=5)

    longest = max(BACKOFF_MAX, PROBE_MAX, ANSWER_MAX) + BACKOFF_MAX
    assert waited <= longest + timedelta(seconds=10)


def test_deliveries_do_not_hide_that_the_port_answers_later_to_everything() -> None:
    breaker = Breaker()
    for _ in range(TRANSIENT_MAX):
        breaker = breaker.after_success(NOW).after_answers(said("later"), NOW)

    assert (breaker.status, breaker.cause) == (DoorStatus.OPEN, Cause.ANSWERS)
    assert breaker.last_error == "4 later"


@pytest.mark.parametrize("fine", [5, 10])
def test_a_port_that_answers_something_else_now_and_then_is_not_down(fine: int) -> None:
    later = ["later"] * (20 - fine)
    breaker = Breaker().after_answers(said(*(["fine"] * fine + later) * 3), NOW)

    assert breaker.status is DoorStatus.CLOSED


def test_answers_that_are_not_telling_open_nothing() -> None:
    answers = said(*["later"] * 100, is_telling=False)

    assert Breaker().after_answers(answers, NOW) == Breaker()


def test_a_delivered_probe_keeps_the_door_half_open_until_it_is_answered() -> None:
    at = NOW + timedelta(seconds=1)
    waiting = probed(opened_by_answers(), at=at)

    assert waiting.status is DoorStatus.HALF_OPEN
    assert waiting.may_deliver(at + ANSWER_MAX / 2) is Permission.NONE
    assert waiting.after_answers(said("fine", guid="other"), at) == waiting
    assert waiting.after_answers(said("fine", guid="P"), at) == Breaker()
    again = waiting.after_answers(said("later", guid="P"), at)
    assert (again.status, again.backoff) == (DoorStatus.OPEN, timedelta(seconds=2))


def test_an_answer_after_the_wait_for_it_still_closes_the_door() -> None:
    at = NOW + timedelta(seconds=1)
    waiting = probed(opened_by_answers(), at=at)
    over = waiting.after_silence(at + ANSWER_MAX)
    next_one = probed(over, "Q", at=at + ANSWER_MAX + timedelta(seconds=2))

    assert (over.status, over.backoff) == (DoorStatus.OPEN, timedelta(seconds=2))
    assert next_one.after_answers(said("fine", guid="P"), at) == Breaker()


def test_a_probe_that_the_other_side_refuses_is_followed_by_the_next() -> None:
    at = NOW + timedelta(seconds=1)
    refused = opened_by_answers().probing(at).probed_with("P").after_success(at, is_answered=False)

    assert refused.may_deliver(at) is Permission.PROBE


def test_one_probe_leaves_and_the_others_wait_for_it() -> None:
    due = NOW + timedelta(seconds=1)
    probing = opened().probing(due)

    assert opened().may_deliver(NOW) is Permission.NONE
    assert opened().may_deliver(due) is Permission.PROBE
    assert probing.may_deliver(due) is Permission.NONE
    assert probing.may_deliver(due + PROBE_MAX) is Permission.PROBE


def test_a_door_that_a_person_holds_open_is_closed_by_a_person_only() -> None:
    held = opened_by_answers().held_open(NOW)

    assert held.after_success(NOW) == held
    assert held.may_deliver(NOW + timedelta(days=9)) is Permission.NONE
    assert held.after_failure("late", NOW).status is DoorStatus.OPEN
    assert held.after_answers(said("fine", *["later"] * 50), NOW) == held


def test_a_clock_that_is_set_back_strands_nothing() -> None:
    assert opened().may_deliver(NOW - timedelta(days=1)) is Permission.PROBE


def test_an_error_is_kept_short_and_printable() -> None:
    error = Breaker().after_failure("a\0b\n" + "x" * 5_000, NOW).last_error

    assert error is not None
    assert error.startswith("a b x")
    assert len(error) <= 500


def test_a_message_that_a_door_failed_to_take_is_put_off_for_a_minute_at_most() -> None:
    waits_s = [put_off_for(tries).total_seconds() for tries in (1, 2, 3, 4, 5, 6, 7, 100_000)]

    assert waits_s == [2, 4, 8, 16, 32, 60, 60, 60]
