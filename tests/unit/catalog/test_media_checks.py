"""When an address is looked at again, and whether a file will do for its role."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.catalog.domain.media import rules
from services.catalog.domain.media.check import (
    FAULT_TEXTS,
    CheckStatus,
    Fetched,
    FetchFault,
    MediaCheck,
    MediaFacts,
    after,
)
from services.catalog.domain.media.rules import findings, status_of
from services.catalog.domain.products.details import MediaRole

NOW = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
TODAY = NOW.date()
NEW = MediaCheck(
    "med_1", "mer_1", "https://a/1", CheckStatus.PENDING, Fetched(), 0, None, NOW, version=0
)


def a_picture(width: int, height: int, media_type: str = "image/png") -> Fetched:
    return Fetched(MediaFacts(media_type, 1000, width, height), None, 200)


def test_what_may_pass_is_tried_for_a_day_and_then_given_up() -> None:
    check, waits = NEW, []
    away = Fetched(fault=FetchFault.UNREACHABLE)
    while check.next_at is not None:
        assert (check.status, check.version) == (CheckStatus.PENDING, 0)
        waits.append(check.next_at - (check.checked_at or NOW))
        check = after(check, away, now=check.next_at)

    assert [wait.total_seconds() // 60 for wait in waits] == [0, 1, 5, 30, 180, 720]
    assert (check.status, check.attempts, check.version) == (CheckStatus.FAILED, 6, 1)
    assert check.found == away


@pytest.mark.parametrize(
    ("found", "may_pass"),
    [
        (Fetched(fault=FetchFault.TIMEOUT), True),
        (Fetched(fault=FetchFault.REFUSED, http_status=503), True),
        (Fetched(fault=FetchFault.REFUSED, http_status=429), True),
        (Fetched(fault=FetchFault.REFUSED, http_status=404), False),
        (Fetched(fault=FetchFault.NOT_PUBLIC), False),
        (Fetched(fault=FetchFault.TOO_LARGE), False),
        (a_picture(1600, 1600), False),
    ],
)
def test_only_passing_reasons_are_worth_another_attempt(found: Fetched, may_pass: bool) -> None:
    check = after(NEW, found, now=NOW)

    assert (check.next_at is not None) is may_pass


def test_what_is_as_before_is_not_told_again() -> None:
    first = after(NEW, a_picture(1600, 1600), now=NOW)
    asked = replace(first, status=CheckStatus.PENDING, attempts=0, next_at=NOW)
    later = NOW + timedelta(hours=1)

    same = after(asked, a_picture(1600, 1600), now=later)
    away = after(asked, Fetched(fault=FetchFault.TIMEOUT), now=later)
    other = after(asked, a_picture(800, 800), now=later)

    assert (first.version, same.version, other.version) == (1, 1, 2)
    assert (same.status, same.checked_at) == (CheckStatus.OK, later)
    # What was found before is still the best that is known.
    assert (away.found, away.version) == (first.found, 1)


@pytest.mark.parametrize(
    ("found", "role", "codes"),
    [
        (a_picture(1000, 400), MediaRole.MAIN, []),
        (a_picture(999, 999), MediaRole.MAIN, ["no_zoom"]),
        (a_picture(500, 200), MediaRole.GALLERY, ["no_zoom"]),
        (a_picture(499, 499), MediaRole.MAIN, ["too_small"]),
        (a_picture(30, 30), MediaRole.SWATCH, []),
        (a_picture(3000, 1000), MediaRole.MAIN, []),
        (a_picture(1000, 3001), MediaRole.MAIN, ["too_long_drawn"]),
        (a_picture(1600, 1600, "image/avif"), MediaRole.MAIN, ["wrong_type"]),
        (a_picture(1600, 1600, "image/gif"), MediaRole.MANUAL, ["wrong_type"]),
        (Fetched(MediaFacts("application/pdf", 9)), MediaRole.MANUAL, []),
        (Fetched(MediaFacts("application/pdf", 9)), MediaRole.MAIN, ["wrong_type"]),
        (Fetched(MediaFacts("video/webm", 9)), MediaRole.VIDEO, []),
        (Fetched(fault=FetchFault.REFUSED, http_status=404), MediaRole.VIDEO, ["refused"]),
    ],
)
def test_a_file_must_do_for_its_role(found: Fetched, role: MediaRole, codes: list[str]) -> None:
    told = findings(found, role, TODAY)

    assert [one.code for one in told] == [f"catalog.media.{code}" for code in codes]
    check = after(NEW, found, now=NOW)
    is_refused = any(not one.is_advice for one in told)
    assert status_of(check, told) is (CheckStatus.FAILED if is_refused else CheckStatus.OK)


def test_a_rule_holds_from_its_day() -> None:
    assert findings(a_picture(10, 10), MediaRole.MAIN, date(2025, 12, 31)) == []


def test_every_fault_is_told_in_both_languages_with_nothing_left_open() -> None:
    assert set(FAULT_TEXTS) == set(FetchFault)
    told = [
        *(findings(Fetched(fault=f, http_status=404), MediaRole.MAIN, TODAY) for f in FetchFault),
        *(findings(a_picture(400, 10, "image/heic"), role, TODAY) for role in MediaRole),
    ]
    for finding in [one for some in told for one in some]:
        for text in (*finding.detail.by_language().values(), *finding.fix.by_language().values()):
            assert "{" not in text
            assert "None" not in text


def test_every_rule_says_where_it_comes_from() -> None:
    assert all(rule.source and rule.roles for rule in rules.RULES)
