"""The locks: hashes everywhere, no address anywhere, all of pyproject.toml in them."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("catalog", "customs", "routing", "analytics", "webhooks", "park", "dev")
ENTRY = re.compile(
    r"^([a-z0-9.-]+)==(\S+)((?: ;[^\\]*)?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\\n|\n))+)",
    re.MULTILINE,
)


@cache
def locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return {entry[1]: entry[2] for entry in ENTRY.finditer(text)}


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _wanted(extra: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted, todo = set(map(_name, project["dependencies"])), list(extras[extra])
    while todo:
        requirement = todo.pop()
        if own := re.match(r"airlane\[(.+)\]", requirement):
            for other in own[1].split(","):
                todo += extras[other.strip()]
        else:
            wanted.add(_name(requirement))
    return wanted


@pytest.mark.parametrize("name", LOCKS)
def test_everything_asked_for_is_locked(name: str) -> None:
    assert _wanted(name) <= set(locked(name)), "make lock writes the locks anew"


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_belongs_to_an_entry_with_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    rest = ENTRY.sub("", text)

    assert [line for line in rest.splitlines() if line and not line.startswith("#")] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_address_is_written_down(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()

    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|@ ", text)


@pytest.mark.parametrize("name", LOCKS)
def test_one_version_of_a_package_in_the_whole_project(name: str) -> None:
    assert {p: v for p, v in locked(name).items() if locked("dev").get(p) != v} == {}


def test_extras_are_all_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert set(project["optional-dependencies"]) == set(LOCKS)
