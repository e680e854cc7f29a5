"""What operators see is true: every query of the dashboard and the alerts uses existing metrics."""

import ast
import importlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import REGISTRY, generate_latest

from shared.contracts.topics import SERVICES

ROOT = Path(__file__).resolve().parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARDS = sorted((ROOT / "deploy" / "grafana").glob("*.json"))
BY_PROMETHEUS_ITSELF = {"up"}
BY_ITS_CLIENT = {"process_start_time_seconds"}
_LOCAL = ROOT / ".tools" / "bin" / "promtool"
PROMTOOL = str(_LOCAL) if _LOCAL.exists() else shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")


def _selected(node: Any) -> Iterator[str]:
    if isinstance(node, promql_parser.VectorSelector) and node.name:
        yield node.name
    for attribute in ("expr", "lhs", "rhs", "vector_selector", "args", "param"):
        value = getattr(node, attribute, None)
        for part in value if isinstance(value, list) else [value]:
            if part is not None and not isinstance(part, str | float):
                yield from _selected(part)


def _names(query: str) -> set[str]:
    return set(_selected(promql_parser.parse(query)))


def _dashboard_queries() -> list[str]:
    return [
        target["expr"]
        for file in DASHBOARDS
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]
        for target in panel.get("targets", [])
    ]


def _alerts() -> list[dict[str, Any]]:
    rules = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in rules["groups"] for rule in group["rules"]]


def _alert_queries() -> list[str]:
    return [rule["expr"] for rule in _alerts()]


@pytest.fixture(scope="module")
def exported() -> set[str]:
    for service in SERVICES:
        importlib.import_module(f"services.{service}.app")
        importlib.import_module(f"services.{service}.worker")
    names = set(BY_PROMETHEUS_ITSELF)
    for family in REGISTRY.collect():
        if family.type == "counter":
            names.add(f"{family.name}_total")
        elif family.type == "histogram":
            names |= {f"{family.name}{suffix}" for suffix in ("_bucket", "_count", "_sum")}
        else:
            names.add(family.name)
    return names


def test_there_is_something_to_check() -> None:
    assert len(_dashboard_queries()) > 10
    assert len(_alert_queries()) > 10
    nested = "histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m]))) / max(b) and c > 1"
    assert _names(nested) == {"a_bucket", "b", "c"}


@pytest.mark.parametrize("query", [*_dashboard_queries(), *_alert_queries()])
def test_every_query_names_an_exported_metric(query: str, exported: set[str]) -> None:
    assert _names(query) <= exported


def test_every_alert_has_a_test() -> None:
    rules = (PROMETHEUS / "alerts.yml").read_text(encoding="utf-8")
    tests = (PROMETHEUS / "alerts_test.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"alert: (\w+)", rules))
    assert named == set(re.findall(r"alertname: (\w+)", tests))


def _definitions_and_uses() -> tuple[dict[str, str], set[str]]:
    """Our metrics by the constant that holds each, and the constants that something writes to: a
    bare `METRIC.labels(…)` only makes a series.
    """
    defined: dict[str, str] = {}
    used: set[str] = set()
    for folder in ("shared", "services"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call):
                    made = ast.unparse(node.value.func)
                    if made in ("Counter", "Gauge", "Histogram") and node.value.args:
                        name = ast.literal_eval(node.value.args[0])
                        defined[name] = ast.unparse(node.target)
                elif isinstance(node, ast.stmt) and not isinstance(node, ast.ClassDef):
                    used |= _written(node)
    return defined, used


def _written(statement: ast.stmt) -> set[str]:
    only_makes_a_series = isinstance(statement, ast.Expr) and re.fullmatch(
        r"[\w.]+\.labels\([^()]*\)", ast.unparse(statement)
    )
    if only_makes_a_series or isinstance(statement, ast.Import | ast.ImportFrom | ast.If | ast.For):
        return set()
    return set(re.findall(r"\b[A-Z][A-Z0-9_]+\b", ast.unparse(statement)))


def test_every_alerted_metric_has_a_writer() -> None:
    defined, used = _definitions_and_uses()
    for query in _alert_queries():
        for name in _names(query) - BY_PROMETHEUS_ITSELF - BY_ITS_CLIENT:
            base = re.sub(r"_(total|bucket|count|sum)$", "", name)
            assert defined[base] in used, f"{name} is alerted on and nobody sets it"


# By their labels: what these can say is not known before it comes.
_OPEN = {
    "HTTP_REQUESTS": "routes, methods and codes",
    "HTTP_PROBLEMS": "every error of every service",
    "SCREENINGS": "lanes are rows of a table",
    "LANE_TAKEN": "lanes are rows of a table",
}


def _labelled_counters() -> tuple[set[str], set[str]]:
    """The constants that hold counters with labels, and those whose series something makes before
    it counts: in a statement of its own, or when its module is read.
    """
    labelled, made = set(), set()
    for folder in ("shared", "services"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            early = [s for s in tree.body if not isinstance(s, ast.FunctionDef | ast.ClassDef)]
            early += [s for s in ast.walk(tree) if isinstance(s, ast.Expr)]
            for node in tree.body:
                if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call):
                    call = node.value
                    if ast.unparse(call.func) == "Counter" and len(call.args) > 2:
                        labelled.add(ast.unparse(node.target))
            for statement in early:
                made |= set(re.findall(r"(\w+)\.labels\([^()]*\)(?!\.)", ast.unparse(statement)))
    return labelled, made


def test_every_labelled_counter_starts_at_zero() -> None:
    labelled, made = _labelled_counters()
    assert {"DLQ_MESSAGES", "JOB_FAILURES", "ATTEMPTS"} <= labelled & made
    assert labelled - made == set(_OPEN)


def test_every_alert_has_a_command_and_a_section_of_the_runbook() -> None:
    page = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    anchors = {heading.lower() for heading in re.findall(r"^## (\w+)$", page, re.MULTILINE)}
    for alert in _alerts():
        notes = alert["annotations"]
        assert set(notes) == {"summary", "command", "runbook_url"}, alert["alert"]
        assert notes["runbook_url"] == f"docs/runbook.md#{alert['alert'].lower()}"
        assert alert["alert"].lower() in anchors
    for linked in re.findall(r"\]\(#(\w+)\)", page):
        assert linked in anchors


@needs_promtool
@pytest.mark.parametrize(
    "arguments",
    [("check", "config", "prometheus.yml"), ("test", "rules", "alerts_test.yml")],
    ids=["config", "rules"],
)
def test_promtool_accepts_the_configuration(arguments: tuple[str, ...]) -> None:
    assert PROMTOOL
    result = subprocess.run(
        [PROMTOOL, *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


@needs_promtool
def test_exposition_is_clean(exported: set[str]) -> None:
    assert exported
    assert PROMTOOL
    result = subprocess.run(
        [PROMTOOL, "check", "metrics"],
        input=generate_latest(REGISTRY),
        capture_output=True,
        check=False,
    )
    # Names that the Python client itself exports are not checked.
    ours = [line for line in result.stderr.decode().splitlines() if line.startswith("airlane")]
    assert ours == []
