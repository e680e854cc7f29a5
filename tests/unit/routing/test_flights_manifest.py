"""When a manifest closes, what is on it, and which flights can still be cancelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.flights.flight import (
    FlightNotCancellable,
    FlightStatus,
    is_to_cancel,
)
from services.routing.domain.flights.manifest import Candidate, is_due, manifest_of
from services.routing.domain.flights.master_waybill import IssuedSerial, WaybillStockExhausted
from tests.support.routing import a_flight, hours


@given(st.lists(st.tuples(st.integers(0, 9_000), st.booleans())))
def test_cleared_shipments_fly_and_the_others_stay(drawn: list[tuple[int, bool]]) -> None:
    candidates = [Candidate(f"shp_{n}", *facts) for n, facts in enumerate(drawn)]

    manifest = manifest_of(candidates)

    cleared = {c.shipment_id: c.gross_weight_g for c in candidates if c.is_cleared}
    assert set(manifest.on_board) == cleared.keys()
    assert manifest.gross_weight_g == sum(cleared.values())
    assert sorted([*manifest.on_board, *manifest.left_behind]) == sorted(
        candidate.shipment_id for candidate in candidates
    )


@pytest.mark.parametrize(
    ("now_h", "due"), [(0.4, False), (0.5, True), (9, True)], ids=["before", "at", "after"]
)
def test_a_manifest_closes_at_the_cut_off_and_not_before(now_h: float, *, due: bool) -> None:
    assert is_due(a_flight(), now=hours(now_h)) is due


def test_a_flight_without_cut_off_or_with_a_closed_manifest_has_none_to_close() -> None:
    onward = a_flight(cut_off_at=None)
    others = [a_flight(status=status) for status in FlightStatus if status != "scheduled"]

    assert not any(is_due(flight, now=hours(9)) for flight in [onward, *others])


@pytest.mark.parametrize("status", list(FlightStatus))
def test_what_has_left_cannot_be_cancelled_and_what_is_cancelled_stays_so(
    status: FlightStatus,
) -> None:
    flight = a_flight(status=status)

    if status in (FlightStatus.DEPARTED, FlightStatus.ARRIVED):
        with pytest.raises(FlightNotCancellable):
            is_to_cancel(flight)
    else:
        assert is_to_cancel(flight) is (status is not FlightStatus.CANCELLED)


def test_a_used_up_stock_gives_no_waybill() -> None:
    assert IssuedSerial("020", 8114074).waybill == "020-81140743"
    with pytest.raises(WaybillStockExhausted, match="020"):
        _ = IssuedSerial("020", None).waybill
