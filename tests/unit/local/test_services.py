"""Each process of the local park gets the secrets that it needs, and no others."""

from pathlib import Path

import pytest

from deploy.local.addresses import addresses
from deploy.local.services import common_environment, database_urls, own_environment, processes
from deploy.local.state import State
from shared.contracts.topics import SERVICES

SECRETS = {
    "operator_client_id": "operator-1",
    "operator_client_secret": "s" * 43,
    "webhooks_key": "k" * 44,
    "routing_app": "a/b",
    "routing_owner": "o",
}
NEEDED = {
    ("catalog", "api"): {
        "CATALOG_SIGNING_KEY_FILE",
        "CATALOG_OPERATOR_CLIENT_ID",
        "CATALOG_OPERATOR_CLIENT_SECRET",
    },
    ("catalog", "worker"): {"CATALOG_ALLOW_PRIVATE_ADDRESSES"},
    ("webhooks", "api"): {"WEBHOOKS_SECRET_KEY", "WEBHOOKS_ALLOW_PRIVATE_ADDRESSES"},
    ("webhooks", "worker"): {"WEBHOOKS_SECRET_KEY", "WEBHOOKS_ALLOW_PRIVATE_ADDRESSES"},
}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("part", ["api", "worker"])
def test_a_process_holds_only_the_secrets_it_needs(service: str, part: str, tmp_path: Path) -> None:
    urls = {f"{name.upper()}_DATABASE_URL": "postgresql://db" for name in SERVICES}

    told = own_environment(service, part, State(tmp_path), SECRETS, urls)

    wanted = NEEDED.get((service, part), set()) | {f"{service.upper()}_DATABASE_URL"}
    assert told.keys() == wanted


def test_a_service_of_the_own_engine_has_an_app_and_an_owner_on_loopback() -> None:
    urls = database_urls("routing", addresses({}), SECRETS, {})

    assert urls == {
        "ROUTING_DATABASE_URL": "postgresql://airlane_routing_app:a/b@127.0.0.1:15432/airlane",
        "ROUTING_OWNER_DATABASE_URL": (
            "postgresql://airlane_routing_owner:o@127.0.0.1:15432/airlane"
        ),
    }


def test_a_database_that_a_person_points_to_is_taken_as_it_is() -> None:
    env = {"ROUTING_DATABASE_URL": "postgresql://me@db/x"}

    urls = database_urls("routing", addresses({}), SECRETS, env)

    assert urls == env


def test_every_process_learns_where_the_others_are(tmp_path: Path) -> None:
    ports = addresses({"AIRLANE_PORT_OFFSET": "40"})

    common = common_environment(State(tmp_path), ports, {})

    assert common["AIRLANE_CUSTOMS_URL"] == "http://127.0.0.1:8042"
    assert common["AIRLANE_JWKS_URL"] == "http://127.0.0.1:8041/.well-known/jwks.json"
    assert common["KAFKA_BOOTSTRAP_SERVERS"] == "127.0.0.1:19132"
    assert common["AIRLANE_CLOCK_FILE"] == str(tmp_path / "clock")
    assert common["CUSTOMS_API_PORT"] == "8042"


def test_variables_that_would_change_connections_or_the_clock_are_left_out(tmp_path: Path) -> None:
    env = {
        "PGHOST": "elsewhere",
        "AIRLANE_CLOCK_EPOCH": "2030-01-01T00:00:00Z",
        "CATALOG_RATE_PER_MINUTE": "5",
        "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
    }

    common = common_environment(State(tmp_path), addresses({}), env)

    assert "PGHOST" not in common
    assert "AIRLANE_CLOCK_EPOCH" not in common
    assert common["CATALOG_RATE_PER_MINUTE"] == "5"
    assert common["KAFKA_BOOTSTRAP_SERVERS"] == "kafka:9092"


def test_a_service_is_an_api_and_a_worker_with_environments_of_their_own() -> None:
    made = processes("routing", lambda part: {"PART": part}, addresses({}), ("schemas",))

    assert [process.name for process in made] == ["routing-api", "routing-worker"]
    assert [process.launch.argv[1:] for process in made] == [
        ("-m", "services.routing", "api"),
        ("-m", "services.routing", "worker"),
    ]
    assert [process.launch.env["PART"] for process in made] == ["api", "worker"]
    assert [process.where for process in made] == ["http://127.0.0.1:8003", "http://127.0.0.1:8103"]
    assert all(process.after == ("schemas",) for process in made)
