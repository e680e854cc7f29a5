"""Which clock runs, and since when: from the table of the clocks, not from the code."""

from datetime import datetime

import pytest

from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.clocks import Clock, Running, running_clock
from services.customs.domain.declarations.state import declaration_state
from tests.support.documents import a_document, a_receipt, an_attempt, at

SENT = at(0)


def running(
    *receipts: tuple[str, float], is_sent: bool = True, has_departed: bool = False
) -> Running | None:
    document = a_document(
        *(a_receipt(code, seconds) for code, seconds in receipts),
        attempts=(an_attempt(),) if is_sent else (),
    )
    case = Case(match=Match.COMPLETE, matched_at=at(-50), documents=(document,))
    state = declaration_state(case)
    sent_at = SENT if is_sent else None
    return running_clock(state, state.status_at, sent_at, has_departed=has_departed)


@pytest.mark.parametrize(
    ("receipts", "clock", "since"),
    [
        ([], Clock.ENTRY, SENT),
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


@pytest.mark.parametrize("code", ["1", "-301008", "100", "899"])
def test_no_clock_runs_while_it_is_the_move_of_the_trader_or_all_is_over(code: str) -> None:
    assert running((code, 5)) is None


def test_the_flight_stops_the_clock_of_loading() -> None:
    assert running(("120", 10), ("800", 60), has_departed=True) is None
