"""Where everything of a park listens, always on loopback and below 32768: from there upwards the
system hands out ports by itself.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from deploy.engines import kafka
from deploy.local.console import Stop
from shared.contracts.topics import SERVICES

_DEFAULTS: Final[Mapping[str, int]] = {
    "AIRLANE_POSTGRES_PORT": 15432,
    "AIRLANE_KAFKA_PORT": 19092,
    "AIRLANE_KAFKA_CONTROLLER_PORT": 19093,
    **{f"{service.upper()}_API_PORT": 8001 + n for n, service in enumerate(SERVICES)},
    **{f"{service.upper()}_WORKER_PORT": 8101 + n for n, service in enumerate(SERVICES)},
}
_WHICH_PARK: Final = ("AIRLANE_PORT_OFFSET", "AIRLANE_STATE_DIR")
_OFFSET_MAX: Final = 32767 - max(_DEFAULTS.values())


@dataclass(frozen=True)
class Addresses:
    """Each port can be moved by the variable of its name, all together by AIRLANE_PORT_OFFSET."""

    ports: Mapping[str, int]

    @property
    def postgres(self) -> int:
        return self.ports["AIRLANE_POSTGRES_PORT"]

    @property
    def kafka(self) -> int:
        return self.ports["AIRLANE_KAFKA_PORT"]

    @property
    def kafka_controller(self) -> int:
        return self.ports["AIRLANE_KAFKA_CONTROLLER_PORT"]

    def api(self, service: str) -> int:
        return self.ports[f"{service.upper()}_API_PORT"]

    def worker(self, service: str) -> int:
        return self.ports[f"{service.upper()}_WORKER_PORT"]

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.api(service)}"


def port_offset(env: Mapping[str, str] = os.environ) -> int:
    """Raises Stop for an offset that would not keep two parks apart."""
    asked = env.get("AIRLANE_PORT_OFFSET") or "0"
    offset = int(asked) if asked.isdigit() else -1
    ours = set(_DEFAULTS.values())
    if not 0 <= offset <= _OFFSET_MAX or (offset and ours & {port + offset for port in ours}):
        raise Stop(
            f"AIRLANE_PORT_OFFSET={asked} does not keep two parks apart: choose 10, 20 or 1000, "
            f"{_OFFSET_MAX} at most"
        )
    return offset


def addresses(env: Mapping[str, str] = os.environ) -> Addresses:
    """Raises Stop with the variable at fault."""
    offset = port_offset(env)

    def port(variable: str, default: int) -> int:
        asked = env.get(variable) or str(default + offset)
        if not asked.isdigit() or not 0 < int(asked) < 65536:
            raise Stop(f"{variable}={asked} is not a port: choose a number below 32768")
        return int(asked)

    return Addresses({variable: port(variable, default) for variable, default in _DEFAULTS.items()})


def chosen_services(env: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """All five, or those named in AIRLANE_SERVICES (for work on one of them)."""
    asked = env.get("AIRLANE_SERVICES", "").replace(",", " ").split()
    if unknown := sorted(set(asked) - set(SERVICES)):
        raise Stop(f"AIRLANE_SERVICES={' '.join(unknown)}: choose from {', '.join(SERVICES)}")
    return tuple(s for s in SERVICES if not asked or s in asked)


def starts_postgres(env: Mapping[str, str] = os.environ) -> bool:
    """False if every service is given a database."""
    return not all(env.get(f"{s.upper()}_DATABASE_URL") for s in chosen_services(env))


def starts_kafka(env: Mapping[str, str] = os.environ) -> bool:
    return not env.get("KAFKA_BOOTSTRAP_SERVERS")


def needed_ports(env: Mapping[str, str] = os.environ) -> dict[str, int]:
    """The variable that moves it -> the port, for everything the park will listen on."""
    needed = [
        f"{s.upper()}_{part}_PORT" for s in chosen_services(env) for part in ("API", "WORKER")
    ]
    if starts_postgres(env):
        needed.append("AIRLANE_POSTGRES_PORT")
    if starts_kafka(env):
        needed.append("AIRLANE_KAFKA_PORT")
        if not kafka.missing():
            needed.append("AIRLANE_KAFKA_CONTROLLER_PORT")
    ports = addresses(env).ports
    return {variable: ports[variable] for variable in needed}


def make_line(target: str, env: Mapping[str, str] = os.environ) -> str:
    """`make TARGET` as it has to be typed for this park."""
    given = (f"{name}={env[name]}" for name in _WHICH_PARK if env.get(name))
    return " ".join(("make", target, *given))
