"""What one park keeps between its starts: secrets, clock, lock, and notes about its processes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.console import Stop
from deploy.local.state import (
    ROOT,
    ProcessStatus,
    State,
    load_secrets,
    park_state,
    read_status,
    running_park,
    start_clock,
    take_lock,
)
from shared.contracts.topics import SERVICES
from shared.kernel.clock import ClockFile, real_now

HOUR = timedelta(hours=1)


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "home")
    made.make_home()
    return made


@pytest.mark.parametrize(
    ("env", "home"),
    [
        ({}, ROOT / ".airlane"),
        ({"AIRLANE_PORT_OFFSET": "20"}, ROOT / ".airlane" / "offset-20"),
        ({"AIRLANE_STATE_DIR": "/data/a", "AIRLANE_PORT_OFFSET": "20"}, Path("/data/a")),
    ],
)
def test_a_park_with_an_offset_has_a_folder_of_its_own(env: dict[str, str], home: Path) -> None:
    assert park_state(env).home == home


# -- secrets ----------------------------------------------------------------------------------


def test_secrets_are_made_once_and_kept(state: State) -> None:
    made = load_secrets(state)

    assert load_secrets(state) == made
    assert {f"{service}_app" for service in SERVICES} <= made.keys()
    assert len(set(made.values())) == len(made)


def test_secrets_are_readable_by_their_owner_only(state: State) -> None:
    load_secrets(state)

    assert state.secrets.stat().st_mode & 0o777 == 0o600
    assert state.signing_key.stat().st_mode & 0o777 == 0o600


def test_a_lost_signing_key_is_made_anew_and_the_other_secrets_stay(state: State) -> None:
    made, key = load_secrets(state), state.signing_key.read_bytes()
    state.signing_key.unlink()

    assert load_secrets(state) == made
    assert state.signing_key.read_bytes() != key


# -- the clock --------------------------------------------------------------------------------


def test_business_time_begins_where_it_is_asked_to(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRLANE_CLOCK_EPOCH", "2030-01-01T08:00:00+08:00")

    clock = start_clock(state, 60.0)

    assert clock.rate == 60.0
    assert datetime(2030, 1, 1, tzinfo=UTC) <= clock.now() < datetime(2030, 1, 1, 1, tzinfo=UTC)


def test_business_time_never_goes_back(state: State) -> None:
    first = start_clock(state, 1.0)
    first.move_on_to(real_now() + 5 * HOUR)
    first.remember()

    again = start_clock(state, 1.0)

    assert again.now() >= real_now() + 4 * HOUR


def test_business_time_of_an_older_park_is_taken_over(state: State) -> None:
    lived_until = real_now() + 9 * HOUR
    (state.home / "clock.json").write_text(json.dumps({"lived_until": lived_until.isoformat()}))

    clock = start_clock(state, 1.0)

    assert clock.now() >= lived_until


def test_a_clock_file_that_is_broken_begins_anew(state: State) -> None:
    state.clock.write_bytes(b"\0" * 100)

    clock = start_clock(state, 2.0)

    assert clock.rate == 2.0
    assert abs(clock.now() - real_now()) < HOUR
    assert ClockFile(state.clock).rate == 2.0


# -- lock and notes ---------------------------------------------------------------------------


def test_a_running_park_is_known_by_its_lock(state: State) -> None:
    before = running_park(state)

    with take_lock(state) as lock:
        during = running_park(state)
        assert lock.name == str(state.lock)

    assert (before, running_park(state)) == (None, None)
    assert during is not None


def test_a_second_park_of_one_folder_is_refused_with_the_process_of_the_first(
    state: State,
) -> None:
    with take_lock(state):
        pid = running_park(state)

        with pytest.raises(Stop, match=rf"already runs \(process {pid}\)"):
            take_lock(state)


def test_status_is_what_the_supervisor_wrote_last(state: State) -> None:
    nothing = read_status(state)
    state.run.mkdir()
    row = {"state": "ready", "pid": 7, "restarts": 1, "where": "port 1"}
    (state.run / "status.json").write_text(json.dumps({"kafka": row}))

    assert nothing == {}
    assert read_status(state) == {"kafka": ProcessStatus("ready", 7, 1, "port 1")}


def test_preparing_keeps_one_older_log_and_forgets_processes(state: State) -> None:
    state.logs.mkdir()
    state.run.mkdir()
    for name, text in (("kafka.log", "new"), ("kafka.log.old", "old"), ("setup.log", "s")):
        (state.logs / name).write_text(text)
    for name in ("kafka.pid", "status.json"):
        (state.run / name).touch()

    state.prepare()

    kept = {path.name: path.read_text() for path in state.logs.iterdir()}
    assert kept == {"kafka.log.old": "new", "setup.log": "s"}
    assert list(state.run.iterdir()) == []


def test_belongings_are_what_reset_may_remove_and_nothing_that_set_up_fetched(
    state: State,
) -> None:
    state.prepare()
    (state.logs / "kafka.log").touch()

    belongings = state.belongings()

    assert state.secrets in belongings
    assert state.logs / "kafka.log" in belongings
    assert state.home not in belongings
    assert not any("setup" in path.name for path in belongings)
