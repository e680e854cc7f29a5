"""When a document is sent again: after a passing fault without end, else when a person says so."""

from datetime import UTC, datetime, timedelta

import pytest

from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.sending import (
    Action,
    NextAttempt,
    next_app_time,
    next_attempt,
    resend_delay,
)
from services.customs.domain.receipts.receipt import DocumentKey
from tests.support.documents import NUMBER, a_document, a_receipt, an_attempt, at

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize("uploads", [1, 3, 8, 9, 5_000])
def test_an_outage_strands_nothing(uploads: int) -> None:
    """Whatever the number of uploads that failed before."""
    attempts = tuple(an_attempt(n, n) for n in range(1, uploads + 1))
    failed = fold_document(a_document(a_receipt("4", uploads), attempts=attempts))

    assert next_attempt(failed, now=NOW) == (
        NextAttempt(1, Action.SEND, NOW + resend_delay(uploads)),
    )


def test_the_delay_doubles_up_to_five_minutes() -> None:
    delays_s = [resend_delay(n).total_seconds() for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100_000)]

    assert delays_s == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("3", "wait"),
        ("4", "send"),
        ("-621017", "send"),
        ("-301008", "person"),
        ("-621010", "person"),
        ("-621015", "person"),
        ("-621099", "person"),
        ("-621028", "key"),
        ("-621030", "split"),
        ("-301014", "wait"),
        ("-621004", "wait"),
        ("120", "nothing"),
        ("100", "person"),
        ("800", "nothing"),
        ("999", "wait"),
    ],
)
def test_what_follows_an_answer(code: str, action: str) -> None:
    (found,) = next_attempt(fold_document(a_document(a_receipt(code))), now=NOW)

    assert found.action.value == action


def test_new_content_goes_at_once_whatever_became_of_the_old() -> None:
    refused = fold_document(a_document(a_receipt("-301008"), version=2))

    assert next_attempt(refused, now=NOW) == (NextAttempt(1, Action.SEND, NOW),)


def test_what_was_taken_back_is_not_sent() -> None:
    dropped = fold_document(a_document(attempts=(), is_dropped=True))

    assert next_attempt(dropped, now=NOW) == (NextAttempt(1, Action.NOTHING),)


def test_the_delay_counts_the_uploads_of_this_content() -> None:
    attempts = (an_attempt(1, 1), an_attempt(2, 2), an_attempt(3, 3, version=2))
    failed = fold_document(a_document(a_receipt("4", 4), attempts=attempts, version=2))

    assert next_attempt(failed, now=NOW)[0].at == NOW + timedelta(seconds=2)


def test_of_a_split_document_only_the_failed_part_goes_again() -> None:
    state = fold_document(
        a_document(
            a_receipt("120"),
            a_receipt("4", key=DocumentKey("P", NUMBER, 2)),
            kind=DocumentKind.BILL,
            parts=2,
            attempts=(an_attempt(part=1), an_attempt(part=2)),
        )
    )

    assert [one.action.value for one in next_attempt(state, now=NOW)] == ["nothing", "send"]


def test_app_time_grows_and_is_later_than_what_was_heard() -> None:
    assert next_app_time(None, at(5.7)) == at(5)
    assert next_app_time(at(5), at(5.9)) == at(6)
    assert next_app_time(at(9), at(5)) == at(10)
    assert next_app_time(at(5), at(7), heard=at(60.25)) == at(61)
    assert next_app_time(at(5), at(90), heard=at(60.25)) == at(90)


def test_a_receipt_from_the_future_does_not_carry_the_uploads_there() -> None:
    assert next_app_time(None, at(0), heard=at(600)) == at(601)
    assert next_app_time(None, at(0), heard=at(601)) == at(0)
