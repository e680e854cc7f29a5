"""/metrics as scrapers ask for it; the parser that reads the answers is prometheus_client's own."""

import gzip

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from shared.telemetry import exposition, metrics
from shared.telemetry.exposition import Exposition


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "text/plain; version=0.0.4; charset=utf-8"),
        ("text/plain;version=0.0.4", "text/plain; version=0.0.4; charset=utf-8"),
        (
            "application/vnd.google.protobuf;proto=x.MetricFamily,text/plain;version=0.0.4;q=0.3",
            "text/plain; version=0.0.4; charset=utf-8",
        ),
        ("text/plain;version=1.0.0", "text/plain; version=1.0.0; charset=utf-8"),
        (
            "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3",
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        ),
        ("text/plain;version=new", "text/plain; version=0.0.4; charset=utf-8"),
    ],
)
async def test_the_format_is_the_one_asked_for(accept: str, kind: str) -> None:
    page = await Exposition().page({b"accept": accept.encode()})
    assert page.headers["Content-Type"].startswith(kind)
    read = read_openmetrics if "openmetrics" in kind else read_text
    assert "airlane_http_requests" in {family.name for family in read(page.body.decode())}


async def test_it_is_packed_for_who_can_unpack() -> None:
    page = await Exposition().page({b"accept-encoding": b"br, gzip;q=1.0"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert b"airlane_http_requests" in gzip.decompress(page.body)


async def test_a_text_is_made_once_a_second_in_each_format_and_in_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s = 100.0
    monkeypatch.setattr(exposition, "monotonic_s", lambda: now_s)
    shown = Exposition()
    first = (await shown.page({})).body
    metrics.HTTP_SHED.inc()
    assert (await shown.page({})).body is first
    for minor in range(50):
        accept = b"application/openmetrics-text;version=1.0.%d" % minor
        await shown.page({b"accept": accept})
    assert len(shown._kept) <= 8
    now_s += 1.1
    assert (await shown.page({})).body != first


async def test_with_a_token_only_its_holder_is_answered() -> None:
    shown = Exposition("a-token-of-the-scraper")
    assert (await shown.page({b"authorization": b"Bearer a-token-of-the-scraper"})).status == 200
    for given in ({}, {b"authorization": b"Bearer other"}, {b"authorization": b"\xff"}):
        refused = await shown.page(given)
        assert (refused.status, refused.headers["WWW-Authenticate"][:6]) == (401, "Bearer")
        assert b"airlane" not in refused.body
