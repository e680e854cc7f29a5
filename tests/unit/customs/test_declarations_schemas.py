"""What clients see of a declaration: words in their language, facts by their names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.customs.queries.declarations.timeline import (
    QueuedView,
    ReceiptView,
    ScreeningView,
    Timeline,
)
from services.customs.queries.declarations.views import DeclarationView
from services.customs.queries.lanes import LaneView
from services.customs.schemas.declarations import DeclarationOut, MissingOut, TimelineOut
from services.customs.schemas.lanes import LaneOut

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
FAULT: Any = {"code": "customs.match.value_zero", "params": {"line": 1, "sku": "SKU-1"}}


def after(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def a_view(**changes: Any) -> DeclarationView:
    view = DeclarationView(
        id="dec_1",
        merchant_id="mer_1",
        order_id="ord_1",
        shipment_id="shp_1",
        cop_no="AL1",
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
        departed_at=None,
        departure_reported_at=None,
        cancelled_at=None,
        cancel_reason=None,
        version=2,
        created_at=START,
        order_received_at=START,
        waybill_received_at=after(1),
        validated_at=after(2),
    )
    return replace(view, **changes)


def a_timeline(declaration: DeclarationView, **changes: Any) -> Timeline:
    parts: dict[str, Any] = {"receipts": (), "queued": None, "screenings": ()}
    return Timeline(declaration, **(parts | changes))


def test_a_declaration_is_shown_with_its_findings_in_words() -> None:
    shown = DeclarationOut.of(a_view(stored_findings=[FAULT]), "zh-CN")

    assert (shown.id, shown.merchant_id, shown.status_at) == ("dec_1", "mer_1", after(9))
    (finding,) = shown.findings
    assert finding.code == "customs.match.value_zero"
    assert "金额为零" in finding.detail
    assert DeclarationOut.model_validate(shown.model_dump()) == shown


def test_steps_that_did_not_happen_are_not_in_the_timeline() -> None:
    shown = TimelineOut.of(a_timeline(a_view()), "en")

    assert [(entry.event, entry.occurred_at) for entry in shown.items] == [
        ("order_received", START),
        ("waybill_received", after(1)),
        ("matched", after(2)),
        ("submitted", after(3)),
    ]
    assert shown.items[1].data == {"house_waybill": "HWB1", "flight_number": "O3701"}


def test_all_that_happened_stands_in_the_order_of_time() -> None:
    declaration = a_view(
        departed_at=after(30),
        departure_reported_at=after(31),
        cancelled_at=after(40),
        cancel_reason="gone",
    )
    receipts = [
        ReceiptView("CEB604", "800", after(20), None, "", after(21)),
        ReceiptView("CEB604", "120", after(5), "2600", "入库", after(6)),
    ]
    timeline = a_timeline(
        declaration,
        receipts=receipts,
        queued=QueuedView(2, after(6)),
        screenings=[ScreeningView(2, passed=False, screened_at=after(10))],
    )

    shown = TimelineOut.of(timeline, "en").items

    assert [entry.event for entry in shown][4:] == [
        "receipt",
        "queued_for_screening",
        "screened",
        "receipt",
        "departed",
        "departure_reported",
        "order_cancelled",
    ]
    assert [entry.occurred_at for entry in shown] == sorted(e.occurred_at for e in shown)
    assert shown[5].data == {"lane": 2}
    assert shown[6].data == {"lane": 2, "passed": False}
    assert shown[-1].data == {"reason": "gone"}


def test_a_receipt_shows_our_words_and_customs_own_apart() -> None:
    receipt = ReceiptView("CEB604", "120", after(5), "2600", "入库", after(6))

    shown = TimelineOut.of(a_timeline(a_view(), receipts=[receipt]), "en").items[-1]

    assert shown.detail == "Entered in customs' system."
    assert shown.original == "入库"
    assert shown.data == {
        "message_type": "CEB604",
        "return_status": "120",
        "info_code": "2600",
        "received_at": after(6),
        "next_move": "customs",
    }


def test_a_receipt_without_words_has_no_original() -> None:
    receipt = ReceiptView("CEB604", "800", after(5), None, "", after(6))

    shown = TimelineOut.of(a_timeline(a_view(), receipts=[receipt]), "en").items[-1]

    assert shown.original is None


def test_a_blocked_declaration_has_its_findings_in_the_timeline() -> None:
    blocked = a_view(status="blocked", phase="blocked", stored_findings=[FAULT], submitted_at=None)

    shown = TimelineOut.of(a_timeline(blocked), "en").items[-1]

    assert (shown.event, shown.occurred_at) == ("blocked", after(9))
    (finding,) = shown.data["findings"]
    assert finding["code"] == "customs.match.value_zero"
    assert "no value" in finding["detail"]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"order_received_at": None, "phase": "draft"}, "order"),
        ({"house_waybill": None, "phase": "draft"}, "waybill"),
        ({"house_waybill": None, "is_unroutable": True, "phase": "draft"}, "route"),
        ({"is_held": True, "phase": "released"}, "recheck"),
        ({"screened_at": START, "phase": "released"}, "departure"),
        ({"screened_at": START, "departed_at": START, "phase": "released"}, "departure_report"),
        (
            {
                "screened_at": START,
                "departed_at": START,
                "departure_reported_at": START,
                "phase": "released",
            },
            "receipt_899",
        ),
        ({"cancelled_at": START, "phase": "accepted"}, "receipt_800"),
    ],
)
def test_what_a_declaration_lacks_follows_from_what_is_stored(
    changes: dict[str, Any], missing: str
) -> None:
    shown = MissingOut.of(a_view(**changes), "en")

    assert shown.items[0].code == missing


@pytest.mark.parametrize(("waiting", "wait_s"), [(0, 3.0), (9, 30.0)])
def test_the_wait_at_a_lane_counts_the_parcel_that_joins(waiting: int, wait_s: float) -> None:
    lane = LaneView(1, 1200, True, waiting, 0, None, None, 40, 300)

    shown = LaneOut.of(lane)

    assert shown.expected_wait_s == wait_s
    assert shown.use == 0.25
