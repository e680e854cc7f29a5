"""One clock for many processes: all of them see it move forward, and none sees it go back."""

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.kernel import clock as clocks
from shared.kernel.clock import (
    ClockFile,
    ClockFileBroken,
    SystemClock,
    clock_from_env,
    real_now,
    write_clock_file,
)

EPOCH = datetime.fromisoformat("2026-11-22T08:00:00+00:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "clock"
    write_clock_file(path, SystemClock(rate=60, epoch=EPOCH, anchor=real_now()))
    return path


def test_it_runs_like_a_clock_of_the_same_values(path: Path) -> None:
    plain = ClockFile(path).set_to
    assert plain.epoch == EPOCH
    assert plain.rate == 60
    before, shown, after = (
        plain.now(),
        clock_from_env({"AIRLANE_CLOCK_FILE": str(path)}).now(),
        plain.now(),
    )
    assert before <= shown <= after
    assert ClockFile(path).real_seconds(HOUR) == 60


def test_every_process_sees_it_moved_on(path: Path) -> None:
    """The other one has looked before, so it must notice the change."""
    look = "import sys; from shared.kernel.clock import clock_from_env; c = clock_from_env()\n"
    look += "for _ in sys.stdin: print(c.now().isoformat(), flush=True)"
    other = subprocess.Popen(
        [sys.executable, "-c", look],
        env={"AIRLANE_CLOCK_FILE": str(path)},
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask() -> datetime:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdin.write("now?\n")
        other.stdin.flush()
        return datetime.fromisoformat(other.stdout.readline().strip())

    try:
        assert ask() < EPOCH + 2 * HOUR
        assert ClockFile(path).move_on_to(EPOCH + 50 * HOUR)
        assert EPOCH + 50 * HOUR <= ask() < EPOCH + 52 * HOUR
    finally:
        other.kill()
        other.communicate()


def test_it_is_not_moved_back(path: Path) -> None:
    clock = ClockFile(path)
    assert clock.move_on_to(EPOCH + HOUR)
    assert not clock.move_on_to(EPOCH + HOUR / 2)
    assert clock.now() >= EPOCH + HOUR


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["look", "other looks", "move", "rate", "remember", "machine"]),
            st.integers(-5_000, 5_000),
        ),
        max_size=30,
    )
)
def test_no_process_sees_it_go_back(
    path: Path, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]]
) -> None:
    """Whatever is done to it, and even if the machine's own clock is set back."""
    machine = real_now()
    monkeypatch.setattr(clocks, "real_now", lambda: machine)
    write_clock_file(path, SystemClock(rate=60, epoch=EPOCH, anchor=machine))
    one, other = ClockFile(path), ClockFile(path)
    seen = {one: EPOCH - 1000 * HOUR, other: EPOCH - 1000 * HOUR}
    for what, seconds in steps:
        match what:
            case "move":
                one.move_on_to(seen[one] + timedelta(seconds=seconds))
            case "rate":
                one.run_at(1 + abs(seconds))
            case "remember":
                other.remember()
            case "machine":
                machine += timedelta(seconds=seconds / 100)
        looks = other if what == "other looks" else one
        now = looks.now()
        assert now >= seen[looks]
        seen[looks] = now


def test_a_record_that_is_half_written_is_not_believed(path: Path) -> None:
    clock = ClockFile(path)
    whole = path.read_bytes()
    clock.move_on_to(EPOCH + 50 * HOUR)
    moved = path.read_bytes()
    for cut in range(1, len(whole)):
        with path.open("r+b") as file:  # the same file, as the other processes have it open
            file.write(whole)
        reader = ClockFile(path)
        with path.open("r+b") as file:
            file.write(moved[:cut])
        assert reader.now() < EPOCH + 2 * HOUR
        with path.open("r+b") as file:
            file.write(moved)
        assert reader.now() >= EPOCH + 50 * HOUR


def test_it_remembers_how_far_it_came(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = real_now() + timedelta(hours=2)
    monkeypatch.setattr(clocks, "real_now", lambda: later)
    ClockFile(path).remember()
    lived = ClockFile(path).set_to.epoch
    assert lived is not None
    assert EPOCH + 119 * HOUR < lived < EPOCH + 121 * HOUR


@pytest.mark.parametrize("content", [None, b"", b"no clock", bytes(36)])
def test_a_file_without_a_clock_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "clock"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ClockFileBroken, match="does not hold a clock"):
        clock_from_env({"AIRLANE_CLOCK_FILE": str(path)})
