"""One export day through the whole platform: real PostgreSQL and Kafka, all processes of the five
services, the sandbox on their public APIs, and a service and the broker killed on the way. Then
three ledgers have to agree. The same program as `make demo EXIT=1`, smaller and faster.
"""

import csv
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.engines import free_port
from deploy.sandbox.settings import DEMO_SLICE, ROOT
from shared.contracts.topics import SERVICES

# Of each country so many invoices, so that every end of a way is met.
WANTED = {"Germany": 14, "France": 10, "United Kingdom": 10, "Netherlands": 6, "Spain": 5,
          "Belgium": 5, "EIRE": 4, "Japan": 4, "Unspecified": 2}  # fmt: skip
DAY_IN_TEN_SECONDS = "8640"
KILLED = "customs kafka"
PATIENCE_S = 420


def write_slice(path: Path) -> int:
    """A small slice of the demo's: returns the number of its invoices."""
    left, chosen, rows = dict(WANTED), set(), []
    with gzip.open(DEMO_SLICE, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            number, country = row["InvoiceNo"], row["Country"]
            if number not in chosen and left.get(country, 0) > 0:
                left[country] -= 1
                chosen.add(number)
            if number in chosen:
                rows.append(row)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return len(chosen)


def environment(state: Path, orders: Path) -> dict[str, str]:
    """A separate park: nothing of the user's park or settings is touched."""
    ours = ("AIRLANE_", "KAFKA_", *(f"{service.upper()}_" for service in SERVICES))
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    ports = ["AIRLANE_POSTGRES_PORT", "AIRLANE_KAFKA_PORT", "AIRLANE_KAFKA_CONTROLLER_PORT"]
    ports += [f"{s.upper()}_{part}_PORT" for s in SERVICES for part in ("API", "WORKER")]
    return env | {
        **{name: str(free_port()) for name in ports},
        "AIRLANE_STATE_DIR": str(state),
        "ORDERS": str(orders),
        "RATE": DAY_IN_TEN_SECONDS,
        "KILL": KILLED,
        "EXIT": "1",
        "NO_COLOR": "1",
    }


def what_went_wrong(said: str, state: Path) -> str:
    """The end of the screen, and the last error in every log."""
    parts = [said[-5000:]]
    for log in sorted((state / "logs").glob("*.log")):
        errors = [line for line in log.read_text().splitlines() if '"level": "error"' in line]
        parts += [f"{log.name}: {errors[-1][-2000:]}"] if errors else []
    return "\n".join(parts)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, dict[str, Any]]]:
    """The number of invoices played, and the report of the day."""
    folder = tmp_path_factory.mktemp("park")
    state, orders = folder / "state", folder / "orders.csv.gz"
    invoices = write_slice(orders)
    env = environment(state, orders)
    park = [sys.executable, "-m", "deploy.local"]
    day = subprocess.Popen(
        [*park, "demo"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said, _ = day.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        day.terminate()
        said, _ = day.communicate(timeout=60)
        said += f"\nthe day did not end within {PATIENCE_S} s"
    report = state / "report.json"
    assert report.exists(), what_went_wrong(said, state)
    assert day.returncode == 0, what_went_wrong(said, state)
    yield invoices, json.loads(report.read_text())
    # The database's folder may lie elsewhere than the state.
    subprocess.run([*park, "reset"], cwd=ROOT, env=env, check=True, capture_output=True)


@pytest.mark.real_broker
@pytest.mark.timeout(PATIENCE_S + 80)
class TestExportDay:
    def test_all_checks_hold(self, played: tuple[int, dict[str, Any]]) -> None:
        _, report = played
        assert report["ok"]
        assert len(report["checks"]) >= 18
        assert [check for check in report["checks"] if not check["ok"]] == []

    def test_every_invoice_is_accounted_for(self, played: tuple[int, dict[str, Any]]) -> None:
        invoices, report = played
        assert sum(report["slice"]["buckets"].values()) == invoices == sum(WANTED.values())
        assert report["slice"]["refused"]["catalog.order.unknown_country"] == WANTED["Unspecified"]

    def test_goods_really_flew(self, played: tuple[int, dict[str, Any]]) -> None:
        _, report = played
        states = report["orders"]["by_state"]
        assert sum(states.values()) == report["orders"]["accepted"]
        assert states["delivered"] > report["orders"]["accepted"] / 2
        assert report["flights"]["shipments"] >= states["delivered"]
        assert report["flights"]["tonnes"] > 0
        assert set(report["lanes"]) <= {"lane 1", "lane 2", "lane 3"}

    def test_killed_processes_came_back(self, played: tuple[int, dict[str, Any]]) -> None:
        _, report = played
        back = {fault["process"]: fault["back_after_s"] for fault in report["faults"]}
        assert back.keys() == {"customs-api", "customs-worker", "kafka"}
        assert all(seconds is not None for seconds in back.values())

    def test_the_partner_received_everything(self, played: tuple[int, dict[str, Any]]) -> None:
        _, report = played
        told = report["webhooks"]["by_type"]
        assert told["routing.shipment.delivered"] == report["orders"]["by_state"]["delivered"]
        assert told["customs.declaration.closed"] == report["declarations"]["by_state"]["closed"]
