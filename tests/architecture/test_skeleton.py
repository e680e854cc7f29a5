"""All services look the same: whoever knows one finds everything in the others."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from shared.contracts.registry import EVENTS
from shared.contracts.topics import CONSUMED_BY, SERVICES

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = (
    "README.md",
    "__init__.py",
    "__main__.py",
    "app.py",
    "worker.py",
    "settings.py",
    "api",
    "consumers",
    "schemas",
    "use_cases",
    "queries",
    "repository",
    "tables",
    "migrations/env.py",
    "migrations/script.py.mako",
    "migrations/versions",
    "openapi.json",
)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("name", REQUIRED)
def test_every_service_has_the_skeleton(service: str, name: str) -> None:
    folder = ROOT / "services" / service
    # A layer is one module, or a folder of the same name with one file per noun.
    assert (folder / name).exists() or (folder / f"{name}.py").exists()


@pytest.mark.parametrize("service", SERVICES)
def test_package_initialisers_hold_no_logic(service: str) -> None:
    for path in (ROOT / "services" / service).rglob("__init__.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            assert isinstance(node, ast.Import | ast.ImportFrom | ast.Expr | ast.Assign), path


def _section(readme: str, title: str) -> str:
    match = re.search(rf"^## {title}\b.*?\n(.*?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL)
    assert match, f"the README has no section '## {title}'"
    return match.group(1)


def _event_types_in(text: str) -> set[str]:
    return {t for t in re.findall(r"`([a-z]+\.[a-z_]+\.[a-z_]+)`", text) if t in EVENTS}


@pytest.mark.parametrize("service", SERVICES)
def test_readme_lists_what_the_service_publishes(service: str) -> None:
    readme = (ROOT / "services" / service / "README.md").read_text(encoding="utf-8")
    published = {t for t in EVENTS if t.startswith(f"{service}.")}
    assert _event_types_in(_section(readme, "Publishes")) == published


@pytest.mark.parametrize("service", SERVICES)
def test_readme_lists_what_the_service_consumes(service: str) -> None:
    readme = (ROOT / "services" / service / "README.md").read_text(encoding="utf-8")
    section = _section(readme, "Consumes")
    subscriptions = importlib.import_module(f"services.{service}.worker").SUBSCRIPTIONS
    assert _event_types_in(section) == {payload.event_type for payload in subscriptions}
    assert {payload.topic for payload in subscriptions} == set(CONSUMED_BY[service])


@pytest.mark.parametrize("service", SERVICES)
def test_events_are_built_in_one_place(service: str) -> None:
    """Every event type of the service is constructed somewhere in its own events layer."""
    folder = ROOT / "services" / service
    layer = [*folder.glob("events.py"), *folder.glob("events/*.py")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in layer)
    for event_type, payload in EVENTS.items():
        if event_type.startswith(f"{service}."):
            assert payload.__name__ in source, f"{event_type} is never built"


def test_decisions_are_numbered_without_gap_or_repetition() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
