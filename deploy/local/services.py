"""The five services as processes of the park: one for the API and one for the worker of each.

A service learns everything from its environment. It imports nothing from here.
"""

import os
import sys
from collections.abc import Callable, Mapping
from urllib.parse import quote

from deploy.engines.process import Launch
from deploy.local.addresses import Addresses
from deploy.local.probes import http_answers, http_ready
from deploy.local.state import ROOT, State
from deploy.local.supervisor import Process
from shared.contracts.topics import SERVICES
from shared.kernel.roles import app_role, owner_role

DATABASE = "airlane"


def database_urls(
    service: str, ports: Addresses, secrets: Mapping[str, str], env: Mapping[str, str]
) -> dict[str, str]:
    """The app's and the owner's. Users prepare the databases that they provide."""
    app, owner = f"{service.upper()}_DATABASE_URL", f"{service.upper()}_OWNER_DATABASE_URL"
    if env.get(app):
        return {name: env[name] for name in (app, owner) if env.get(name)}
    where = f"127.0.0.1:{ports.postgres}/{DATABASE}"
    return {
        app: f"postgresql://{app_role(service)}:{quote(secrets[f'{service}_app'])}@{where}",
        owner: f"postgresql://{owner_role(service)}:{quote(secrets[f'{service}_owner'])}@{where}",
    }


def common_environment(
    state: State, ports: Addresses, env: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The part of the environment that is the same for every process, the sandbox included."""
    # libpq's variables would change our own connections; the clock is one file for all.
    not_theirs = ("PG", "AIRLANE_CLOCK_")
    common = {name: value for name, value in env.items() if not name.startswith(not_theirs)}
    common |= {
        "PYTHONUNBUFFERED": "1",
        "AIRLANE_ENV": "local",
        "AIRLANE_STATE_DIR": str(state.home),
        "AIRLANE_ISSUER": ports.url("catalog"),
        "AIRLANE_JWKS_URL": f"{ports.url('catalog')}/.well-known/jwks.json",
        "AIRLANE_CLOCK_FILE": str(state.clock),
        "CUSTOMS_SINGLE_WINDOW_DIR": str(state.single_window),
        "CATALOG_SPOOL_DIR": str(state.spool),
        "KAFKA_BOOTSTRAP_SERVERS": env.get("KAFKA_BOOTSTRAP_SERVERS") or f"127.0.0.1:{ports.kafka}",
    }
    for service in SERVICES:
        common[f"AIRLANE_{service.upper()}_URL"] = ports.url(service)
    common |= {variable: str(port) for variable, port in ports.ports.items()}
    return common


def operator_credential(secrets: Mapping[str, str]) -> dict[str, str]:
    """The first operator's, for who checks it and for who logs in with it."""
    return {
        "CATALOG_OPERATOR_CLIENT_ID": secrets["operator_client_id"],
        "CATALOG_OPERATOR_CLIENT_SECRET": secrets["operator_client_secret"],
    }


def own_environment(
    service: str, part: str, state: State, secrets: Mapping[str, str], urls: Mapping[str, str]
) -> dict[str, str]:
    """What only this process gets: its database as the app role, and the secrets it needs."""
    name = f"{service.upper()}_DATABASE_URL"
    own = {name: urls[name]} if name in urls else {}
    if (service, part) == ("catalog", "api"):
        own |= operator_credential(secrets)
        own["CATALOG_SIGNING_KEY_FILE"] = str(state.signing_key)
    if (service, part) == ("catalog", "worker"):
        # A local park has its media on loopback.
        own["CATALOG_ALLOW_PRIVATE_ADDRESSES"] = "true"
    if service == "webhooks":
        own |= {
            "WEBHOOKS_SECRET_KEY": f"k1:{secrets['webhooks_key']}",
            # Receivers of a local park listen on loopback.
            "WEBHOOKS_ALLOW_PRIVATE_ADDRESSES": "true",
        }
    return own


def processes(
    service: str,
    env_of: Callable[[str], Mapping[str, str]],
    ports: Addresses,
    after: tuple[str, ...],
) -> list[Process]:
    """The two processes of a service; `env_of` takes "api" or "worker"."""
    found = []
    for part, port in (("api", ports.api(service)), ("worker", ports.worker(service))):
        found.append(
            Process(
                name=f"{service}-{part}",
                launch=Launch(
                    argv=(sys.executable, "-m", f"services.{service}", part),
                    env=env_of(part),
                    cwd=ROOT,
                ),
                ready=http_ready(port),
                alive=http_answers(port),
                after=after,
                step="services",
                where=f"http://127.0.0.1:{port}",
            )
        )
    return found
