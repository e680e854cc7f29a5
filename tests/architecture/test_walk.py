"""docs/walk.md, docs/adding.md and docs/proofs.md lead to files and names that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WALK = ROOT / "docs" / "walk.md"
ADDING = ROOT / "docs" / "adding.md"
PROOFS = ROOT / "docs" / "proofs.md"


def _stops(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each file of a stop, with the names that follow it up to the next file."""
    spans = re.findall(r"`([^`\n]+)`", text)
    at: str | None = None
    names: list[str] = []
    for span in spans:
        if re.fullmatch(r"(services|shared|tests|deploy)/[\w/.]+\.py", span):
            if at is not None:
                yield at, names
            at, names = span, []
        elif re.fullmatch(r"_?[A-Za-z]\w+", span):
            names.append(span)
    if at is not None:
        yield at, names


def _missing(text: str) -> list[str]:
    missing = []
    for stop in re.split(r"^(?:\d+\. |## |The way back)", text, flags=re.MULTILINE):
        files: list[str] = []
        for file, names in _stops(stop):
            path = ROOT / file
            if not path.is_file():
                missing.append(file)
                continue
            files.append(path.read_text(encoding="utf-8"))
            missing += [
                f"{file}: {name}"
                for name in names
                if not any(re.search(rf"\b{name}\b", source) for source in files)
            ]
    return missing


def test_every_stop_of_the_walk_exists() -> None:
    assert _missing(WALK.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("1. `shared/db/gone.py` is read", ["shared/db/gone.py"]),
        ("1. `shared/db/outbox.py`, `no_such_name`", ["shared/db/outbox.py: no_such_name"]),
        ("1. `shared/db/outbox.py`, `Outbox`", []),
    ],
)
def test_stop_that_is_gone_is_noticed(text: str, missing: list[str]) -> None:
    assert _missing(text) == missing


def _paths(text: str) -> set[str]:
    """Files and folders that a page names, but for those with a part left open (`<area>`, `…`)."""
    named = re.findall(r"`((?:shared|services|tests|deploy|docs|requirements)/[^`\n]*)`", text)
    return {path for path in named if not re.search(r"[<…*]", path)}


# Files of the examples, which the reader is about to make.
_TO_BE_MADE = {
    "shared/contracts/customs/lanes.py",
    "tests/support/events/customs/lanes.py",
    "tests/unit/customs/test_lanes.py",
}


def test_files_that_the_lists_name_exist() -> None:
    paths = _paths(ADDING.read_text("utf-8")) - _TO_BE_MADE

    assert {path for path in paths if not (ROOT / path).exists()} == set()


def _proofs(text: str) -> list[tuple[str, str]]:
    """Files, each with the test in it that is named, or ""."""
    return re.findall(r"`((?:tests|deploy)/[\w/]+\.py)(?:::(\w+))?`", text)


def _lacking(text: str) -> list[str]:
    return [
        f"{file}::{name}"
        for file, name in _proofs(text)
        if not (ROOT / file).is_file()
        or not re.search(rf"def {name}\(" if name else "", (ROOT / file).read_text("utf-8"))
    ]


def test_every_line_of_the_proofs_names_a_test_or_benchmark_that_exists() -> None:
    text = PROOFS.read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ")][1:]

    assert [line for line in lines if not _proofs(line)] == []
    assert _lacking(text) == []


def test_a_proof_that_is_gone_is_noticed() -> None:
    assert _lacking("`tests/gone.py`, `tests/architecture/test_walk.py::test_gone`") == [
        "tests/gone.py::",
        "tests/architecture/test_walk.py::test_gone",
    ]
