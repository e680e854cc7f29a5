"""Several parks of one checkout: what is said about them names the one that is meant."""

from pathlib import Path

import pytest

from deploy.local.addresses import make_line
from deploy.local.state import State, nothing_runs, take_lock


@pytest.mark.parametrize(
    ("env", "line"),
    [
        ({}, "make skip HOURS=6"),
        ({"AIRLANE_PORT_OFFSET": "40"}, "make skip HOURS=6 AIRLANE_PORT_OFFSET=40"),
        ({"AIRLANE_STATE_DIR": "/data/a"}, "make skip HOURS=6 AIRLANE_STATE_DIR=/data/a"),
    ],
)
def test_a_printed_command_is_for_the_park_that_prints_it(env: dict[str, str], line: str) -> None:
    assert make_line("skip HOURS=6", env) == line


def test_a_park_with_another_offset_is_pointed_to(tmp_path: Path) -> None:
    for home in (".airlane/offset-20", ".airlane/offset-40"):
        (tmp_path / home).mkdir(parents=True)
    assert nothing_runs({}, tmp_path) == "no park of this checkout runs"
    with take_lock(State(tmp_path / ".airlane/offset-40")):
        assert nothing_runs({}, tmp_path).endswith("runs; one runs with AIRLANE_PORT_OFFSET=40")
        with take_lock(State(tmp_path / ".airlane")):
            assert nothing_runs({"AIRLANE_PORT_OFFSET": "20"}, tmp_path) == (
                "no park of this checkout runs with AIRLANE_PORT_OFFSET=20; "
                "one runs with AIRLANE_PORT_OFFSET=40 and one with no AIRLANE_PORT_OFFSET"
            )
