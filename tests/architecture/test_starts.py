"""What the process of an import loads: no web framework, and nothing of the API layer. Each import
has a process of its own, and each second of its start is a second that a merchant waits. (Of other
processes the import contracts say the same, but not of what a command loads when it runs.)
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_WEB = {"fastapi", "starlette", "uvicorn"}


def of_the_web(modules: Iterable[str]) -> set[str]:
    """Those that only a process that serves requests needs."""
    found = set()
    for name in modules:
        top, *below = name.split(".")
        if (
            top in _WEB
            or (top == "shared" and below[:1] == ["http"])
            or (top == "services" and below[1:2] in (["api"], ["app"]))
        ):
            found.add(name)
    return found


def test_an_import_starts_without_the_web() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "services.catalog", "import", "x"],
        cwd=ROOT,
        env={**os.environ, "CATALOG_DATABASE_URL": "postgresql://nowhere/none"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stderr.splitlines()
    modules = {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}

    assert lines[-1].strip() == "x is not the id of an import."
    assert "services.catalog.schemas.imports.rows" in modules
    assert of_the_web(modules) == set()


def test_modules_of_the_web_are_recognised() -> None:
    web = {"fastapi.routing", "starlette", "shared.http", "shared.http.call"}
    web |= {"services.catalog.app", "services.catalog.api.imports"}
    others = {"shared.documents.fields", "services.catalog.schemas.fields", "shared", "apis"}

    assert of_the_web(web | others) == web
