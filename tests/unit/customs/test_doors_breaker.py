"""The breaker of a door against an oracle, and that it always comes back once the port does."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.customs.domain.doors.breaker import (
    BACKOFF_MAX,
    FAILURES_MAX,
    PROBE_MAX,
    Breaker,
    DoorStatus,
    Permission,
)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def opened(*, failures: int = FAILURES_MAX) -> Breaker:
    breaker = Breaker()
    for _ in range(failures):
        breaker = breaker.after_failure("refused", NOW)
    return breaker


class Oracle:
    """The rule in other words: seconds, and a list of what happened since the last success."""

    def __init__(self) -> None:
        self.in_a_row = 0
        self.opened_times = 0  # since the last success
        self.wait_until_s: float | None = None  # None: closed
        self.is_probing = False

    def ask(self, at_s: float) -> str:
        if self.wait_until_s is None:
            return "all"
        if at_s < self.wait_until_s:
            return "none"
        self.is_probing, self.wait_until_s = True, at_s + 60
        return "probe"

    def succeed(self) -> None:
        self.__init__()  # type: ignore[misc]

    def fail(self, at_s: float) -> None:
        self.in_a_row += 1
        is_closed = self.wait_until_s is None
        if (is_closed and self.in_a_row >= 5) or self.is_probing:
            self.wait_until_s = at_s + min(60, 2**self.opened_times)
            self.opened_times += 1
            self.is_probing = False


@given(
    st.lists(
        st.tuples(st.sampled_from(["ask", "ok", "down", "down"]), st.integers(0, 40)), max_size=60
    )
)
def test_any_sequence_of_answers_ends_as_the_rule_says(steps: list[tuple[str, int]]) -> None:
    breaker, oracle, at_s = Breaker(), Oracle(), 0
    for what, after_s in steps:
        at_s += after_s
        now = NOW + timedelta(seconds=at_s)
        if what == "ask":
            permission = breaker.may_deliver(now)
            if permission is Permission.PROBE:
                breaker = breaker.probing(now)
            assert permission == oracle.ask(at_s)
        elif what == "ok":
            breaker = breaker.after_success()
            oracle.succeed()
        else:
            breaker = breaker.after_failure("down", now)
            oracle.fail(at_s)

    assert (breaker.status is DoorStatus.CLOSED) == (oracle.wait_until_s is None)


@given(
    st.lists(st.tuples(st.sampled_from(["ok", "down", "lost"]), st.integers(0, 4_000)), max_size=40)
)
def test_once_the_port_is_back_the_door_closes_within_one_interval(
    outage: list[tuple[str, int]],
) -> None:
    """Whatever happened before, probes that were lost with their worker included."""
    breaker, now = Breaker(), NOW
    for what, after_s in outage:
        now += timedelta(seconds=after_s)
        if (permission := breaker.may_deliver(now)) is Permission.PROBE:
            breaker = breaker.probing(now)
        if permission is Permission.NONE or what == "lost":
            continue
        breaker = breaker.after_success() if what == "ok" else breaker.after_failure("timeout", now)

    waited = timedelta()
    while breaker.status is not DoorStatus.CLOSED:
        if breaker.may_deliver(now + waited) is Permission.PROBE:
            breaker = breaker.probing(now + waited).after_success()
        waited += timedelta(seconds=1)

    assert waited <= max(BACKOFF_MAX, PROBE_MAX) + timedelta(seconds=1)


def test_one_probe_leaves_and_the_others_wait_for_it() -> None:
    due = NOW + timedelta(seconds=1)
    probing = opened().probing(due)

    assert opened().may_deliver(NOW) is Permission.NONE
    assert opened().may_deliver(due) is Permission.PROBE
    assert probing.may_deliver(due) is Permission.NONE
    assert probing.may_deliver(due + PROBE_MAX) is Permission.PROBE


def test_a_door_that_a_person_holds_open_is_closed_by_a_person_only() -> None:
    held = Breaker().held_open(NOW)

    assert held.after_success() == held
    assert held.may_deliver(NOW + timedelta(days=9)) is Permission.NONE
    assert held.after_failure("late", NOW).status is DoorStatus.OPEN


def test_a_clock_that_is_set_back_strands_nothing() -> None:
    assert opened().may_deliver(NOW - timedelta(days=1)) is Permission.PROBE


def test_an_error_is_kept_short_and_printable() -> None:
    error = Breaker().after_failure("a\0b\n" + "x" * 5_000, NOW).last_error

    assert error is not None
    assert error.startswith("a b x")
    assert len(error) <= 500
