"""What new facts make of a dossier: queued, blocked once per set of faults, or withdrawn."""

from dataclasses import replace
from typing import Any

import pytest

from services.customs.domain.declarations.documents import OrderDocument, Waybill
from services.customs.domain.declarations.dossier import Dossier, decide, decide_all
from services.customs.domain.declarations.facts import DossierFacts, ShipmentFact
from services.customs.domain.declarations.findings import Finding
from services.customs.domain.declarations.phase import OPEN, Phase
from tests.support.customs import NOW, RULEBOOK, a_line, a_subject, a_waybill, an_order

ORDER = an_order()
FAULTY = a_waybill(ORDER, gross_weight_g=1)


def a_dossier(
    phase: Phase = Phase.DRAFT,
    order: OrderDocument | None = ORDER,
    waybill: Waybill | None = a_waybill(ORDER),
    **changes: Any,
) -> Dossier:
    dossier = Dossier(
        subject=a_subject(),
        cop_no="AL" + "0" * 26,
        phase=phase,
        status=phase,
        order=order,
        waybill=waybill,
        is_cancelled=False,
        attempts=0,
        lane=None,
        findings=(),
        version=3,
    )
    return replace(dossier, **changes)


def blocked(waybill: Waybill, *codes: Finding) -> Dossier:
    return a_dossier(Phase.BLOCKED, waybill=waybill, findings=codes)


def faults_of(dossier: Dossier) -> tuple[Finding, ...]:
    change = decide(dossier, rulebook=RULEBOOK, now=NOW)
    assert change is not None
    return change.findings


@pytest.mark.parametrize("phase", sorted(OPEN))
def test_documents_that_match_are_queued_without_an_announcement(phase: Phase) -> None:
    change = decide(a_dossier(phase), rulebook=RULEBOOK, now=NOW)

    assert change is not None
    assert (change.phase, change.status) == (Phase.QUEUED, Phase.QUEUED)
    assert (change.findings, change.announcement, change.version) == ((), None, 3)
    assert change.rulebook == RULEBOOK.version


@pytest.mark.parametrize(
    "missing", [{"order": None}, {"waybill": None}, {"order": None, "waybill": None}]
)
def test_a_dossier_without_both_documents_stays_as_it_is(missing: dict[str, Any]) -> None:
    assert decide(a_dossier(**missing), rulebook=RULEBOOK, now=NOW) is None


@pytest.mark.parametrize("phase", sorted(set(Phase) - OPEN))
def test_documents_that_come_after_the_list_is_queued_change_nothing(phase: Phase) -> None:
    assert decide(a_dossier(phase, waybill=FAULTY), rulebook=RULEBOOK, now=NOW) is None


def test_faults_block_and_are_announced_under_the_next_version() -> None:
    change = decide(a_dossier(waybill=FAULTY), rulebook=RULEBOOK, now=NOW)

    assert change is not None
    assert (change.phase, change.status, change.version) == (Phase.BLOCKED, Phase.BLOCKED, 4)
    assert [one.code for one in change.findings] == ["customs.match.waybill_weight"]
    announced = change.announcement
    assert announced is not None
    assert (announced.fact, announced.version, announced.at) == ("blocked", 4, NOW)
    assert announced.meaning is not None
    assert announced.detail == announced.meaning.en == change.findings[0].text("en")


def test_the_same_faults_again_change_nothing() -> None:
    faults = faults_of(a_dossier(waybill=FAULTY))

    assert decide(blocked(FAULTY, *faults), rulebook=RULEBOOK, now=NOW) is None


def test_other_faults_are_announced_again() -> None:
    faults = faults_of(a_dossier(waybill=FAULTY))
    other = a_waybill(ORDER, gross_weight_g=2)

    change = decide(blocked(other, *faults), rulebook=RULEBOOK, now=NOW)

    assert change is not None
    assert change.announcement is not None


def test_a_field_that_the_message_has_no_room_for_blocks() -> None:
    order = an_order(a_line(title_zh="灯" * 251))

    (fault,) = faults_of(a_dossier(order=order, waybill=a_waybill(order)))

    assert fault.code == "customs.match.field"


@pytest.mark.parametrize(
    ("phase", "attempts"),
    [
        (Phase.DRAFT, 0),
        (Phase.BLOCKED, 0),
        (Phase.VALIDATED, 0),
        (Phase.QUEUED, 0),
        (Phase.RETURNED, 1),
    ],
)
def test_a_cancelled_order_is_withdrawn_where_customs_has_nothing(
    phase: Phase, attempts: int
) -> None:
    dossier = a_dossier(phase, is_cancelled=True, attempts=attempts, lane=2)

    change = decide(dossier, rulebook=RULEBOOK, now=NOW)

    assert change is not None
    assert (change.phase, change.status) == (Phase.WITHDRAWN, Phase.WITHDRAWN)
    assert (change.lane, change.announcement) == (None, None)


@pytest.mark.parametrize(
    "phase",
    [
        Phase.QUEUED,
        Phase.TRANSMITTED,
        Phase.STAGED,
        Phase.DECLARING,
        Phase.SENT,
        Phase.SEND_FAILED,
        Phase.REJECTED_TECHNICAL,
        Phase.ACCEPTED,
        Phase.MANUAL_REVIEW,
        Phase.INSPECTION,
        Phase.CONCLUDED,
        Phase.RELEASED,
    ],
)
def test_a_cancellation_is_requested_once_the_list_is_in_a_message(phase: Phase) -> None:
    """The phase goes on below the request."""
    dossier = a_dossier(phase, is_cancelled=True, attempts=1, lane=2)

    change = decide(dossier, rulebook=RULEBOOK, now=NOW)

    assert change is not None
    assert (change.phase, change.status) == (phase, Phase.CANCEL_REQUESTED)
    assert (change.lane, change.announcement) == (None, None)


def test_a_cancellation_after_the_end_changes_nothing() -> None:
    closed = a_dossier(Phase.CLOSED, is_cancelled=True, attempts=1)

    assert decide(closed, rulebook=RULEBOOK, now=NOW) is None


@pytest.mark.parametrize(
    ("phase", "status"),
    [(Phase.WITHDRAWN, Phase.WITHDRAWN), (Phase.ACCEPTED, Phase.CANCEL_REQUESTED)],
)
def test_a_cancellation_that_is_known_changes_nothing(phase: Phase, status: Phase) -> None:
    dossier = a_dossier(phase, status=status, is_cancelled=True, attempts=1)

    assert decide(dossier, rulebook=RULEBOOK, now=NOW) is None


def test_parcels_in_a_queue_leave_with_the_cancellation_and_follow_the_booking() -> None:
    phase = Phase.ACCEPTED
    cancelled = a_dossier(phase, subject=a_subject(1), is_cancelled=True, attempts=1, lane=1)
    rebooked = a_dossier(phase, subject=a_subject(2), lane=2)
    elsewhere = a_dossier(phase, subject=a_subject(3), lane=None)
    untouched = a_dossier(phase, subject=a_subject(4), lane=3)
    facts = [
        DossierFacts("ord_1", "mer_1"),
        DossierFacts("ord_2", "mer_1", shipment=ShipmentFact(2, "shp_2")),
        DossierFacts("ord_3", "mer_1", shipment=ShipmentFact(2, "shp_3")),
        DossierFacts("ord_4", "mer_1"),
    ]

    decided = decide_all(
        [cancelled, rebooked, elsewhere, untouched], facts, rulebook=RULEBOOK, now=NOW
    )

    assert decided.leaving == (a_subject(1).id,)
    assert decided.rebooked == (a_subject(2).id,)
    assert [change.status for change in decided.changes] == [Phase.CANCEL_REQUESTED]
