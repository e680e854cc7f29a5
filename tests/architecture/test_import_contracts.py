"""The import contracts hold, and each one can fail: a planted import breaks it.

A contract that nobody has seen fail may check nothing at all. The plants are written into a copy.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# contract id → (file to plant into, line to plant)
PLANTS: list[tuple[str, str, str]] = [
    ("services-are-independent", "services/customs/use_cases", "import services.catalog.app"),
    ("deploy-services-shared", "shared/kernel/money.py", "import services.catalog.app"),
    ("deploy-services-shared", "services/routing/app.py", "import deploy.local"),
    ("layers-of-a-service", "services/catalog/queries", "import services.catalog.schemas"),
    ("layers-of-a-service", "services/catalog/domain", "import services.catalog.settings"),
    ("layers-of-a-service", "services/catalog/helpers.py", ""),
    ("domain-is-pure", "services/catalog/domain", "import sqlalchemy"),
    ("domain-is-pure", "services/routing/domain", "import shared.contracts.routing.shipments"),
    ("domain-is-pure", "services/catalog/domain", "import shared.documents.fields"),
    ("domain-is-pure", "shared/kernel/ids.py", "import pydantic"),
    ("domain-is-pure", "services/routing/domain/flights", "import numpy"),
    ("domain-is-pure", "services/catalog/domain", "import numba"),
    ("tables-behind-statements", "services/customs/use_cases", "import services.customs.tables"),
    ("repository-behind-use-cases", "services/catalog/api", "import services.catalog.repository"),
    ("settings-at-the-edge", "services/catalog/queries", "import services.catalog.settings"),
    ("http-stays-in-api", "services/catalog/use_cases", "import shared.http"),
    ("http-stays-in-api", "services/customs/consumers", "import fastapi"),
    ("http-stays-in-api", "services/catalog/commands.py", "import services.catalog.api.products"),
    ("http-stays-in-api", "services/catalog/schemas/fields.py", "import shared.http.fields_of"),
    ("documents-without-a-framework", "shared/documents/fields.py", "import fastapi"),
    ("documents-without-a-framework", "shared/documents/strict_json.py", "import starlette"),
    ("one-kafka-client", "services/catalog/use_cases", "import aiokafka"),
    ("one-compiled-kernel", "services/routing/use_cases", "import numba"),
    (
        "one-compiled-kernel",
        "services/routing/use_cases",
        "import services.routing.domain.itineraries.kernel.pareto",
    ),
    ("layers-of-shared", "shared/db/pool.py", "import shared.http"),
    ("layers-of-shared", "shared/documents/text.py", "import shared.http"),
    ("layers-of-shared", "shared/misc.py", ""),
    ("tests-do-not-ship", "services/catalog/app.py", "import tests.kit.clock"),
    ("tests-do-not-ship", "shared/kafka/worker.py", "from tests.kit import clock"),
    ("tests-do-not-ship", "deploy/bench/rig.py", "import tests.kit.databases"),
    ("engines-stand-alone", "deploy/engines/kafka.py", "import shared.kernel.clock"),
    ("engines-stand-alone", "deploy/engines/process.py", "import deploy.local.console"),
    ("layers-of-deploy", "deploy/sandbox/park.py", "import deploy.local.addresses"),
    ("layers-of-deploy", "deploy/data/airports.py", "import deploy.sandbox.settings"),
    ("layers-of-deploy", "deploy/misc.py", ""),
    ("layers-of-the-sandbox", "deploy/sandbox/airlines", "import deploy.sandbox.partner.ledger"),
    ("layers-of-the-sandbox", "deploy/sandbox/marketplaces", "import deploy.sandbox.day.conductor"),
    ("layers-of-the-sandbox", "deploy/sandbox/misc.py", ""),
    ("sandbox-imports-no-service", "deploy/sandbox/seed.py", "import services.catalog.app"),
    ("acyclic", "shared/telemetry/trace.py", "import shared.db.pool"),
    ("acyclic", "deploy/local/addresses.py", "import deploy.local.opening"),
]


def _lint(folder: Path, contract: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    if contract:
        command += ["--contract", contract]
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "NO_COLOR": "1"},
    )


def _layer_file(folder: Path, name: str) -> Path:
    path = folder / name
    if path.suffix == ".py":
        return path
    if path.is_dir():
        return min(p for p in path.rglob("*.py") if p.name != "__init__.py")
    return path.with_suffix(".py")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plants")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for top in ("services", "shared", "deploy"):
        shutil.copytree(
            ROOT / top, folder / top, ignore=shutil.ignore_patterns("__pycache__", "*.json")
        )
    return folder


def test_all_contracts_hold() -> None:
    result = _lint(ROOT)
    assert result.returncode == 0, result.stdout


def test_every_contract_has_a_plant() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ids = {line.split('"')[1] for line in text.splitlines() if line.startswith('id = "')}
    assert ids == {contract for contract, _, _ in PLANTS}


@pytest.mark.parametrize(("contract", "place", "line"), PLANTS)
def test_a_planted_import_turns_the_contract_red(
    copy: Path, contract: str, place: str, line: str
) -> None:
    file = _layer_file(copy, place)
    before = file.read_text(encoding="utf-8") if file.exists() else None
    try:
        file.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
        result = _lint(copy, contract)
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before, encoding="utf-8")
    assert result.returncode != 0, f"{contract} stayed green with {place}: {line}"
    assert "BROKEN" in result.stdout, result.stdout + result.stderr
