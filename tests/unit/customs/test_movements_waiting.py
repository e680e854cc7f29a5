"""What a report waits for, by the district, and when a person is asked."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.customs.clients.reference import regime_tables
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.messages.parties import PartyRole, SiteParties
from services.customs.domain.movements.arrival import Arrival, ExpectedParcel, receive_goods
from services.customs.domain.movements.bill import (
    BillOrder,
    DeclaredParcel,
    KnownBill,
    known_bill,
    parcels_to_bind,
)
from services.customs.domain.movements.errors import (
    ArrivalContradicted,
    BillWaybillsBound,
    BillWaybillsNotEntered,
    WaybillNotFound,
)
from services.customs.domain.movements.void import is_void, needs_drawing
from services.customs.domain.movements.waiting import (
    Movement,
    Stall,
    nameless_reports,
    stall_of,
    terms_of,
)
from services.customs.domain.registrations.findings import PartyFinding
from tests.support.customs import NOW, PARTIES
from tests.support.documents import a_document, a_receipt

WUHAN = regime_tables().district_on("4700", date(2026, 11, 27))
ACCEPTED, RETURNED = DocumentPhase.ACCEPTED, DocumentPhase.RETURNED


def test_the_district_says_what_comes_first() -> None:
    elsewhere = replace(WUHAN, arrival_before_release=False, bill_before_departure=False)

    assert WUHAN.arrival_before_release
    assert WUHAN.bill_before_departure
    assert Phase.ACCEPTED in terms_of(WUHAN).arriving
    assert Phase.ACCEPTED not in terms_of(elsewhere).arriving
    assert terms_of(WUHAN).bills_before_departure == {ACCEPTED}
    assert DocumentPhase.QUEUED in terms_of(elsewhere).bills_before_departure


@pytest.mark.parametrize("status", [Phase.RETURNED, Phase.CANCELLED, Phase.CANCEL_REQUESTED])
def test_what_customs_does_not_have_is_in_no_report(status: Phase) -> None:
    terms = terms_of(WUHAN)

    assert status not in terms.arriving | terms.bound | terms.departing


def a_movement(status: Phase = Phase.RELEASED, **changes: object) -> Movement:
    made = Movement(
        declaration_id="dec_1",
        house_waybill="HWB1",
        status=status,
        has_arrived=True,
        has_bill_number=True,
        arrival=ACCEPTED,
        has_departed=False,
        bill=None,
        departure=None,
        is_bill_old=True,
        is_departure_old=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("movement", "stall"),
    [
        (a_movement(), None),
        (a_movement(arrival=RETURNED), Stall.ARRIVAL_NOT_ACCEPTED),
        (a_movement(arrival=None, has_bill_number=False), Stall.ARRIVAL_WITHOUT_BILL),
        # Its list comes first: nothing is wrong with the report.
        (a_movement(Phase.SENT, arrival=None), None),
        (a_movement(has_departed=True, bill=RETURNED), Stall.BILL_NOT_ACCEPTED),
        (a_movement(has_departed=True), Stall.BILL_NOT_ACCEPTED),
        (a_movement(Phase.INSPECTION, has_departed=True), Stall.DEPARTED_UNCLEARED),
        (a_movement(has_departed=True, bill=ACCEPTED, departure=ACCEPTED), None),
        (
            a_movement(has_departed=True, bill=ACCEPTED, departure=RETURNED),
            Stall.DEPARTURE_NOT_ACCEPTED,
        ),
        # Elsewhere the departure is reported before customs has the bill.
        (
            a_movement(has_departed=True, bill=RETURNED, departure=ACCEPTED),
            Stall.BILL_NOT_ACCEPTED,
        ),
        (a_movement(bill=DocumentPhase.SENT, is_bill_old=False), None),
        # Bound by hand, before the flight leaves.
        (a_movement(bill=RETURNED), Stall.BILL_NOT_ACCEPTED),
    ],
)
def test_a_person_is_asked_with_the_reason(movement: Movement, stall: Stall | None) -> None:
    assert stall_of(movement, terms_of(WUHAN)) is stall


ARRIVAL = Arrival(NOW, "鄂G12345", None, "T-1")


def test_arrivals_are_new_once_and_unknown_waybills_are_refused() -> None:
    known = ExpectedParcel("dec_1", "mer_1", "HWB1", None)
    there = ExpectedParcel("dec_2", "mer_1", "HWB2", ARRIVAL)
    other = ExpectedParcel("dec_3", "mer_1", "HWB3", replace(ARRIVAL, truck_plate="鄂G99999"))

    received = receive_goods(
        ARRIVAL, ["HWB1", "HWB1", "HWB2", "HWB3", "HWB9"], [known, there, other]
    )

    assert received.results[:3] == (("dec_1", True), ("dec_1", False), ("dec_2", False))
    assert isinstance(received.results[3], ArrivalContradicted)
    assert isinstance(received.results[4], WaybillNotFound)
    assert received.new == (known,)


@pytest.mark.parametrize("waybill", ["HWB1", "HWB2"])
def test_what_customs_did_not_take_may_be_reported_anew(waybill: str) -> None:
    """As it was, once the fault is mended elsewhere, or corrected."""
    other = replace(ARRIVAL, truck_plate="鄂G99999")
    parcels = [
        ExpectedParcel("dec_1", "mer_1", "HWB1", ARRIVAL, void_id="doc_1"),
        ExpectedParcel("dec_2", "mer_1", "HWB2", other, void_id="doc_2"),
    ]

    received = receive_goods(ARRIVAL, [waybill, waybill], parcels)

    assert [is_new for _, is_new in received.results] == [True, False]  # type: ignore[misc]
    assert [one.house_waybill for one in received.new] == [waybill]


@pytest.mark.parametrize(
    ("phase", "waits", "void"),
    [
        (RETURNED, False, True),
        (DocumentPhase.REJECTED_TECHNICAL, False, True),
        (DocumentPhase.SEND_FAILED, False, True),
        # It goes once more by itself.
        (DocumentPhase.REJECTED_TECHNICAL, True, False),
        (DocumentPhase.SENT, False, False),
        (ACCEPTED, False, False),
    ],
)
def test_a_report_that_goes_again_has_not_come_to_nothing(
    phase: DocumentPhase, waits: bool, void: bool
) -> None:
    assert is_void(phase, waits=waits) is void


@pytest.mark.parametrize(
    ("code", "is_whole", "drawn_anew"),
    [
        ("100", True, True),
        ("-301008", True, True),
        # Nobody knows what is wrong with it: it goes again as it is.
        ("-999999", True, False),
        # Some of its parcels have been reported again: it would name them twice.
        ("-999999", False, True),
        ("120", False, False),
    ],
)
def test_a_report_is_drawn_up_anew_where_sending_it_again_would_not_do(
    code: str, is_whole: bool, drawn_anew: bool
) -> None:
    report = fold_document(a_document(a_receipt(code), kind=DocumentKind.ARRIVAL))

    assert needs_drawing(DocumentKind.ARRIVAL, report, is_whole=is_whole) is drawn_anew


def declared(
    number: int,
    status: Phase = Phase.ACCEPTED,
    bill: DocumentPhase | None = None,
    *,
    flight_number: str = "O3701",
    lists: int = 2,
) -> DeclaredParcel:
    known = None
    if bill is not None:
        known = KnownBill("doc_1", bill, "999-12345675", flight_number, lists)
    return DeclaredParcel(
        f"dec_{number}", "mer_1", f"HWB{number}", status, "air", Decimal(1), None, known
    )


def an_order(*numbers: int) -> BillOrder:
    return BillOrder("999-12345675", "O3701", tuple(f"HWB{number}" for number in numbers))


def test_lists_are_bound_as_ordered_each_once() -> None:
    bound = parcels_to_bind(an_order(2, 1, 2), [declared(1), declared(2, bill=RETURNED)])

    assert [one.house_waybill for one in bound] == ["HWB2", "HWB1"]
    assert {one.master_waybill for one in bound} == {"999-12345675"}


@pytest.mark.parametrize(
    ("parcels", "error"),
    [
        ([declared(1)], WaybillNotFound),
        ([declared(1), declared(2, Phase.CANCELLED)], BillWaybillsNotEntered),
        ([declared(1), declared(2, bill=ACCEPTED)], BillWaybillsBound),
        ([declared(1), declared(2, bill=DocumentPhase.SENT)], BillWaybillsBound),
    ],
)
def test_a_bill_is_bound_as_a_whole_or_not_at_all(
    parcels: list[DeclaredParcel], error: type[Exception]
) -> None:
    with pytest.raises(error):
        parcels_to_bind(an_order(1, 2), parcels)


@pytest.mark.parametrize(
    ("parcels", "is_known"),
    [
        ([declared(1, bill=ACCEPTED), declared(2, bill=ACCEPTED)], True),
        ([declared(1, bill=RETURNED), declared(2, bill=RETURNED)], False),
        ([declared(1, bill=ACCEPTED), declared(2)], False),
        ([declared(n, bill=ACCEPTED, flight_number="O3702") for n in (1, 2)], False),
        # It binds a third one besides: another order.
        ([declared(n, bill=ACCEPTED, lists=3) for n in (1, 2)], False),
        ([], False),
    ],
)
def test_the_same_order_finds_its_bill(parcels: list[DeclaredParcel], is_known: bool) -> None:
    assert (known_bill(an_order(1, 2), parcels) is not None) is is_known


def test_a_person_is_asked_for_whom_a_report_could_name() -> None:
    terms = terms_of(WUHAN)
    site = SiteParties(PARTIES.declarant, PARTIES.carrier, "DXP", "4700")
    nobody = (PartyFinding("customs.party.park_missing", "park", PartyRole.LOGISTICS),)
    arrived = a_movement(arrival=None)
    departed = a_movement(has_departed=True)

    of_nobody, without_operator = nameless_reports(nobody), nameless_reports(site)

    assert nameless_reports(replace(site, operator=PARTIES.operator)) == frozenset()
    for movement in (arrived, departed):
        assert stall_of(movement, terms, of_nobody) is Stall.NO_ENTERPRISE
    assert stall_of(arrived, terms, without_operator) is Stall.NO_ENTERPRISE
    assert stall_of(departed, terms, without_operator) is Stall.BILL_NOT_ACCEPTED
