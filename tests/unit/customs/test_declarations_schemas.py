"""What clients see of a declaration: words in their language, facts by their names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.customs.domain.declarations.stops import Stops
from services.customs.domain.documents.correlation import KeptReceipt
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.stored import StoredDocument
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from services.customs.queries.declarations.files import (
    DeclarationFile,
    UploadView,
    file_of,
)
from services.customs.queries.declarations.timeline import (
    ActView,
    QueuedView,
    ScreeningView,
    Timeline,
)
from services.customs.queries.declarations.views import DeclarationView
from services.customs.queries.lanes import LaneView
from services.customs.schemas.declarations import (
    DeclarationDetail,
    DeclarationOut,
    TimelineEntry,
    TimelineOut,
)
from services.customs.schemas.documents import DocumentsOut
from services.customs.schemas.lanes import LaneOut
from services.customs.schemas.work.missing import MissingOut
from tests.support.documents import an_attempt

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
FAULT: Any = {"code": "customs.match.value_zero", "params": {"line": 1, "sku": "SKU-1"}}


def after(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def a_view(**changes: Any) -> DeclarationView:
    view = DeclarationView(
        id="dec_1",
        merchant_id="mer_1",
        order_id="ord_1",
        order_number="N1",
        shipment_id="shp_1",
        cop_no="AL1",
        list_id="doc_1",
        status="accepted",
        phase="accepted",
        status_at=after(9),
        channel=None,
        house_waybill="HWB1",
        flight_id="flt_1",
        flight_number="O3701",
        cut_off_at=after(600),
        stored_findings=[],
        is_unroutable=False,
        rulebook="9610/1",
        pre_no=None,
        invt_no=None,
        attempts=1,
        unknown_receipts=0,
        lane=2,
        screened_at=None,
        is_held=False,
        submitted_at=after(3),
        arrived_at=None,
        arrival_reported_at=None,
        bound_at=None,
        departed_at=None,
        departure_reported_at=None,
        cancelled_at=None,
        cancel_asked_at=None,
        cancel_reason=None,
        version=2,
        created_at=START,
        order_received_at=START,
        waybill_received_at=after(1),
        validated_at=after(2),
    )
    return replace(view, **changes)


def a_stored(**changes: Any) -> StoredDocument:
    stored = StoredDocument(
        id="doc_1",
        tenant_id="mer_1",
        declaration_id="dec_1",
        kind=DocumentKind.LIST,
        party_code="P",
        number="AL1",
        version=1,
        replaces=None,
        about=None,
        parts=1,
        covers=(),
        phase=DocumentPhase.TRANSMITTED,
        phase_at=after(3),
        send_at=None,
        send_parts=None,
        attempts=1,
        app_time=after(3),
        submitted_at=after(3),
        pre_no=None,
        invt_no=None,
        sum_no=None,
        unknown_receipts=0,
        illegal_receipts=0,
        replaced_at=None,
        created_at=after(2),
    )
    return replace(stored, **changes)


def an_upload(**changes: Any) -> UploadView:
    attempt = an_attempt(app_time=after(3), left_at=after(3))
    return UploadView("doc_1", replace(attempt, **changes), "folder", "delivered")


def an_answer(code: str, minutes: int, info: str = "", **changes: Any) -> KeptReceipt:
    receipt = Receipt("CEB604", DocumentKey("P", "AL1"), code, after(minutes), info)
    return KeptReceipt("rcp_1", replace(receipt, **changes), None, 1, after(minutes + 1))


def a_file(
    declaration: DeclarationView,
    *receipts: KeptReceipt,
    documents: tuple[StoredDocument, ...] | None = None,
) -> DeclarationFile:
    listed = (a_stored(),) if documents is None else documents
    uploads = [an_upload()] if listed else []
    return file_of(declaration, listed, uploads, receipts)


def a_timeline(file: DeclarationFile, **changes: Any) -> Timeline:
    parts: dict[str, Any] = {"queued": None, "screenings": (), "acts": ()}
    return Timeline(file, **(parts | changes))


def told(timeline: Timeline, *, is_park: bool = False) -> list[TimelineEntry]:
    return TimelineOut.of(timeline, "en", is_park=is_park).items


def test_a_declaration_is_shown_with_its_findings_in_words() -> None:
    shown = DeclarationOut.of(a_view(stored_findings=[FAULT]), "zh-CN")

    assert (shown.id, shown.merchant_id, shown.status_at) == ("dec_1", "mer_1", after(9))
    (finding,) = shown.findings
    assert finding.code == "customs.match.value_zero"
    assert "金额为零" in finding.detail
    assert DeclarationOut.model_validate(shown.model_dump()) == shown


def test_steps_that_did_not_happen_are_not_in_the_timeline() -> None:
    shown = told(a_timeline(a_file(a_view(), documents=())))

    assert [(entry.event, entry.occurred_at) for entry in shown] == [
        ("order_received", START),
        ("waybill_received", after(1)),
        ("matched", after(2)),
    ]
    assert shown[1].data == {"house_waybill": "HWB1", "flight_number": "O3701"}


def test_all_that_happened_stands_in_the_order_of_time() -> None:
    declaration = a_view(departed_at=after(30), cancelled_at=after(40), cancel_reason="gone")
    act = b'{"act":"repair","actor":"operator-1","detail":{"number":"AL1"},"v":1}'
    timeline = a_timeline(
        a_file(declaration, an_answer("800", 20), an_answer("120", 5)),
        queued=QueuedView(2, after(6)),
        screenings=[ScreeningView(2, passed=False, screened_at=after(10))],
        acts=[ActView(act, after(50))],
    )

    shown = told(timeline)

    assert [entry.event for entry in shown][3:] == [
        "drawn_up",
        "submitted",
        "receipt",
        "queued_for_screening",
        "screened",
        "receipt",
        "departed",
        "order_cancelled",
        "act",
    ]
    assert [entry.occurred_at for entry in shown] == sorted(e.occurred_at for e in shown)
    upload = shown[4].data["upload"]
    assert (upload["guid"], upload["message_guid"]) == ("GUID-1-1", "MESSAGE-1")
    assert (upload["door"], shown[4].data["message_type"]) == ("folder", "CEB603")
    assert shown[6].data == {"lane": 2}
    assert shown[7].data == {"lane": 2, "passed": False}
    assert shown[-2].data == {"reason": "gone"}
    assert shown[-1].data["act"] == "repair"


def test_an_upload_that_has_not_left_is_no_submission() -> None:
    file = file_of(a_view(), (a_stored(),), [an_upload(left_at=None)], [])

    assert [one.event for one in told(a_timeline(file))][-1] == "composed"


def test_a_receipt_shows_our_words_and_customs_own_apart() -> None:
    receipt = an_answer("120", 5, "[Code:2600;Desc:入库]")

    shown = told(a_timeline(a_file(a_view(), receipt)))[-1]

    assert shown.detail == "Entered in customs' system."
    assert shown.original == "入库"
    assert shown.data == {
        "document_id": "doc_1",
        "kind": "list",
        "message_type": "CEB604",
        "number": "AL1",
        "part": 1,
        "return_status": "120",
        "info_code": "2600",
        "received_at": after(6),
        "times": 1,
        "mark": "moved",
        "cause": "The usual course.",
        "next_move": "customs",
        "remedy": "Wait for the next receipt.",
    }


def test_a_receipt_without_words_has_no_original() -> None:
    assert told(a_timeline(a_file(a_view(), an_answer("120", 5))))[-1].original is None


@pytest.mark.parametrize(("is_park", "original"), [(True, "坏报文"), (False, None)])
def test_what_is_said_of_a_whole_message_is_for_the_park(
    is_park: bool, original: str | None
) -> None:
    refused = an_answer("-1", 5, "坏报文", message_type="CEB900", key=DocumentKey("", "MESSAGE-1"))

    shown = told(a_timeline(a_file(a_view(), refused)), is_park=is_park)[-1]

    assert (shown.data["message_type"], shown.original) == ("CEB900", original)


def test_a_document_for_many_declarations_says_nothing_of_the_others() -> None:
    departure = a_stored(
        id="doc_2", kind=DocumentKind.DEPARTURE, declaration_id=None, tenant_id="park", number="D1"
    )
    answer = an_answer("100", 9, "清单4700不符", message_type="CEB510", key=DocumentKey("P", "D1"))
    file = a_file(a_view(), answer, documents=(a_stored(), departure))

    shown = told(a_timeline(file))[-1]
    documents = DocumentsOut.of(file).items

    assert (shown.data["kind"], shown.data["return_status"], shown.original) == (
        "departure",
        "100",
        None,
    )
    assert [(one.kind, one.is_shared) for one in documents] == [
        ("list", False),
        ("departure", True),
    ]


def test_a_blocked_declaration_has_its_findings_in_the_timeline() -> None:
    blocked = a_view(status="blocked", phase="blocked", stored_findings=[FAULT], list_id=None)

    shown = told(a_timeline(a_file(blocked, documents=())))[-1]

    assert (shown.event, shown.occurred_at) == ("blocked", after(9))
    (finding,) = shown.data["findings"]
    assert finding["code"] == "customs.match.value_zero"
    assert "no value" in finding["detail"]


def test_one_declaration_says_what_may_be_done_with_it() -> None:
    shown = DeclarationDetail.whole(a_file(a_view(), an_answer("120", 5)), [], "en")

    assert {"amend", "cancel"} <= set(shown.allowed)
    assert "clone" not in shown.allowed
    assert shown.id == "dec_1"


@pytest.mark.parametrize(
    ("changes", "codes", "missing"),
    [
        ({"order_received_at": None, "list_id": None}, [], "order"),
        ({"house_waybill": None, "list_id": None}, [], "waybill"),
        ({"house_waybill": None, "is_unroutable": True, "list_id": None}, [], "route"),
        ({"is_held": True}, ["120", "800"], "recheck"),
        ({"screened_at": START}, ["120", "800"], "departure"),
        ({"screened_at": START, "departed_at": START}, ["120", "800"], "departure_report"),
        (
            {"screened_at": START, "departed_at": START, "departure_reported_at": START},
            ["120", "800"],
            "receipt_899",
        ),
        ({"cancel_asked_at": START}, ["3"], "receipt_of_upload"),
    ],
)
def test_what_a_declaration_lacks_follows_from_what_is_stored(
    changes: dict[str, Any], codes: list[str], missing: str
) -> None:
    receipts = [an_answer(code, 5 + n) for n, code in enumerate(codes)]
    documents = None if changes.get("list_id", "doc_1") else ()

    file = a_file(a_view(**changes), *receipts, documents=documents)
    shown = MissingOut.of(file, [], Stops(), "en", is_park=False)

    assert shown.items[0].code == missing


@pytest.mark.parametrize(("waiting", "wait_s"), [(0, 3.0), (9, 30.0)])
def test_the_wait_at_a_lane_counts_the_parcel_that_joins(waiting: int, wait_s: float) -> None:
    lane = LaneView(1, 1200, True, waiting, 0, None, None, 40, 300)

    shown = LaneOut.of(lane)

    assert shown.expected_wait_s == wait_s
    assert shown.use == 0.25
