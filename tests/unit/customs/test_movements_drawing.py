"""Reports about goods: a number for each group of parcels, in parts where one is too long; each
part can be written, and each parcel is named once.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.customs.domain.documents.kinds import MESSAGE_TYPE
from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.faults import faults
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.numbering import new_guid
from services.customs.domain.messages.parties import PartyRole
from services.customs.domain.messages.senders import SenderWithoutClient
from services.customs.domain.messages.values import compact_time
from services.customs.domain.movements.arrival import ArrivedParcel, draw_up_arrivals
from services.customs.domain.movements.bill import BoundParcel, draw_up_bills
from services.customs.domain.movements.departure import DepartedParcel, draw_up_departures
from services.customs.domain.movements.drawing import LINES_PER_PART_MAX
from services.customs.domain.movements.flight import DepartedFlight, latest_by_flight
from tests.support.customs import NOW, PARTIES, site_of

SITE = site_of(PARTIES)


def departed(
    number: int, flight: int = 1, master: int = 1, *, at_s: int = 0, mode: str | None = "air"
) -> DepartedParcel:
    return DepartedParcel(
        declaration_id=f"dec_{number}",
        departed_at=NOW + timedelta(seconds=at_s),
        flight_id=f"flt_{flight}",
        flight_number=f"O3{flight}",
        master_waybill=f"999-{master:08}",
        house_waybill=f"HWB{number}",
        mode=mode,
    )


def bound(number: int, flight: int = 1, master: int = 1, *, weight_kg: str = "0.25") -> BoundParcel:
    return BoundParcel(
        declaration_id=f"dec_{number}",
        house_waybill=f"HWB{number}",
        mode="air",
        flight_id=f"flt_{flight}",
        flight_number=f"O3{flight}",
        master_waybill=f"999-{master:08}",
        gross_weight_kg=Decimal(weight_kg),
        invt_no=f"4700{number:014}" if number % 2 else None,
    )


def arrived(number: int, truck: int = 1, bill: int = 1) -> ArrivedParcel:
    return ArrivedParcel(
        declaration_id=f"dec_{number}",
        house_waybill=f"HWB{number}",
        mode="air",
        truck_plate=f"鄂G{truck:05}",
        location="4700A" if number % 2 else None,
        bill_number=f"999-{bill:08}",
    )


def departures_of(parcels: Sequence[DepartedParcel]) -> tuple[NewDocument, ...]:
    return draw_up_departures(parcels, parties=SITE, real_now=NOW)


def bills_of(parcels: Sequence[BoundParcel]) -> tuple[NewDocument, ...]:
    return draw_up_bills(parcels, parties=SITE, real_now=NOW)


def arrivals_of(parcels: Sequence[ArrivedParcel]) -> tuple[NewDocument, ...]:
    return draw_up_arrivals(parcels, parties=SITE, real_now=NOW)


# For each kind: documents about parcels of which the nth is of the group named nth.
Make = Callable[[Sequence[tuple[int, int]]], tuple[NewDocument, ...]]
KINDS_OF_REPORT: dict[str, Make] = {
    "arrival": lambda groups: arrivals_of([arrived(n, *g) for n, g in enumerate(groups)]),
    "bill": lambda groups: bills_of([bound(n, *g) for n, g in enumerate(groups)]),
    "departure": lambda groups: departures_of([departed(n, *g) for n, g in enumerate(groups)]),
}
every_kind = pytest.mark.parametrize("make", KINDS_OF_REPORT.values(), ids=KINDS_OF_REPORT)


def waybills_of(document: NewDocument) -> list[str | None]:
    return [line["logisticsNo"] for part in document.drawn.parts for line in part.lines]


def faults_of(document: NewDocument) -> list[object]:
    kind = KINDS[MESSAGE_TYPE[document.drawn.kind]]
    given_by_upload = {"guid": new_guid(), "appTime": compact_time(NOW)}
    return [
        fault
        for part in document.drawn.parts
        for fault in faults(kind, Document({**part.head, **given_by_upload}, part.lines))
    ]


@every_kind
@given(groups=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2)), min_size=1, max_size=30))
@settings(max_examples=60)
def test_each_parcel_is_named_once_in_a_document_without_faults(
    make: Make, groups: list[tuple[int, int]]
) -> None:
    documents = make(groups)

    named = [waybill for document in documents for waybill in waybills_of(document)]
    assert sorted(map(str, named)) == sorted(f"HWB{n}" for n in range(len(groups)))
    assert len({document.drawn.number for document in documents}) == len(documents)
    assert len(documents) >= len(set(groups))
    for document in documents:
        assert [f"dec_{str(one)[3:]}" for one in waybills_of(document)] == list(document.covers)
        assert len({groups[int(str(one)[3:])] for one in waybills_of(document)}) == 1
        assert faults_of(document) == []


@every_kind
@given(count=st.integers(1, 3 * LINES_PER_PART_MAX + 1))
@settings(max_examples=6, deadline=None)
def test_a_long_document_is_in_parts_with_running_numbers(make: Make, count: int) -> None:
    documents = make([(1, 1)] * count)

    assert sum(len(part.lines) for one in documents for part in one.drawn.parts) == count
    for document in documents:
        parts = document.drawn.parts
        sizes = [len(part.lines) for part in parts]
        assert all(size == LINES_PER_PART_MAX for size in sizes[:-1])
        assert 1 <= sizes[-1] <= LINES_PER_PART_MAX
        numbers = [(part.head["msgSeqNo"], part.head["msgCount"]) for part in parts]
        assert numbers == [(str(n), str(len(parts))) for n in range(1, len(parts) + 1)]
        assert {part.head["copNo"] for part in parts} == {document.drawn.number}
        assert faults_of(document) == []


def test_a_bill_has_the_weight_of_all_its_lists_and_their_numbers() -> None:
    (bill,) = bills_of([bound(1, weight_kg="0.25"), bound(2, weight_kg="1.5")])

    (part,) = bill.drawn.parts
    assert part.head["grossWeight"] == "1.75"
    assert (part.head["trafName"], part.head["voyageNo"]) == ("O31", "O31")
    assert [line.get("invtNo") for line in part.lines] == [f"4700{1:014}", None]


def test_a_flight_has_left_when_its_first_parcel_did() -> None:
    (report,) = departures_of([departed(1, at_s=9), departed(2, at_s=3)])

    assert report.drawn.parts[0].head["leaveTime"] == compact_time(NOW + timedelta(seconds=3))


def test_a_parcel_without_a_known_mode_has_left_by_air() -> None:
    modes = {
        mode: departures_of([departed(1, mode=mode)])[0].drawn.parts[0].head["trafMode"]
        for mode in ("air", "road", None)
    }

    assert modes == {"air": "5", "road": "4", None: "5"}


def a_flight(flight_id: str, shipments: int, hour: int) -> DepartedFlight:
    departed_at = NOW + timedelta(hours=hour)
    return DepartedFlight(flight_id, "O3701", "air", "999-12345675", shipments, departed_at)


@given(st.permutations([("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2)]))
def test_the_last_departure_of_a_flight_counts_in_any_order(arrived: list[tuple[str, int]]) -> None:
    flights = [a_flight(flight_id, shipments=hour, hour=hour) for flight_id, hour in arrived]

    latest = latest_by_flight(flights)

    assert [(one.id, one.shipments) for one in latest] == [("a", 3), ("b", 2)]


def test_reports_leave_by_the_client_that_the_sending_plan_names() -> None:
    roles = {"CEB507": PartyRole.OPERATOR, "CEB509": PartyRole.LOGISTICS}
    clients = {PartyRole.OPERATOR: "DXPOPERATOR00001", PartyRole.LOGISTICS: "DXPLOGISTICS0001"}
    site = site_of(PARTIES, sent_as=roles, dxp_ids=clients)

    (arrival,) = draw_up_arrivals([arrived(1)], parties=site, real_now=NOW)
    (departure,) = draw_up_departures([departed(1)], parties=site, real_now=NOW)
    (bill,) = draw_up_bills([bound(1)], parties=site, real_now=NOW)

    senders = [one.drawn.sender for one in (arrival, departure, bill)]
    assert [one.dxp_id for one in senders if one] == [*clients.values(), PARTIES.dxp_id]
    assert [one.party for one in senders if one] == [
        PARTIES.operator,
        PARTIES.carrier,
        PARTIES.declarant,
    ]
    with pytest.raises(SenderWithoutClient):
        draw_up_departures([departed(1)], parties=site_of(PARTIES, sent_as=roles), real_now=NOW)
