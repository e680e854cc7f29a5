"""Files that a command writes are marked as generated, so that reviews can leave them out."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GENERATED = (
    "services/*/openapi.json",
    "shared/contracts/**/*.json",
    "deploy/grafana/*.json",
    "requirements/*.txt",
    "docs/customs/states.md",
    "docs/customs/messages/*.xml",
)

pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="not a checkout of git"
)


def attributes(name: str, paths: list[Path]) -> dict[str, str]:
    asked = subprocess.run(
        ["git", "check-attr", name, *(str(path.relative_to(ROOT)) for path in paths)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.split(": ") for line in asked.stdout.splitlines())
    return {path: value for path, _, value in rows}


@pytest.mark.parametrize("pattern", GENERATED)
def test_generated_files_are_marked_for_reviewers(pattern: str) -> None:
    files = list(ROOT.glob(pattern))

    marked = attributes("linguist-generated", files)

    assert files
    assert set(marked.values()) == {"set"}


def test_data_is_never_converted_by_git() -> None:
    files = [path for path in (ROOT / "data").iterdir() if path.suffix in {".csv", ".gz"}]

    text = attributes("text", files)

    assert set(text.values()) == {"unset"}
