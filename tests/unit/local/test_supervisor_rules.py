"""The supervisor's rules that need no process: who stops with whom, and what is silence."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy.engines.process import Launch
from deploy.local import supervisor as supervising
from deploy.local.supervisor import (
    ALIVE_FAULTS,
    SILENT_FAULTS,
    Process,
    Supervisor,
    Task,
)


async def at_once(_pid: int) -> bool:
    return True


async def nothing() -> str:
    return ""


def a_process(name: str, *after: str) -> Process:
    return Process(name, Launch(argv=("true",), env={}), ready=at_once, after=after, where="port 1")


def a_supervisor(folder: Path, nodes: Sequence[Process | Task]) -> Supervisor:
    return Supervisor(nodes, logs=folder / "logs", run=folder / "run")


def waves(supervisor: Supervisor) -> list[list[str]]:
    return [[child.spec.name for child in wave] for wave in supervisor._waves()]


def test_programs_that_need_the_same_ones_are_one_wave(tmp_path: Path) -> None:
    supervisor = a_supervisor(
        tmp_path,
        [
            a_process("postgres"),
            a_process("kafka"),
            Task("schemas", nothing, after=("postgres",)),
            a_process("catalog-api", "schemas"),
            a_process("catalog-worker", "schemas"),
        ],
    )

    assert waves(supervisor) == [["postgres", "kafka"], ["catalog-api", "catalog-worker"]]


def test_the_order_of_the_list_does_not_matter(tmp_path: Path) -> None:
    supervisor = a_supervisor(
        tmp_path, [a_process("c", "b"), a_process("b", "a"), a_process("a"), a_process("d", "a")]
    )

    assert waves(supervisor) == [["a"], ["b", "d"], ["c"]]


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(supervising, "news", heard.append)
    return heard


def test_silence_is_said_once_and_so_is_its_end(tmp_path: Path, news: list[str]) -> None:
    supervisor = a_supervisor(tmp_path, [a_process("kafka")])
    (child,) = supervisor._children.values()
    child.state = "ready"

    for faults in (1, 2, 3, 4, 0, 0):
        supervisor._say_whether_it_answers(child, faults)

    assert news == ["kafka does not answer", "kafka answers again"]
    assert child.state == "ready"


def test_one_answer_that_fails_is_not_yet_silence(tmp_path: Path, news: list[str]) -> None:
    supervisor = a_supervisor(tmp_path, [a_process("kafka")])
    (child,) = supervisor._children.values()
    child.state = "ready"

    supervisor._say_whether_it_answers(child, 1)

    assert news == []
    assert 1 < SILENT_FAULTS < ALIVE_FAULTS


def test_a_program_that_starts_again_is_not_called_silent(tmp_path: Path, news: list[str]) -> None:
    supervisor = a_supervisor(tmp_path, [a_process("kafka")])
    (child,) = supervisor._children.values()
    child.state = "restarting"

    supervisor._say_whether_it_answers(child, SILENT_FAULTS)

    assert (news, child.state) == ([], "restarting")


def test_notes_have_a_row_for_every_program(tmp_path: Path) -> None:
    supervisor = a_supervisor(tmp_path, [a_process("postgres"), a_process("kafka")])

    supervisor._note(supervisor._children["kafka"], "starting")

    written = json.loads((tmp_path / "run" / "status.json").read_text())
    assert written == {
        "postgres": {"state": "waiting", "pid": None, "restarts": 0, "where": "port 1"},
        "kafka": {"state": "starting", "pid": None, "restarts": 0, "where": "port 1"},
    }
