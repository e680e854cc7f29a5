"""The five services as processes of the park: one for the API and one for the worker of each.

What a service is told is only its environment; nothing here is imported by a service.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from deploy.local.console import Stop
from deploy.local.probes import http_answers, http_ready
from deploy.local.state import ROOT, State
from deploy.local.supervisor import Process
from shared.contracts.topics import SERVICES
from shared.kernel.clock import SystemClock
from shared.kernel.roles import app_role, owner_role
from shared.testing.engines import kafka
from shared.testing.engines.process import Launch

DATABASE = "airlane"
_API_PORTS = {service: 8001 + n for n, service in enumerate(SERVICES)}
_WORKER_PORTS = {service: 8101 + n for n, service in enumerate(SERVICES)}


@dataclass(frozen=True)
class Addresses:
    """Where everything listens; each can be moved by the variable of the same name."""

    postgres: int
    kafka: int
    kafka_controller: int
    api: Mapping[str, int]
    worker: Mapping[str, int]

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.api[service]}"


def addresses(env: Mapping[str, str] = os.environ) -> Addresses:
    def port(variable: str, default: int) -> int:
        asked = env.get(variable) or str(default)
        if not asked.isdigit() or not 0 < int(asked) < 65536:
            raise Stop(f"{variable}={asked} is not a port: choose a number below 32768")
        return int(asked)

    return Addresses(
        postgres=port("AIRLANE_POSTGRES_PORT", 15432),
        kafka=port("AIRLANE_KAFKA_PORT", 19092),
        kafka_controller=port("AIRLANE_KAFKA_CONTROLLER_PORT", 19093),
        api={s: port(f"{s.upper()}_API_PORT", p) for s, p in _API_PORTS.items()},
        worker={s: port(f"{s.upper()}_WORKER_PORT", p) for s, p in _WORKER_PORTS.items()},
    )


def chosen_services(env: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """All five, or those named in AIRLANE_SERVICES (for work on one of them)."""
    asked = env.get("AIRLANE_SERVICES", "").replace(",", " ").split()
    return tuple(s for s in SERVICES if not asked or s in asked)


def starts_postgres(env: Mapping[str, str] = os.environ) -> bool:
    """False if a person has a database for every service."""
    return not all(env.get(f"{s.upper()}_DATABASE_URL") for s in chosen_services(env))


def starts_kafka(env: Mapping[str, str] = os.environ) -> bool:
    return not env.get("KAFKA_BOOTSTRAP_SERVERS")


def needed_ports(env: Mapping[str, str] = os.environ) -> dict[str, int]:
    """The variable that moves it -> the port, for everything the park will listen on."""
    ports, needed = addresses(env), {}
    if starts_postgres(env):
        needed["AIRLANE_POSTGRES_PORT"] = ports.postgres
    if starts_kafka(env):
        needed["AIRLANE_KAFKA_PORT"] = ports.kafka
        if not kafka.missing():
            needed["AIRLANE_KAFKA_CONTROLLER_PORT"] = ports.kafka_controller
    for service in chosen_services(env):
        needed[f"{service.upper()}_API_PORT"] = ports.api[service]
        needed[f"{service.upper()}_WORKER_PORT"] = ports.worker[service]
    return needed


def database_urls(
    service: str, ports: Addresses, secrets: Mapping[str, str], env: Mapping[str, str]
) -> dict[str, str]:
    """The app's and the owner's. A database a person points to is theirs to prepare."""
    app, owner = f"{service.upper()}_DATABASE_URL", f"{service.upper()}_OWNER_DATABASE_URL"
    if env.get(app):
        return {name: env[name] for name in (app, owner) if env.get(name)}
    where = f"127.0.0.1:{ports.postgres}/{DATABASE}"
    return {
        app: f"postgresql://{app_role(service)}:{quote(secrets[f'{service}_app'])}@{where}",
        owner: f"postgresql://{owner_role(service)}:{quote(secrets[f'{service}_owner'])}@{where}",
    }


def common_environment(
    state: State, ports: Addresses, clock: SystemClock, env: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """What every process of the park is told, the sandbox included."""
    # libpq's variables would change how our own connections are made.
    common = {name: value for name, value in env.items() if not name.startswith("PG")}
    common |= {
        "PYTHONUNBUFFERED": "1",
        "AIRLANE_ENV": "local",
        "AIRLANE_STATE_DIR": str(state.home),
        "AIRLANE_ISSUER": ports.url("catalog"),
        "AIRLANE_JWKS_URL": f"{ports.url('catalog')}/.well-known/jwks.json",
        "AIRLANE_CLOCK_RATE": f"{clock.rate:g}",
        "CUSTOMS_SINGLE_WINDOW_DIR": str(state.single_window),
        "KAFKA_BOOTSTRAP_SERVERS": env.get("KAFKA_BOOTSTRAP_SERVERS") or f"127.0.0.1:{ports.kafka}",
    }
    if clock.epoch is not None and clock.anchor is not None:
        common["AIRLANE_CLOCK_EPOCH"] = clock.epoch.isoformat()
        common["AIRLANE_CLOCK_ANCHOR"] = clock.anchor.isoformat()
    for service in SERVICES:
        common[f"AIRLANE_{service.upper()}_URL"] = ports.url(service)
        common[f"{service.upper()}_API_PORT"] = str(ports.api[service])
        common[f"{service.upper()}_WORKER_PORT"] = str(ports.worker[service])
    return common


def own_environment(
    service: str, state: State, secrets: Mapping[str, str], urls: Mapping[str, str]
) -> dict[str, str]:
    """What only this service is told: its database as the app role, and its own secrets."""
    name = f"{service.upper()}_DATABASE_URL"
    own = {name: urls[name]} if name in urls else {}
    if service == "catalog":
        own |= {
            "CATALOG_SIGNING_KEY_FILE": str(state.signing_key),
            "CATALOG_OPERATOR_CLIENT_ID": secrets["operator_client_id"],
            "CATALOG_OPERATOR_CLIENT_SECRET": secrets["operator_client_secret"],
        }
    if service == "webhooks":
        own |= {
            "WEBHOOKS_SECRET_KEY": f"k1:{secrets['webhooks_key']}",
            # Receivers of a local park listen on loopback.
            "WEBHOOKS_ALLOW_PRIVATE_ADDRESSES": "true",
        }
    return own


def processes(
    service: str, env: Mapping[str, str], ports: Addresses, after: tuple[str, ...]
) -> list[Process]:
    """The two processes of a service; `env` is all they are told."""
    found = []
    for part, port in (("api", ports.api[service]), ("worker", ports.worker[service])):
        found.append(
            Process(
                name=f"{service}-{part}",
                launch=Launch(
                    argv=(sys.executable, "-m", f"services.{service}", part), env=env, cwd=ROOT
                ),
                ready=http_ready(port),
                alive=http_answers(port),
                after=after,
                step="services",
            )
        )
    return found
