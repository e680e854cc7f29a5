"""Which clock runs, and since when: from the table of the clocks, not from the code."""

from datetime import datetime

import pytest

from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.clocks import (
    Clock,
    Running,
    goods_clock,
    running_clock,
)
from services.customs.domain.declarations.state import declaration_state
from tests.support.documents import a_document, a_receipt, an_attempt, at

SENT = at(0)


def running(
    *receipts: tuple[str, float],
    is_sent: bool = True,
    has_departed: bool = False,
    cut_off_at: datetime | None = None,
) -> Running | None:
    document = a_document(
        *(a_receipt(code, seconds) for code, seconds in receipts),
        attempts=(an_attempt(),) if is_sent else (),
    )
    case = Case(match=Match.COMPLETE, matched_at=at(-50), documents=(document,))
    state = declaration_state(case)
    sent_at = SENT if is_sent else None
    return running_clock(
        state, state.status_at, sent_at, has_departed=has_departed, cut_off_at=cut_off_at
    )


@pytest.mark.parametrize(
    ("receipts", "clock", "since"),
    [
        ([], Clock.ENTRY, SENT),
        ([("1", 5)], Clock.ENTRY, SENT),
        ([("3", 5)], Clock.ENTRY, SENT),
        ([("120", 10)], Clock.RELEASE, at(10)),
        ([("120", 10), ("300", 20)], Clock.RELEASE, at(10)),
        ([("120", 10), ("500", 20)], Clock.INSPECTION, at(20)),
        ([("120", 10), ("500", 20), ("399", 50)], Clock.RELEASE, at(40)),
        (
            [("120", 10), ("500", 20), ("300", 25), ("500", 40), ("399", 50)],
            Clock.RELEASE,
            at(25),
        ),
        ([("120", 10), ("800", 60)], Clock.LOADING, at(60)),
    ],
)
def test_a_clock_runs_from_its_beginning_less_its_pauses(
    receipts: list[tuple[str, float]], clock: Clock, since: datetime
) -> None:
    assert running(*receipts) == Running(clock, since)


def test_the_list_is_to_leave_once_the_documents_are_complete() -> None:
    assert running(is_sent=False) == Running(Clock.SENDING, at(-50))


@pytest.mark.parametrize("code", ["-301008", "100", "899"])
def test_no_clock_runs_while_it_is_the_move_of_the_trader_or_all_is_over(code: str) -> None:
    assert running((code, 5)) is None


def test_nothing_is_loaded_too_late_before_the_cut_off_of_its_flight() -> None:
    released = (("120", 10.0), ("800", 60.0))

    assert running(*released, cut_off_at=at(900)) == Running(Clock.LOADING, at(900))
    assert running(*released, cut_off_at=at(30)) == Running(Clock.LOADING, at(60))


def test_the_flight_stops_the_clock_of_loading() -> None:
    assert running(("120", 10), ("800", 60), has_departed=True) is None


def of_goods(
    *receipts: tuple[str, float],
    arrived_s: float | None = None,
    departed_s: float | None = None,
    is_reported: bool = False,
    is_cancelled: bool = False,
) -> Running | None:
    document = a_document(*(a_receipt(code, seconds) for code, seconds in receipts))
    case = Case(
        match=Match.COMPLETE,
        matched_at=at(-50),
        documents=(document,),
        cancel_asked_at=at(90) if is_cancelled else None,
    )
    return goods_clock(
        declaration_state(case),
        sent_at=SENT,
        arrived_at=None if arrived_s is None else at(arrived_s),
        departed_at=None if departed_s is None else at(departed_s),
        is_reported=is_reported,
    )


@pytest.mark.parametrize(
    ("receipts", "arrived_s", "since"),
    [
        ([], 5, at(5)),
        ([("120", 10)], 5, at(5)),
        ([("120", 10)], -20, SENT),
        ([("120", 10), ("300", 20)], 5, at(5)),
        ([("120", 10), ("500", 20), ("399", 50)], 5, at(35)),
    ],
)
def test_goods_at_the_site_wait_for_their_release(
    receipts: list[tuple[str, float]], arrived_s: float, since: datetime
) -> None:
    assert of_goods(*receipts, arrived_s=arrived_s) == Running(Clock.CLEARANCE, since)


@pytest.mark.parametrize("code", ["500", "800", "899", "100", "4", "-301008"])
def test_the_clock_of_goods_stands_still_unless_it_is_customs_who_decides(code: str) -> None:
    assert of_goods((code, 20), arrived_s=5) is None
    assert of_goods(("120", 10), arrived_s=None) is None


def test_what_has_left_is_to_be_reported() -> None:
    released = [("120", 10.0), ("800", 20.0)]

    assert of_goods(*released, arrived_s=5, departed_s=80) == Running(Clock.REPORTING, at(80))
    assert of_goods(("120", 10), departed_s=80) == Running(Clock.REPORTING, at(80))
    assert of_goods(*released, departed_s=80, is_reported=True) is None
    assert of_goods(departed_s=80, is_cancelled=True) is not None
    assert of_goods(("100", 10), departed_s=80, is_cancelled=True) is None
