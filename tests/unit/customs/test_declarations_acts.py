"""Acts on a declaration: which status allows which, and what CEB605 says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.customs.domain.declarations import acts
from services.customs.domain.declarations.acts import Acting
from services.customs.domain.declarations.cancelling import draw_up_cancellation, reason_text
from services.customs.domain.declarations.deciding import decide
from services.customs.domain.declarations.dossier import Dossier, DossierChange, DossierFile
from services.customs.domain.declarations.errors import NothingToRepair
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.repairing import (
    kept_repair_from_json,
    kept_repair_to_json,
    still_valid,
    with_repairs,
)
from services.customs.domain.declarations.repairs import Repair
from services.customs.domain.declarations.steps import StepNeedsConfirmation, StepNotAllowed
from services.customs.domain.documents.document import Attempt
from services.customs.domain.documents.stored import DocumentHistory
from services.customs.domain.messages.faults import faults
from services.customs.domain.messages.kinds.lists import CEB605
from services.customs.domain.messages.numbering import cop_no
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from tests.support.customs import NOW, PARTIES, RULEBOOK, a_line, a_waybill, an_order
from tests.support.dossiers import a_dossier, stored

HEAD = {
    "customsCode": "4700",
    "agentCode": PARTIES.declarant.code,
    "agentName": PARTIES.declarant.name,
    "ebcCode": PARTIES.merchant.code,
    "ebcName": PARTIES.merchant.name,
}
INVT_NO = "47002026E000000001"


def acting(file: DossierFile) -> Acting:
    return Acting(file, None, "client", NOW, NOW, RULEBOOK, {})


def matched(dossier: Dossier) -> DossierChange:
    file = DossierFile(dossier, (), DocumentHistory())
    change = decide(file, parcel=None, rulebook=RULEBOOK, takers={}, now=NOW, real_now=NOW)
    assert change is not None
    return change


def a_file(*codes: str, info: str = "", **changes: Any) -> DossierFile:
    """A declaration whose list left, and was answered with these codes."""
    dossier = a_dossier()
    change = matched(dossier)
    documents = tuple(replace(stored(one), attempts=1) for one in change.new_documents)
    (of_list,) = (one for one in documents if one.id == change.list_id)
    attempts = {one.id: (Attempt(1, 1, 1, f"G-{one.id}", "M", NOW, NOW),) for one in documents}
    receipts = tuple(
        Receipt(
            "CEB604",
            DocumentKey(of_list.party_code, of_list.number),
            code,
            NOW + timedelta(seconds=n + 1),
            info,
            invt_no=INVT_NO,
        )
        for n, code in enumerate(codes)
    )
    dossier = replace(dossier, list_id=change.list_id, **changes)
    history = DocumentHistory(attempts, {of_list.number: receipts})
    return DossierFile(dossier, documents, history, {of_list.id: HEAD})


def blocked() -> DossierFile:
    order = an_order(a_line(1, hs_code="9405.50"))
    dossier = a_dossier(order=order, waybill=a_waybill(order))
    change = matched(dossier)
    assert change.status is Phase.BLOCKED
    return DossierFile(replace(dossier, findings=change.findings), (), DocumentHistory())


FILES: dict[str, Callable[[], DossierFile]] = {
    "draft": lambda: DossierFile(a_dossier(waybill=None), (), DocumentHistory()),
    "blocked": blocked,
    "transmitted": a_file,
    "sent": lambda: a_file("1", "2", "3"),
    "send_failed": lambda: a_file("4", info="[Code:2001;Desc:x]"),
    "rejected_technical": lambda: a_file("-621000"),
    "returned": lambda: a_file("120", "100"),
    "accepted": lambda: a_file("120"),
    "manual_review": lambda: a_file("120", "300"),
    "inspection": lambda: a_file("120", "500"),
    "concluded": lambda: a_file("120", "399"),
    "released": lambda: a_file("120", "800"),
    "closed": lambda: a_file("120", "800", "899"),
    "cancel_requested": lambda: a_file("120", cancelled_at=NOW),
}
ACTS: dict[str, Callable[[DossierFile], DossierChange]] = {
    "cancel": lambda file: acts.cancel(acting(file), reason="x", confirmed=True),
    "clone": lambda file: acts.clone(acting(file), repairs=()),
    "amend": lambda file: acts.amend(acting(file), repairs=()),
    "repair": lambda file: acts.repair(
        acting(file),
        given=[Repair("/order/lines/0/hs_code", "940550")],
        apply_suggested=False,
    ),
    "resend": lambda file: acts.resend(acting(file)),
}
# From the description of the procedure: what becomes of each status by each act. What is missing is
# refused.
OUTCOMES = {
    ("draft", "cancel"): "withdrawn",
    ("blocked", "cancel"): "withdrawn",
    ("blocked", "repair"): "queued",
    ("transmitted", "cancel"): "cancel_requested",
    ("transmitted", "resend"): "transmitted",
    ("sent", "cancel"): "cancel_requested",
    ("sent", "resend"): "sent",
    ("send_failed", "cancel"): "withdrawn",
    ("send_failed", "resend"): "send_failed",
    ("rejected_technical", "cancel"): "withdrawn",
    ("rejected_technical", "clone"): "queued",
    ("rejected_technical", "repair"): "queued",
    ("rejected_technical", "resend"): "rejected_technical",
    ("returned", "cancel"): "withdrawn",
    ("returned", "clone"): "queued",
    ("accepted", "cancel"): "cancel_requested",
    ("accepted", "amend"): "accepted",
    ("manual_review", "cancel"): "cancel_requested",
    ("manual_review", "amend"): "manual_review",
    ("inspection", "cancel"): "cancel_requested",
    ("concluded", "cancel"): "cancel_requested",
    ("released", "cancel"): "cancel_requested",
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("status", FILES)
def test_each_act_in_each_status(status: str, act: str) -> None:
    file = FILES[status]()
    expected = OUTCOMES.get((status, act))
    if expected is None:
        with pytest.raises(StepNotAllowed) as refusal:
            ACTS[act](file)
        assert f"'{act}'" not in str(refusal.value.params["allowed"])
    else:
        assert ACTS[act](file).status == expected


def test_what_is_released_is_cancelled_only_if_that_is_confirmed() -> None:
    with pytest.raises(StepNeedsConfirmation):
        acts.cancel(acting(a_file("120", "800")), reason="x", confirmed=False)


def test_a_clone_is_a_new_document_and_an_amendment_a_new_version() -> None:
    returned, entered = a_file("120", "100"), a_file("120")

    clone = ACTS["clone"](returned)
    amendment = ACTS["amend"](entered)

    (new,) = (one for one in clone.new_documents if one.id == clone.list_id)
    assert new.replaces == returned.dossier.list_id
    assert new.drawn.number == clone.cop_no == cop_no(new.id) != returned.dossier.cop_no
    assert new.send_at == NOW
    assert amendment.new_documents == ()
    assert (amendment.list_id, amendment.cop_no) == (
        entered.dossier.list_id,
        entered.dossier.cop_no,
    )
    assert [(one.id, one.version) for one in amendment.redrawn] == [(entered.dossier.list_id, 2)]
    (sent,) = (one for one in amendment.documents if one.id == amendment.list_id)
    assert sent.send_at == NOW


def test_a_cancellation_says_what_the_table_asks_for() -> None:
    change = acts.cancel(acting(a_file("120")), reason="a\n b", confirmed=False)

    (new,) = change.new_documents
    (part,) = new.drawn.parts
    assert not faults(CEB605, part)
    assert part.head["invtNo"] == INVT_NO
    assert part.head["reason"] == "a b"
    assert new.about == change.list_id


@pytest.mark.parametrize(
    ("reason", "text"),
    [(None, "订单取消"), ("  ", "订单取消"), ("a \t\n b", "a b"), ("x" * 1500, "x" * 1000)],
)
def test_a_reason_fits_its_element(reason: str | None, text: str) -> None:
    assert reason_text(reason) == text


def test_a_number_that_customs_left_empty_is_left_out() -> None:
    document = a_file("120").documents[0]

    new = draw_up_cancellation(document, HEAD, pre_no=None, invt_no=INVT_NO, reason="x", now=NOW)

    assert not faults(CEB605, new.drawn.parts[0])


def test_a_repair_lasts_as_long_as_the_order_says_what_was_repaired() -> None:
    order = an_order(a_line(1, brand="A"), a_line(2))
    repair = Repair("/order/lines/0/brand", "B")
    kept = with_repairs(order, (), [repair], at=NOW, by="client")

    moved = an_order(a_line(2), a_line(1, brand="A"))
    changed = an_order(a_line(1, brand="C"), a_line(2))
    richer = an_order(a_line(1, brand="A", material="木"), a_line(2))

    assert kept_repair_from_json(kept_repair_to_json(kept[0])) == kept[0]
    assert (kept[0].original, kept[0].sku) == ("A", "SKU-1")
    assert still_valid(richer, kept) == kept
    assert still_valid(changed, kept) == still_valid(moved, kept) == ()
    assert still_valid(an_order(a_line(3, brand="A")), kept) == ()


def test_a_second_repair_of_a_value_keeps_what_the_order_said() -> None:
    order = an_order(a_line(1, brand="A"))
    once = with_repairs(order, (), [Repair("/order/lines/0/brand", "B")], at=NOW, by="x")

    twice = with_repairs(order, once, [Repair("/order/lines/0/brand", "C")], at=NOW, by="y")

    assert [(one.repair.value, one.original, one.by) for one in twice] == [("C", "A", "y")]


def test_nothing_to_repair_is_said() -> None:
    with pytest.raises(NothingToRepair):
        acts.repair(acting(blocked()), given=(), apply_suggested=False)


def test_a_guess_is_declared_only_if_somebody_gives_it() -> None:
    order = an_order(a_line(1, title_zh=None))
    change = matched(dossier := a_dossier(order=order, waybill=a_waybill(order)))
    (finding,) = change.findings
    file = DossierFile(replace(dossier, findings=change.findings), (), DocumentHistory())
    suggested = finding.repair
    assert suggested is not None

    with pytest.raises(NothingToRepair):
        acts.repair(acting(file), given=(), apply_suggested=True)
    by_hand = [Repair(suggested.pointer, suggested.value)]
    given = acts.repair(acting(file), given=by_hand, apply_suggested=True)

    assert given.status is Phase.QUEUED
