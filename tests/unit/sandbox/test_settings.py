"""What the environment of the sandbox means, and what it says when something does not fit."""

from pathlib import Path

import pytest

from deploy.sandbox.settings import DEMO_SLICE, settings_from_env
from shared.contracts.topics import SERVICES
from shared.settings import SettingsError

ENV = {
    **{f"AIRLANE_{service.upper()}_URL": f"http://{service}:80/" for service in SERVICES},
    "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
    "CUSTOMS_SINGLE_WINDOW_DIR": "/park/single-window",
    "AIRLANE_STATE_DIR": "/park",
    "CATALOG_OPERATOR_CLIENT_ID": "operator-1",
    "CATALOG_OPERATOR_CLIENT_SECRET": "secret",
}


def test_addresses_and_folders_are_those_of_the_park() -> None:
    settings = settings_from_env(ENV)

    assert settings.url["catalog"] == "http://catalog:80"
    assert settings.kafka.bootstrap_servers == "kafka:9092"
    assert settings.credentials == Path("/park/credentials.json")
    assert settings.report == Path("/park/report.json")
    assert settings.run == Path("/park/run")


def test_what_is_not_said_has_a_default() -> None:
    settings = settings_from_env(ENV)

    assert settings.orders == DEMO_SLICE
    assert (settings.seed, settings.patience_s, settings.kill) == (1, 1500.0, ())
    assert not settings.exits
    assert (settings.office_port, settings.drops_answers) == (None, False)


def test_what_is_played_can_be_chosen() -> None:
    more = {"ORDERS": "/x.csv", "SEED": "7", "EXIT": "1", "KILL": "kafka, customs postgres"}
    more |= {"SANDBOX_OFFICE_PORT": "8080", "SANDBOX_ANSWERS": "folder"}

    settings = settings_from_env(ENV | more)

    assert (settings.orders, settings.seed, settings.exits) == (Path("/x.csv"), 7, True)
    assert settings.kill == ("kafka", "customs", "postgres")
    assert (settings.office_port, settings.drops_answers) == (8080, True)


@pytest.mark.parametrize("name", sorted(ENV))
def test_what_is_missing_is_named(name: str) -> None:
    env = {key: value for key, value in ENV.items() if key != name}

    with pytest.raises(SettingsError, match=f"{name} is not set: start the sandbox by make demo"):
        settings_from_env(env)


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("SEED", "one", "SEED=one is not a number"),
        ("SANDBOX_PATIENCE_S", "long", "SANDBOX_PATIENCE_S=long is not a number"),
        ("SANDBOX_ANSWERS", "ftp", "SANDBOX_ANSWERS=ftp: choose from http, folder"),
        ("KILL", "kafka redis", "KILL=redis: choose from catalog, customs"),
    ],
)
def test_a_value_that_does_not_fit_is_named(name: str, value: str, line: str) -> None:
    with pytest.raises(SettingsError, match=line):
        settings_from_env(ENV | {name: value})
