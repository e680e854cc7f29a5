"""Logs, metrics, traces and probes of every process."""

import asyncio
import io
import json
import logging
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY, generate_latest

from shared.telemetry import get_logger, metrics, seldom, trace
from shared.telemetry.logging import configure_logging
from shared.telemetry.probes import Probes
from shared.telemetry.server import ProbeServer

_LOCAL = Path(__file__).resolve().parents[4] / ".tools" / "bin" / "promtool"
PROMTOOL = str(_LOCAL) if _LOCAL.exists() else shutil.which("promtool")
GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "00",
        GIVEN.upper(),
        GIVEN + "-more",
        "ff" + GIVEN[2:],
        GIVEN.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32),
        GIVEN.replace("00f067aa0ba902b7", "0" * 16),
        GIVEN.replace("4bf9", "4bg9"),
        " " + GIVEN,
        GIVEN + "\n",
    ],
)
def test_a_malformed_traceparent_is_ignored(header: str | None) -> None:
    assert trace.parse(header) is None


def test_a_later_version_may_say_more() -> None:
    assert trace.parse("01" + GIVEN[2:] + "-what-ever") == trace.parse(GIVEN)


@given(st.text())
def test_any_text_is_either_a_trace_or_nothing(header: str) -> None:
    trace.parse(header)


def test_traces_are_handed_on() -> None:
    here = trace.continued(GIVEN)
    assert here.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"
    token = trace.enter(here)
    try:
        below = trace.child()
        assert (below.trace_id, below.span_id != here.span_id) == (here.trace_id, True)
        assert trace.traceparent() == here.traceparent
        assert trace.parse(below.traceparent) == below
    finally:
        trace.leave(token)
    assert trace.current() is None
    assert trace.traceparent() is None
    assert trace.parse(trace.new().traceparent) is not None


@pytest.fixture
def _logging_restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logging_restored")
@pytest.mark.parametrize("is_terminal", [False, True])
def test_text_from_outside_moves_no_terminal(is_terminal: bool) -> None:
    class Out(io.StringIO):
        def isatty(self) -> bool:
            return is_terminal

    out = Out()
    configure_logging("catalog", stream=out)
    odd = "商\x9b31m\x85\u202e\u2028\x1b]0;x\x07\r"
    get_logger("a.module").info("refused " + odd, title=odd)
    logging.getLogger("uvicorn.error").warning("bad request %s", odd)
    shown = out.getvalue()
    assert not set("\x9b\x85\u202e\u2028\x07\r") & set(shown)
    assert "\x1b]" not in shown
    assert shown.count("商") == 3
    if not is_terminal:
        assert json.loads(shown.splitlines()[0])["title"] == odd


@pytest.mark.usefixtures("_logging_restored")
def test_all_loggers_speak_one_json_with_service_and_trace() -> None:
    out = io.StringIO()
    configure_logging("catalog", level="INFO", stream=out)
    token = trace.enter(trace.continued(GIVEN))
    log = get_logger("a.module")
    try:
        log.debug("not shown")
        log.info("order placed", lines=2, store="商户")
        logging.getLogger("uvicorn.error").warning("port %s taken", 80)
        logging.getLogger("aiokafka.consumer").info("not shown")
        secret = "".join(["hun", "ter2"])
        try:
            json.loads(secret)
        except ValueError:
            log.exception("it fell")
    finally:
        trace.leave(token)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["order placed", "port 80 taken", "it fell"]
    assert [line["logger"] for line in lines] == ["a.module", "uvicorn.error", "a.module"]
    for line in lines:
        assert line["service"] == "catalog"
        assert line["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
        assert line["timestamp"].endswith("Z")
    assert (lines[0]["lines"], lines[0]["store"], lines[0]["level"]) == (2, "商户", "info")
    assert "JSONDecodeError: Expecting value" in lines[2]["exception"]
    assert secret not in out.getvalue()  # values of variables are not logged
    with pytest.raises(ValueError, match="not a log level"):
        configure_logging("catalog", level="LOUD")


def test_the_core_set_of_metrics_exists() -> None:
    metrics.set_build_info("catalog")
    names = {
        line.split()[2]
        for line in generate_latest(REGISTRY).decode().splitlines()
        if "# TYPE" in line
    }
    assert {
        "airlane_http_requests_total",
        "airlane_http_request_duration_seconds",
        "airlane_outbox_unpublished_rows",
        "airlane_outbox_oldest_age_seconds",
        "airlane_outbox_published_total",
        "airlane_outbox_publish_seconds",
        "airlane_relay_stream_owner",
        "airlane_consumer_lag_messages",
        "airlane_consumer_oldest_age_seconds",
        "airlane_consumer_events_total",
        "airlane_inbox_duplicates_total",
        "airlane_dlq_messages_total",
        "airlane_db_pool_in_use",
        "airlane_db_pool_waiting",
        "airlane_db_oldest_xact_age_seconds",
        "airlane_job_run_seconds",
        "airlane_job_failures_total",
        "airlane_job_subjects_failed_total",
        "airlane_build_info",
    } <= names
    assert not any(name.endswith("_created") for name in names)


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
def test_promtool_finds_no_fault() -> None:
    assert PROMTOOL is not None
    checked = subprocess.run(
        [PROMTOOL, "check", "metrics"],
        input=generate_latest(REGISTRY),
        capture_output=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")


async def _ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


async def test_probes_of_a_worker() -> None:
    ready = True

    async def is_ready() -> bool:
        return ready

    async with ProbeServer(Probes(is_ready), port=0) as server:

        async def get(path: str, method: str = "GET") -> bytes:
            return await _ask(server.port, f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

        assert (await get("/livez")).startswith(b"HTTP/1.1 200 ")
        assert (await get("/readyz")).startswith(b"HTTP/1.1 200 ")
        ready = False
        assert (await get("/readyz?x=1")).startswith(b"HTTP/1.1 503 ")
        shown = await get("/metrics")
        head, _, body = shown.partition(b"\r\n\r\n")
        assert b"airlane_outbox_unpublished_rows" in body
        assert f"Content-Length: {len(body)}".encode() in head
        assert (await get("/metrics", "HEAD")).partition(b"\r\n\r\n")[2] == b""
        assert (await get("/else")).startswith(b"HTTP/1.1 404 ")
        assert (await get("/livez", "POST")).startswith(b"HTTP/1.1 405 ")
        # Nonsense and endless heads get no answer and do no harm.
        assert await _ask(server.port, b"x" * 20_000) == b""
        assert b" 405 " in await _ask(server.port, b"\r\n\r\n")
        assert (await get("/livez")).startswith(b"HTTP/1.1 200 ")


def test_lines_of_an_outage_come_once_in_ten_seconds_with_the_number_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s = 100.0
    monkeypatch.setattr(seldom, "monotonic_s", lambda: now_s)
    out = io.StringIO()
    configure_logging("catalog", stream=out)
    for _ in range(5):
        get_logger("shared.kafka.relay").warning("relay interrupted", seldom=True)
        get_logger("shared.kafka.jobs").warning("job failed", job="expire", seldom=True)
        logging.getLogger("aiokafka").error("Unable connect to node with id %s: %s", 1, "refused")
        get_logger("x").warning("always")
    now_s += 10
    get_logger("shared.kafka.relay").warning("relay interrupted", seldom=True)
    get_logger("shared.kafka.jobs").warning("job failed", job="another", seldom=True)
    logging.getLogger("aiokafka").error("Unable connect to node with id %s: %s", 1, "refused")
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["event"] for line in lines].count("always") == 5
    said = [(line["event"], line.get("left_out")) for line in lines if line["event"] != "always"]
    assert said == [
        ("relay interrupted", None),
        ("job failed", None),
        ("Unable connect to node with id 1: refused", None),
        ("relay interrupted", 4),
        ("job failed", None),
        ("Unable connect to node with id 1: refused (4 such left out)", None),
    ]
    assert not any("seldom" in line for line in lines)
