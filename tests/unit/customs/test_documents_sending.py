"""When a document is sent again: after a passing fault without end, else when a person says so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.sending import (
    is_unanswered_or_failed,
    next_app_time,
    next_send_at,
    resend_delay,
)
from services.customs.domain.documents.uploading import DueDocument, compose_uploads
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.senders import Sender
from services.customs.domain.receipts.receipt import DocumentKey
from services.customs.domain.receipts.retry import Retry
from tests.support.documents import (
    NUMBER,
    a_document,
    a_receipt,
    a_refusal,
    an_attempt,
    at,
    refused_message,
)

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize("uploads", [1, 3, 8, 9, 5_000])
def test_an_outage_strands_nothing(uploads: int) -> None:
    """Whatever the number of uploads that failed before."""
    attempts = tuple(an_attempt(n, n) for n in range(1, uploads + 1))
    failed = fold_document(a_document(a_receipt("4", uploads), attempts=attempts))

    assert next_send_at(failed, now=NOW) == NOW + resend_delay(uploads)


def test_the_delay_doubles_up_to_five_minutes() -> None:
    delays_s = [resend_delay(n).total_seconds() for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100_000)]

    assert delays_s == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


@pytest.mark.parametrize(
    ("code", "goes"),
    [
        ("3", False),
        ("4", True),
        ("-621017", True),
        ("-301008", False),
        ("-621010", False),
        ("-621015", False),
        ("-621099", False),
        ("-621028", False),
        ("-621030", True),
        ("-301014", False),
        ("-621004", False),
        ("120", False),
        ("100", False),
        ("800", False),
        ("999", False),
    ],
)
def test_what_goes_again_by_itself_after_an_answer(code: str, goes: bool) -> None:
    state = fold_document(a_document(a_receipt(code), attempts=(an_attempt(nodes=100),)))

    assert (next_send_at(state, now=NOW) is not None) is goes


@pytest.mark.parametrize(
    ("nodes", "nodes_max", "retry"),
    [
        (100, 50, Retry.TOO_MUCH),
        (25, 12, Retry.TOO_MUCH),
        (3, 1, Retry.TOO_MUCH),
        (2, 1, Retry.TOO_MUCH),
        (1, 1, Retry.TOO_LARGE),
    ],
)
def test_too_much_in_a_message_goes_again_in_half_of_it_until_it_is_alone(
    nodes: int, nodes_max: int, retry: Retry
) -> None:
    by_port = a_document(a_receipt("-621030"), attempts=(an_attempt(nodes=nodes),))
    refusal = a_refusal(Retry.TOO_MUCH)
    by_door = a_document(attempts=(an_attempt(nodes=nodes, left_at=None, refusal=refusal),))

    for facts in (by_port, by_door):
        state = fold_document(facts)
        assert (state.nodes_max, state.retry) == (nodes_max, retry)
        assert (next_send_at(state, now=NOW) is None) is (nodes == 1)
        assert is_unanswered_or_failed(state)


@pytest.mark.parametrize(
    ("nodes", "nodes_max", "retry"),
    [(25, 12, Retry.TOO_MUCH), (2, 1, Retry.TOO_MUCH), (1, None, Retry.DATA)],
)
def test_what_was_refused_with_others_goes_again_in_halves_until_it_is_alone(
    nodes: int, nodes_max: int | None, retry: Retry
) -> None:
    said = replace(refused_message(1), return_info="[Code:0001;Desc:x]")

    state = fold_document(a_document(said, attempts=(an_attempt(nodes=nodes),)))

    assert (state.nodes_max, state.retry) == (nodes_max, retry)
    assert (next_send_at(state, now=NOW) is None) is (nodes == 1)


@pytest.mark.parametrize(
    ("code", "retry"), [("-621025", Retry.SECURITY), ("-621015", Retry.CERTIFICATE)]
)
def test_a_message_refused_for_its_key_is_not_divided(code: str, retry: Retry) -> None:
    state = fold_document(
        a_document(refused_message(1, code=code), attempts=(an_attempt(nodes=25),))
    )

    assert (state.nodes_max, state.retry) == (None, retry)


def test_what_was_too_much_once_never_goes_with_so_many_again() -> None:
    attempts = (an_attempt(1, nodes=100), an_attempt(2, 5, nodes=50), an_attempt(3, 9, nodes=20))
    answers = (a_receipt("-621030", 1), a_receipt("-621030", 6), a_receipt("4", 10))

    assert fold_document(a_document(*answers, attempts=attempts)).nodes_max == 25


def test_what_its_way_refused_goes_when_somebody_says_so() -> None:
    refused = an_attempt(left_at=None, refusal=a_refusal(at_s=7))
    state = fold_document(a_document(attempts=(refused,)))

    assert (state.phase, state.retry) == (DocumentPhase.SEND_FAILED, Retry.UNDELIVERABLE)
    assert (state.phase_at, state.refusal) == (at(7), refused.refusal)
    assert next_send_at(state, now=NOW) is None
    assert is_unanswered_or_failed(state)
    assert not state.is_under_way


def test_a_refused_message_says_nothing_about_the_upload_before_it() -> None:
    attempts = (an_attempt(), an_attempt(2, 5, left_at=None, refusal=a_refusal()))

    assert fold_document(a_document(attempts=attempts)).is_under_way
    assert not fold_document(a_document(a_receipt("-621099"), attempts=attempts)).is_under_way
    answered = fold_document(a_document(a_receipt("120"), attempts=attempts))
    assert (answered.phase, answered.retry) == (DocumentPhase.ACCEPTED, None)


def test_new_content_goes_at_once_whatever_became_of_the_old() -> None:
    refused = fold_document(a_document(a_receipt("-301008"), version=2))

    assert next_send_at(refused, now=NOW) == NOW


def test_what_was_taken_back_is_not_sent() -> None:
    dropped = fold_document(a_document(attempts=(), is_dropped=True))

    assert next_send_at(dropped, now=NOW) is None


def test_the_delay_counts_the_uploads_of_this_content() -> None:
    attempts = (an_attempt(1, 1), an_attempt(2, 2), an_attempt(3, 3, version=2))
    failed = fold_document(a_document(a_receipt("4", 4), attempts=attempts, version=2))

    assert next_send_at(failed, now=NOW) == NOW + timedelta(seconds=2)


def test_a_split_document_goes_again_if_a_part_failed() -> None:
    state = fold_document(
        a_document(
            a_receipt("120"),
            a_receipt("4", key=DocumentKey("P", NUMBER, 2)),
            kind=DocumentKind.BILL,
            parts=2,
            attempts=(an_attempt(part=1), an_attempt(part=2)),
        )
    )

    assert next_send_at(state, now=NOW) == NOW + timedelta(seconds=2)


def a_due(name: str, nodes_max: int = 100) -> DueDocument:
    part = Document({"copNo": name}, ())
    phase = DocumentPhase.SEND_FAILED
    return DueDocument(
        name, "t", DocumentKind.LIST, 1, 1, None, None, phase, (), (part,), nodes_max
    )


@pytest.mark.parametrize(
    ("phase", "version", "is_change"),
    [
        # Customs sent it back, or the port did not take it: nothing is there to be changed.
        ("returned", 2, False),
        ("rejected_technical", 2, False),
        ("queued", 1, False),
        ("accepted", 1, False),
        ("accepted", 2, True),
        ("manual_review", 2, True),
        ("sent", 2, True),
    ],
)
def test_only_what_the_port_has_is_changed(phase: str, version: int, is_change: bool) -> None:
    due = replace(a_due("a"), version=version, phase=DocumentPhase(phase))

    assert due.is_change is is_change


def test_documents_leave_in_messages_as_large_as_each_may_be() -> None:
    due = [a_due("a"), a_due("b", 2), a_due("c", 2), a_due("d"), a_due("e", 2), a_due("f", 1)]
    park = Sender(Party("P", "park"), "DXP")

    composed = compose_uploads(due, park=park, signs=lambda *_: False, now=NOW)

    found = [[upload.document_id for upload in one.uploads] for one in composed]
    assert found == [["a", "d"], ["b", "c"], ["e"], ["f"]]


def test_app_time_grows_and_is_later_than_what_was_heard() -> None:
    assert next_app_time(None, at(5.7)) == at(5)
    assert next_app_time(at(5), at(5.9)) == at(6)
    assert next_app_time(at(9), at(5)) == at(10)
    assert next_app_time(at(5), at(7), heard=at(60.25)) == at(61)
    assert next_app_time(at(5), at(90), heard=at(60.25)) == at(90)


def test_a_receipt_from_the_future_does_not_carry_the_uploads_there() -> None:
    assert next_app_time(None, at(0), heard=at(600)) == at(601)
    assert next_app_time(None, at(0), heard=at(601)) == at(0)
