"""Addresses and folders of the park, and what to play, from the environment of the process."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.contracts.topics import SERVICES
from shared.kernel.clock import ClockFile, SystemClock, clock_from_env
from shared.settings import KafkaSettings, SettingsError

ROOT: Final = Path(__file__).resolve().parents[2]
DATA: Final = ROOT / "data"
DEMO_SLICE: Final = DATA / "orders-demo.csv.gz"
KILLABLE: Final = (*SERVICES, "kafka", "postgres")


@dataclass(frozen=True)
class SandboxSettings:
    """`url` by service; `kill`: who is killed in the middle of the day."""

    url: Mapping[str, str]
    kafka: KafkaSettings
    single_window: Path
    state: Path
    operator_id: str
    operator_secret: str
    clock: SystemClock | ClockFile
    orders: Path
    kill: tuple[str, ...]
    exits: bool
    seed: int
    patience_s: float
    """After so many real seconds the day is given up."""
    office_port: int | None = None
    """Of the customs office's HTTP door; None: it has none."""
    drops_answers: bool = False
    """The office leaves its answers in the drop-folder, and does not POST them."""

    @property
    def credentials(self) -> Path:
        return self.state / "credentials.json"

    @property
    def report(self) -> Path:
        return self.state / "report.json"

    @property
    def run(self) -> Path:
        """Where the supervisor keeps the process ids."""
        return self.state / "run"


def settings_from_env(env: Mapping[str, str] = os.environ) -> SandboxSettings:
    """Raises SettingsError."""

    def given(name: str) -> str:
        value = env.get(name, "")
        if not value:
            raise SettingsError([f"{name} is not set: start the sandbox by make demo or make run"])
        return value

    def number(name: str, default: float) -> float:
        try:
            return float(env.get(name) or default)
        except ValueError:
            raise SettingsError([f"{name}={env[name]} is not a number"]) from None

    kill = tuple(env.get("KILL", "").replace(",", " ").split())
    if unknown := set(kill) - set(KILLABLE):
        line = f"KILL={' '.join(sorted(unknown))}: choose from {', '.join(KILLABLE)}"
        raise SettingsError([line])
    answers = env.get("SANDBOX_ANSWERS") or "http"
    if answers not in ("http", "folder"):
        raise SettingsError([f"SANDBOX_ANSWERS={answers}: choose from http, folder"])
    return SandboxSettings(
        url={service: given(f"AIRLANE_{service.upper()}_URL").rstrip("/") for service in SERVICES},
        kafka=KafkaSettings(bootstrap_servers=given("KAFKA_BOOTSTRAP_SERVERS")),
        single_window=Path(given("CUSTOMS_SINGLE_WINDOW_DIR")),
        state=Path(given("AIRLANE_STATE_DIR")),
        operator_id=given("CATALOG_OPERATOR_CLIENT_ID"),
        operator_secret=given("CATALOG_OPERATOR_CLIENT_SECRET"),
        clock=clock_from_env(env),
        orders=Path(env.get("ORDERS") or DEMO_SLICE),
        kill=kill,
        exits=env.get("EXIT") == "1",
        seed=int(number("SEED", 1)),
        patience_s=number("SANDBOX_PATIENCE_S", 1500),
        office_port=int(number("SANDBOX_OFFICE_PORT", 0)) or None,
        drops_answers=answers == "folder",
    )
