"""What the texts of a receipt say, and what to do about a failed submission."""

from datetime import UTC, datetime

import pytest

from services.customs.domain.receipts.receipt import parse_return_info, parse_return_time
from services.customs.domain.receipts.retry import Retry, retry_class
from shared.kernel.clock import monotonic_s


@pytest.mark.parametrize(
    ("info", "code", "text"),
    [
        ("[Code:1301;Desc:系统异常]", "1301", "系统异常"),
        ("x[Code:1200;Desc:a;b] y", "1200", "a;b"),
        ("plain words", None, "plain words"),
        ("[Code:;Desc:]", None, ""),
        ("", None, ""),
        ("[Code:1301;x;Desc:y]", None, "[Code:1301;x;Desc:y]"),
        ("[Code:1[Code:2;Desc:y]", "2", "y"),
        ("[Code:1;Desc:never closed", None, "[Code:1;Desc:never closed"),
    ],
)
def test_return_info_is_taken_apart(info: str, code: str | None, text: str) -> None:
    parsed = parse_return_info(info)

    assert (parsed.code, parsed.text) == (code, text)


@pytest.mark.parametrize("piece", ["[Code:", "[Code:1;Desc:", ";Desc:", "]"])
def test_return_info_costs_no_more_than_its_length(piece: str) -> None:
    start_s = monotonic_s()
    parse_return_info(piece * 100_000)

    assert monotonic_s() - start_s < 5, "minutes when every piece is searched from every piece"


def test_a_return_time_is_china_time_or_has_an_offset() -> None:
    instant = datetime(2026, 11, 22, 8, 30, 0, 123000, tzinfo=UTC)

    assert parse_return_time("20261122163000123") == instant
    assert parse_return_time("2026-11-22T16:30:00.123+08:00") == instant
    assert parse_return_time("20261122163000") == instant.replace(microsecond=0)

    for wrong in ("", "2026-11-22T16:30:00", "20261122", "now"):
        with pytest.raises(ValueError):  # noqa: PT011 - any of several
            parse_return_time(wrong)


def test_the_code_in_the_text_decides_about_a_retry_before_the_status() -> None:
    assert retry_class("4", "") is Retry.TRANSIENT
    assert retry_class("-800004", "") is Retry.TRANSIENT
    assert retry_class("-1", "[Code:1002;Desc:expired]") is Retry.SECURITY
    assert retry_class("-301001", "") is Retry.DATA
    assert retry_class("-401012", "") is Retry.STALE
    assert retry_class("-999999", "") is Retry.UNCLASSIFIED
