"""What new facts and answers make of a dossier: its documents, its status, its parcel, and what is
announced.
"""

from datetime import timedelta
from typing import Any

import pytest

from services.customs.domain.declarations.deciding import answered, decide
from services.customs.domain.declarations.dossier import (
    Dossier,
    DossierChange,
    DossierFile,
    ParcelFacts,
)
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.stored import DocumentHistory
from tests.support.customs import NOW, RULEBOOK, a_waybill
from tests.support.dossiers import LIST_ID, ORDER, a_dossier, a_file, a_receipt

FAULTY = a_waybill(ORDER, gross_weight_g=1)
LATER = NOW + timedelta(hours=1)
QUEUED = ParcelFacts(is_queued=True, is_screened=False)


def empty(dossier: Dossier) -> DossierFile:
    return DossierFile(dossier, (), DocumentHistory())


def after_facts(file: DossierFile, parcel: ParcelFacts | None = None) -> DossierChange | None:
    return decide(file, parcel=parcel, rulebook=RULEBOOK, takers={}, now=LATER, real_now=LATER)


def after_answers(file: DossierFile, parcel: ParcelFacts | None = None) -> DossierChange:
    return answered(file, parcel=parcel, now=LATER, real_now=LATER).change


def list_of(change: DossierChange) -> Any:
    return next(one for one in change.new_documents if one.drawn.kind is DocumentKind.LIST)


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.BLOCKED])
def test_a_dossier_that_matches_gets_its_documents_and_is_queued(phase: Phase) -> None:
    change = after_facts(empty(a_dossier(phase)))

    assert change is not None
    assert (change.status, change.announcements, change.version) == (Phase.QUEUED, (), 3)
    assert change.list_id == list_of(change).id
    assert list_of(change).drawn.number == change.cop_no
    assert (change.rulebook, change.is_matched) == (RULEBOOK.version, True)


@pytest.mark.parametrize(
    "missing", [{"order": None}, {"waybill": None}, {"order": None, "waybill": None}]
)
def test_a_dossier_without_order_or_waybill_stays_as_it_is(missing: dict[str, Any]) -> None:
    assert after_facts(empty(a_dossier(**missing))) is None


def test_faults_block_and_are_announced_under_the_next_version() -> None:
    change = after_facts(empty(a_dossier(waybill=FAULTY)))

    assert change is not None
    assert (change.status, change.version, change.new_documents) == (Phase.BLOCKED, 4, ())
    assert [one.code for one in change.findings] == ["customs.match.waybill_weight"]
    (announced,) = change.announcements
    assert (announced.fact, announced.version, announced.at) == ("blocked", 4, LATER)
    assert announced.meaning is not None
    assert announced.detail == announced.meaning.en


def test_the_same_faults_again_change_nothing() -> None:
    change = after_facts(empty(a_dossier(waybill=FAULTY)))
    assert change is not None
    known = a_dossier(
        Phase.BLOCKED, waybill=FAULTY, findings=change.findings, rulebook=change.rulebook
    )

    assert after_facts(empty(known)) is None


def test_other_faults_are_announced_again() -> None:
    change = after_facts(empty(a_dossier(waybill=FAULTY)))
    assert change is not None
    other = a_waybill(ORDER, gross_weight_g=2)

    again = after_facts(empty(a_dossier(Phase.BLOCKED, waybill=other, findings=change.findings)))

    assert again is not None
    assert [one.fact for one in again.announcements] == ["blocked"]


def test_a_list_that_has_not_left_is_drawn_up_anew_from_newer_papers() -> None:
    change = after_facts(a_file(a_dossier(Phase.QUEUED, rulebook=RULEBOOK.version)))

    assert change is not None
    assert [one.id for one in change.redrawn] == [LIST_ID]
    assert change.documents[0].send_at is not None


def test_a_list_whose_flight_is_gone_is_held_until_there_is_another() -> None:
    change = after_facts(a_file(a_dossier(Phase.QUEUED, waybill=None, is_unroutable=True)))

    assert change is not None
    assert (change.status, change.documents[0].send_at) == (Phase.DRAFT, None)


def test_a_list_that_has_left_is_not_drawn_up_anew() -> None:
    file = a_file(a_dossier(Phase.TRANSMITTED, waybill=FAULTY), uploads=1)

    change = after_facts(file)

    assert change is None or (change.redrawn, change.status) == ((), Phase.TRANSMITTED)


def test_a_cancelled_order_takes_back_what_has_not_left() -> None:
    change = after_facts(a_file(a_dossier(Phase.QUEUED, cancelled_at=NOW)), QUEUED)

    assert change is not None
    assert (change.phase, change.status) == (Phase.WITHDRAWN, Phase.WITHDRAWN)
    (document,) = change.documents
    assert (document.phase, document.send_at) == (DocumentPhase.WITHDRAWN, None)
    assert change.leaves_queue


def test_a_cancelled_order_whose_upload_failed_is_not_uploaded_again() -> None:
    dossier = a_dossier(Phase.SEND_FAILED, cancelled_at=NOW)
    waiting = {"send_at": LATER, "phase": DocumentPhase.SEND_FAILED}
    file = a_file(dossier, a_receipt("4"), uploads=1, list_changes=waiting)

    change = after_facts(file)

    assert change is not None
    assert (change.status, change.documents[0].send_at) == (Phase.WITHDRAWN, None)


def test_a_list_under_way_is_asked_back() -> None:
    change = after_facts(a_file(a_dossier(Phase.TRANSMITTED, cancelled_at=NOW), uploads=1))

    assert change is not None
    assert change.status is Phase.CANCEL_REQUESTED


def test_what_was_delivered_is_announced_once() -> None:
    change = after_answers(a_file(uploads=1))

    assert [one.fact for one in change.announcements] == ["submitted"]
    known = a_dossier(Phase.TRANSMITTED, announced=change.announced)
    assert after_answers(a_file(known, uploads=1)).announcements == ()


def test_an_entered_list_brings_its_parcel_to_a_lane() -> None:
    file = a_file(a_dossier(Phase.TRANSMITTED), a_receipt("120"), uploads=1)

    assert after_answers(file).joins_queue
    assert not after_answers(file, QUEUED).joins_queue
    assert not after_answers(file, ParcelFacts(is_queued=False, is_screened=True)).joins_queue


def test_a_returned_list_takes_its_parcel_out_of_the_queue() -> None:
    file = a_file(
        a_dossier(Phase.ACCEPTED), a_receipt("120"), a_receipt("100", after_s=90), uploads=1
    )

    change = after_answers(file, QUEUED)

    assert (change.status, change.leaves_queue, change.joins_queue) == (Phase.RETURNED, True, False)


def test_a_passing_fault_is_answered_by_another_upload_for_ever() -> None:
    receipts = [a_receipt("4", after_s=n, info=str(n)) for n in range(1, 40)]

    change = after_answers(a_file(a_dossier(Phase.SENT), *receipts, uploads=39))

    (document,) = change.documents
    assert document.send_at is not None
    assert LATER < document.send_at <= LATER + timedelta(minutes=5)
