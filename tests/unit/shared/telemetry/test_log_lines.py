"""One line for an event: what it holds, what it leaves out, and how often it is repeated."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from shared.telemetry import get_logger, seldom, trace
from shared.telemetry.logging import configure_logging, visible
from shared.telemetry.seldom import EVERY_S, Gate, SeldomFilter


@pytest.fixture(autouse=True)
def unchanged_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class TestLines:
    def test_a_line_says_who_where_when_and_how_bad(self) -> None:
        out = io.StringIO()
        configure_logging("catalog", stream=out)
        with trace.following("00-" + "a" * 32 + "-" + "b" * 16 + "-01"):
            get_logger("catalog.orders").warning("order held", order="ord_1")

        (line,) = lines(out)
        at = line.pop("timestamp")
        assert at.endswith("Z")
        assert line == {
            "event": "order held",
            "order": "ord_1",
            "level": "warning",
            "logger": "catalog.orders",
            "service": "catalog",
            "trace_id": "a" * 32,
        }

    def test_outside_of_a_trace_there_is_no_trace_id(self) -> None:
        out = io.StringIO()
        configure_logging("catalog", stream=out)
        get_logger("x").info("idle")

        assert "trace_id" not in lines(out)[0]

    @pytest.mark.parametrize(
        ("level", "events"),
        [
            ("DEBUG", ["d", "i", "w", "e"]),
            ("info", ["i", "w", "e"]),
            ("WARNING", ["w", "e"]),
            ("ERROR", ["e"]),
        ],
    )
    def test_lines_below_the_level_are_dropped_of_every_logger(
        self, level: str, events: list[str]
    ) -> None:
        out = io.StringIO()
        configure_logging("catalog", level=level, stream=out)
        for name in ("debug", "info", "warning", "error"):
            getattr(get_logger("ours"), name)(name[0])
            getattr(logging.getLogger("theirs"), name)(name[0])

        assert [line["event"] for line in lines(out) if line["logger"] == "ours"] == events
        assert [line["event"] for line in lines(out) if line["logger"] == "theirs"] == events

    def test_a_level_that_there_is_not_is_refused(self) -> None:
        with pytest.raises(ValueError, match="'LOUD' is not a log level"):
            configure_logging("catalog", level="LOUD", stream=io.StringIO())

    @pytest.mark.parametrize("name", ["uvicorn.access", "aiokafka.consumer", "kafka", "asyncio"])
    def test_libraries_that_log_every_poll_are_logged_from_warnings_on(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # uvicorn silences its access log for the whole process once a server has been configured.
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
        out = io.StringIO()
        configure_logging("catalog", level="DEBUG", stream=out)
        logging.getLogger(name).info("polled")
        logging.getLogger(name).warning("lost")

        assert [line["event"] for line in lines(out)] == ["lost"]

    def test_an_error_is_shown_with_its_trace_and_without_values_of_variables(self) -> None:
        def fail(password: str) -> None:
            raise KeyError("a slip")

        out = io.StringIO()
        configure_logging("catalog", stream=out)
        hidden = "not for the log"[::-1]
        try:
            fail(hidden)
        except KeyError:
            get_logger("x").exception("failed")

        (line,) = lines(out)
        assert "KeyError: 'a slip'" in line["exception"]
        assert hidden not in out.getvalue()

    def test_a_value_that_is_not_json_is_written_as_text(self) -> None:
        out = io.StringIO()
        configure_logging("catalog", stream=out)
        get_logger("x").info(
            "odd",
            value={
                1,
            },
            path=io,
        )

        assert lines(out)[0]["value"] == "{1}"

    def test_every_line_is_one_line_whatever_it_holds(self) -> None:
        for out in (io.StringIO(), Terminal()):
            configure_logging("catalog", stream=out)
            get_logger("x").info("held", title="a\nb\u2028c\u202ed\x9be")

            assert out.getvalue().count("\n") == 1
            assert "\u2028" not in out.getvalue()
            assert "\\u202e" in out.getvalue()


@given(st.text(max_size=30))
def test_what_can_be_seen_stays_as_it_is(text: str) -> None:
    shown = visible(text)

    if text.isprintable():
        assert shown == text
    assert visible(shown) == shown


class TestSeldom:
    @pytest.fixture
    def gate(self, monkeypatch: pytest.MonkeyPatch) -> Gate:
        self.now_s = 100.0
        monkeypatch.setattr(seldom, "monotonic_s", lambda: self.now_s)
        return Gate()

    def test_one_line_passes_in_ten_seconds_and_says_how_many_did_not(self, gate: Gate) -> None:
        assert [gate.passes("a") for _ in range(4)] == [0, None, None, None]
        self.now_s += EVERY_S - 0.001
        assert gate.passes("a") is None
        self.now_s += 0.001
        assert [gate.passes("a"), gate.passes("a")] == [4, None]
        self.now_s += EVERY_S
        assert gate.passes("a") == 1

    def test_kinds_do_not_hide_each_other(self, gate: Gate) -> None:
        assert [gate.passes("a"), gate.passes("b"), gate.passes("a")] == [0, 0, None]

    def test_kinds_without_end_do_not_fill_the_memory(self, gate: Gate) -> None:
        for kind in range(2500):
            gate.passes(kind)

        assert len(gate._seen) <= 1000

    def test_only_lines_of_the_kafka_client_are_thinned_by_their_template(self, gate: Gate) -> None:
        thin = SeldomFilter(gate)

        def a_line(name: str, template: str, *values: object) -> logging.LogRecord:
            return logging.LogRecord(name, logging.ERROR, "f", 1, template, values, None)

        assert all(thin.filter(a_line("uvicorn", "x")) for _ in range(3))
        first = a_line("aiokafka.conn", "no node %s", 1)
        assert thin.filter(first)
        assert first.getMessage() == "no node 1"
        assert not thin.filter(a_line("aiokafka.conn", "no node %s", 2))
        assert thin.filter(a_line("kafka.conn", "no node %s", 2))
        self.now_s += EVERY_S
        last = a_line("aiokafka.conn", "no node %s", 3)
        assert thin.filter(last)
        assert last.getMessage() == "no node 3 (1 such left out)"
