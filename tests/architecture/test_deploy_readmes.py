"""The READMEs below deploy/ name files that exist, and leave out none."""

import re
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NOT_LISTED = {"__init__.py", "__main__.py", "README.md", "__pycache__"}


def named_in(readme: Path) -> set[str]:
    """The first path below the folder: `day/conductor.py` names `day`."""
    rows = [line for line in readme.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    names = re.findall(r"`([a-z_]+(?:/[a-z_.]*)?|[a-z_/]+\.(?:py|sh|xml))`", "\n".join(rows))
    return {name.partition("/")[0] for name in names if "/" in name or "." in name}


@pytest.mark.parametrize("part", ["local", "sandbox"])
def test_every_part_is_named_where_a_newcomer_starts_reading(part: str) -> None:
    there = {path.name for path in (DEPLOY / part).iterdir()} - NOT_LISTED

    named = named_in(DEPLOY / part / "README.md")

    assert there - named == set()


@pytest.mark.parametrize("part", ["local", "sandbox"])
def test_every_file_that_is_named_exists(part: str) -> None:
    text = (DEPLOY / part / "README.md").read_text(encoding="utf-8")
    modules = set(re.findall(r"`([a-z_/]+\.py)`", text))

    known = {path.name for path in (DEPLOY / part).rglob("*.py")}

    assert {name for name in modules if Path(name).name not in known} == set()
