"""Business time from the environment and from a file, at the edges."""

import fcntl
import os
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import clock as clocks
from shared.kernel.clock import (
    ClockFile,
    SystemClock,
    clock_from_env,
    real_now,
    real_time_ms,
    write_clock_file,
)

EPOCH = datetime(2026, 11, 22, 8, tzinfo=UTC)
ANCHOR = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = st.integers(-(10**6), 10**6)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clock"


@given(SECONDS, st.integers(1, 1440))
def test_business_time_is_the_epoch_and_the_passed_time_at_the_rate(
    passed_s: int, rate: int
) -> None:
    clock = SystemClock(rate=rate, epoch=EPOCH, anchor=ANCHOR)

    assert clock.at(ANCHOR + timedelta(seconds=passed_s)) == EPOCH + timedelta(
        seconds=passed_s * rate
    )


@pytest.mark.parametrize(
    "clock", [SystemClock(), SystemClock(epoch=EPOCH), SystemClock(anchor=ANCHOR)]
)
def test_a_clock_without_both_instants_shows_real_time(clock: SystemClock) -> None:
    assert clock.at(ANCHOR + timedelta(hours=3)) == ANCHOR + timedelta(hours=3)


def test_a_clock_runs_in_real_time_unless_a_rate_is_given() -> None:
    assert SystemClock().real_seconds(timedelta(minutes=2)) == 120.0
    assert SystemClock(rate=4).real_seconds(timedelta(minutes=2)) == 30.0


def test_real_time_in_milliseconds_is_real_time() -> None:
    before, shown, after = real_now(), real_time_ms(), real_now()

    assert before.timestamp() * 1000 - 1 <= shown <= after.timestamp() * 1000 + 1
    assert before.tzinfo is UTC


class TestFromTheEnvironment:
    def test_nothing_set_is_plain_real_time(self) -> None:
        assert clock_from_env({}) == SystemClock()
        assert clock_from_env({"AIRLANE_CLOCK_RATE": "1"}) == SystemClock()

    @pytest.mark.parametrize("rate", ["0", "-1", "-0.5"])
    def test_a_clock_never_stands_still_or_runs_back(self, rate: str) -> None:
        with pytest.raises(ValueError, match="AIRLANE_CLOCK_RATE must be above 0"):
            clock_from_env({"AIRLANE_CLOCK_RATE": rate})

    @pytest.mark.parametrize("missing", ["AIRLANE_CLOCK_EPOCH", "AIRLANE_CLOCK_ANCHOR"])
    @pytest.mark.parametrize("rate", ["2", "0.5"])
    def test_another_rate_needs_both_instants(self, rate: str, missing: str) -> None:
        env = {
            "AIRLANE_CLOCK_RATE": rate,
            "AIRLANE_CLOCK_EPOCH": EPOCH.isoformat(),
            "AIRLANE_CLOCK_ANCHOR": ANCHOR.isoformat(),
        }
        del env[missing]

        with pytest.raises(ValueError, match="needs AIRLANE_CLOCK_EPOCH and AIRLANE_CLOCK_ANCHOR"):
            clock_from_env(env)

    def test_instants_of_any_offset_are_the_same_instants_in_utc(self) -> None:
        clock = clock_from_env(
            {
                "AIRLANE_CLOCK_RATE": "0.5",
                "AIRLANE_CLOCK_EPOCH": EPOCH.astimezone(timezone(timedelta(hours=8))).isoformat(),
                "AIRLANE_CLOCK_ANCHOR": ANCHOR.isoformat(),
            }
        )

        assert clock == SystemClock(rate=0.5, epoch=EPOCH, anchor=ANCHOR)
        assert isinstance(clock, SystemClock)
        assert clock.epoch is not None
        assert clock.epoch.utcoffset() == timedelta(0)

    @pytest.mark.parametrize("variable", ["AIRLANE_CLOCK_EPOCH", "AIRLANE_CLOCK_ANCHOR"])
    def test_an_instant_without_an_offset_is_refused(self, variable: str) -> None:
        env = {
            "AIRLANE_CLOCK_EPOCH": EPOCH.isoformat(),
            "AIRLANE_CLOCK_ANCHOR": ANCHOR.isoformat(),
            variable: "2026-01-01T00:00:00",
        }

        with pytest.raises(ValueError, match="has no offset"):
            clock_from_env(env)

    def test_a_file_counts_before_the_variables(self, path: Path) -> None:
        write_clock_file(path, SystemClock(rate=3, epoch=EPOCH, anchor=ANCHOR))

        clock = clock_from_env({"AIRLANE_CLOCK_FILE": str(path), "AIRLANE_CLOCK_RATE": "-1"})

        assert isinstance(clock, ClockFile)
        assert clock.rate == 3


class TestAFile:
    @pytest.fixture
    def machine(self, monkeypatch: pytest.MonkeyPatch) -> datetime:
        monkeypatch.setattr(clocks, "real_now", lambda: ANCHOR)
        return ANCHOR

    @given(st.datetimes(timezones=st.just(UTC)), st.floats(0.001, 1e6))
    def test_it_gives_back_what_was_written_to_the_microsecond(
        self, epoch: datetime, rate: float
    ) -> None:
        record = clocks._record(7, SystemClock(rate, epoch, ANCHOR))

        assert clocks._read_record(record) == (7, SystemClock(rate, epoch, ANCHOR))

    @given(st.integers(0, 35), st.integers(1, 255))
    def test_one_changed_byte_makes_it_no_record(self, at: int, by: int) -> None:
        record = bytearray(clocks._record(1, SystemClock(2, EPOCH, ANCHOR)))
        record[at] ^= by

        assert clocks._read_record(bytes(record)) is None

    def test_a_clock_without_instants_is_written_as_running_from_now(
        self, path: Path, machine: datetime
    ) -> None:
        write_clock_file(path, SystemClock(rate=5))

        assert ClockFile(path).set_to == SystemClock(5, epoch=machine, anchor=machine)

    def test_moving_it_on_keeps_its_rate(self, path: Path, machine: datetime) -> None:
        write_clock_file(path, SystemClock(60, EPOCH, ANCHOR))

        ClockFile(path).move_on_to(EPOCH + timedelta(hours=1))

        assert ClockFile(path).set_to == SystemClock(60, EPOCH + timedelta(hours=1), machine)

    def test_the_present_instant_has_passed_already(self, path: Path, machine: datetime) -> None:
        write_clock_file(path, SystemClock(60, EPOCH, ANCHOR))

        assert not ClockFile(path).move_on_to(EPOCH)
        assert ClockFile(path).move_on_to(EPOCH + timedelta(microseconds=1))

    def test_another_rate_holds_from_now_on_and_not_for_the_past(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_clock_file(path, SystemClock(60, EPOCH, ANCHOR))
        reader = ClockFile(path)
        monkeypatch.setattr(clocks, "real_now", lambda: ANCHOR + timedelta(seconds=10))
        ClockFile(path).run_at(2)

        assert reader.now() == EPOCH + timedelta(seconds=600)
        monkeypatch.setattr(clocks, "real_now", lambda: ANCHOR + timedelta(seconds=15))
        assert reader.now() == EPOCH + timedelta(seconds=610)
        assert reader.rate == 2
        assert reader.real_seconds(timedelta(seconds=10)) == 5

    def test_every_change_has_a_number_of_its_own(self, path: Path, machine: datetime) -> None:
        """A reader that has the number of the last record does not look at the rest."""
        write_clock_file(path, SystemClock(60, EPOCH, ANCHOR))
        writer, reader = ClockFile(path), ClockFile(path)
        for rate in (2.0, 3.0, 4.0):
            writer.run_at(rate)
            assert reader.rate == rate

    def test_a_change_waits_for_the_one_under_way(self, path: Path) -> None:
        write_clock_file(path, SystemClock(60, EPOCH, ANCHOR))
        with path.open("rb") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            change = threading.Thread(target=ClockFile(path).run_at, args=(2,))
            change.start()
            change.join(0.05)
            rate_meanwhile = ClockFile(path).rate
        change.join(10)

        assert rate_meanwhile == 60
        assert ClockFile(path).rate == 2

    def test_a_new_file_in_its_place_leaves_readers_of_the_old_one_alone(
        self, path: Path, machine: datetime
    ) -> None:
        write_clock_file(path, SystemClock(60, EPOCH, ANCHOR))
        reader = ClockFile(path)

        write_clock_file(path, SystemClock(2, EPOCH, ANCHOR))

        assert reader.rate == 60
        assert ClockFile(path).rate == 2
        assert os.listdir(path.parent) == [path.name]
