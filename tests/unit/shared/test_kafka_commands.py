"""What an operator types: each command says in one line what is wrong, and where it looked."""

import pytest

from shared.kafka import admin, redrive

ORDERS = "airlane.catalog.orders.v1"


@pytest.fixture(autouse=True)
def kafka_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr()
    assert not said.out
    assert said.err.count("\n") == 1
    return said.err


@pytest.mark.parametrize(
    ("topic", "group", "status", "says"),
    [
        (ORDERS, "customers", 2, "there is no group customers; there are:"),
        ("airlane.catalog.order.v1", "customs", 2, "customs does not read airlane.catalog.order"),
        (ORDERS, "customs", 1, "(KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1)"),
    ],
)
def test_redrive_says_what_is_wrong_and_what_there_is(
    capsys: pytest.CaptureFixture[str], topic: str, group: str, status: int, says: str
) -> None:
    assert redrive.main(["--topic", topic, "--group", group]) == status
    assert says in one_line(capsys)


@pytest.mark.parametrize("topic", [ORDERS, "ezhou.catalog.orders.v1"])
def test_redrive_takes_either_name_of_a_topic(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, topic: str
) -> None:
    monkeypatch.setenv("KAFKA_PREFIX", "ezhou")
    assert redrive.main(["--topic", topic, "--group", "customs"]) == 1
    assert "not redriven" in one_line(capsys)


@pytest.mark.parametrize("option", ["--limit", "--per-second"])
@pytest.mark.parametrize("value", ["0", "-1", "many"])
def test_redrive_refuses_a_number_that_redrives_nothing(option: str, value: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        redrive.main(["--topic", ORDERS, "--group", "customs", option, value])


def test_creating_topics_without_a_broker_reports_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert admin.main(patience_s=0) == 1
    assert "(KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1)" in one_line(capsys)
