"""Departure reports: a number per flight and master waybill, in parts where one is too long."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.customs.domain.departures.flight import DepartedFlight, latest_by_flight
from services.customs.domain.departures.report import (
    LINES_MAX,
    DepartedShipment,
    draw_up_reports,
)
from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.faults import faults
from services.customs.domain.messages.kinds.movements import CEB509
from services.customs.domain.messages.numbering import new_guid
from services.customs.domain.messages.values import compact_time
from tests.support.customs import NOW, PARTIES


def a_shipment(
    number: int, flight: int = 1, *, master: int = 1, at_s: int = 0, mode: str | None = "air"
) -> DepartedShipment:
    return DepartedShipment(
        declaration_id=f"dec_{number}",
        departed_at=NOW + timedelta(seconds=at_s),
        flight_id=f"flt_{flight}",
        flight_number=f"O3{flight}",
        master_waybill=f"999-{master:08}",
        house_waybill=f"HWB{number}",
        mode=mode,
    )


def reports_of(shipments: list[DepartedShipment]) -> tuple[NewDocument, ...]:
    return draw_up_reports(shipments, parties=PARTIES, real_now=NOW)


def waybills_of(report: NewDocument) -> list[str | None]:
    return [line["logisticsNo"] for part in report.drawn.parts for line in part.lines]


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 2), st.integers(0, 9)), min_size=1, max_size=30
    )
)
def test_each_shipment_is_named_once_with_its_flight(made: list[tuple[int, int, int]]) -> None:
    shipments = [
        a_shipment(number, flight, master=master, at_s=at_s)
        for number, (flight, master, at_s) in enumerate(made)
    ]

    reports = reports_of(shipments)

    groups = {(one.flight_id, one.master_waybill) for one in shipments}
    assert len({report.drawn.number for report in reports}) == len(reports) == len(groups)
    for report in reports:
        head = report.drawn.parts[0].head
        own = [
            one
            for one in shipments
            if (one.flight_id, one.master_waybill) == (report.flight_id, head["billNo"])
        ]
        assert waybills_of(report) == [one.house_waybill for one in own]
        assert report.covers == tuple(one.declaration_id for one in own)
        assert head["leaveTime"] == compact_time(min(one.departed_at for one in own))
        assert head["copNo"] == report.drawn.number


@given(st.integers(1, 3 * LINES_MAX + 1))
@settings(max_examples=12)
def test_a_full_flight_is_split_into_documents_with_running_numbers(count: int) -> None:
    (report,) = reports_of([a_shipment(number) for number in range(count)])

    sizes = [len(document.lines) for document in report.drawn.parts]
    assert sum(sizes) == count
    assert all(size == LINES_MAX for size in sizes[:-1])
    assert 1 <= sizes[-1] <= LINES_MAX
    numbers = [(d.head["msgSeqNo"], d.head["msgCount"]) for d in report.drawn.parts]
    assert numbers == [(str(n), str(len(sizes))) for n in range(1, len(sizes) + 1)]
    assert {document.head["copNo"] for document in report.drawn.parts} == {report.drawn.number}


def test_a_document_can_be_written() -> None:
    (report,) = reports_of([a_shipment(1), a_shipment(2)])

    part = report.drawn.parts[0]
    head = {**part.head, "guid": new_guid(), "appTime": compact_time(NOW)}
    assert faults(CEB509, Document(head, part.lines)) == ()
    assert [line["gnum"] for line in report.drawn.parts[0].lines] == ["1", "2"]


def test_a_shipment_without_a_known_mode_has_left_by_air() -> None:
    modes = {
        mode: reports_of([a_shipment(1, mode=mode)])[0].drawn.parts[0].head["trafMode"]
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
