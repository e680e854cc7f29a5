"""Reports of scanners, in any order: a failure holds the parcel, a pass ends it, repetitions change
nothing.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customs.domain.declarations.errors import DeclarationNotFound
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.lanes.errors import LaneNotFound, ScreeningContradicted
from services.customs.domain.lanes.screening import (
    SCREENED,
    ScreenedParcel,
    Screening,
    ScreeningOutcome,
    screen,
)
from tests.support.customs import a_subject

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LANES = (1, 2, 3)
DECLARATIONS = [a_subject(number).id for number in (1, 2)]


def a_parcel(number: int = 1, *, version: int = 0) -> ScreenedParcel:
    return ScreenedParcel(
        subject=a_subject(number),
        status=Phase.ACCEPTED,
        channel="green",
        screened_at=None,
        is_held=False,
        announced=("submitted", "accepted"),
        version=version,
    )


def a_report(number: int = 1, *, passed: bool = True, at_s: int = 0, lane: int = 1) -> Screening:
    return Screening(a_subject(number).id, lane, passed, START + timedelta(seconds=at_s))


reports = st.lists(
    st.builds(
        Screening,
        st.sampled_from([*DECLARATIONS, "dec_unknown"]),
        st.sampled_from([1, 2, 9]),
        st.booleans(),
        st.integers(0, 2).map(lambda s: START + timedelta(seconds=s)),
    ),
    max_size=10,
)


def rule(arrived: list[Screening]) -> list[str]:
    """The answer to each report, by the rule: nothing but the reports before it."""
    answers: list[str] = []
    for at, report in enumerate(arrived):
        before = [one for one, answer in zip(arrived[:at], answers, strict=True) if answer == "new"]
        own = [one for one in before if one.declaration_id == report.declaration_id]
        if report.declaration_id not in DECLARATIONS:
            answers.append("no declaration")
        elif report.lane not in LANES:
            answers.append("no lane")
        elif report in own:
            answers.append("known")
        elif any(one.passed for one in own):
            answers.append("contradicted")
        else:
            answers.append("new")
    return answers


def answers_of(outcome: ScreeningOutcome) -> list[str]:
    names = {
        DeclarationNotFound: "no declaration",
        LaneNotFound: "no lane",
        ScreeningContradicted: "contradicted",
    }
    return [
        ("new" if one else "known") if isinstance(one, bool) else names[type(one)]
        for one in outcome.results
    ]


@given(reports, st.integers(0, 10))
def test_each_report_is_answered_by_the_rule_in_one_request_or_in_two(
    arrived: list[Screening], cut: int
) -> None:
    parcels = [a_parcel(1), a_parcel(2)]

    at_once = screen(parcels, arrived, lanes=LANES, known=())
    first = screen(parcels, arrived[:cut], lanes=LANES, known=())
    later = [first.parcels.get(parcel.subject.id, parcel) for parcel in parcels]
    second = screen(later, arrived[cut:], lanes=LANES, known=first.new)

    assert answers_of(at_once) == rule(arrived)
    assert answers_of(first) + answers_of(second) == rule(arrived)
    assert {**first.parcels, **second.parcels} == at_once.parcels


@given(reports)
def test_what_is_stored_follows_from_the_reports_that_were_new(arrived: list[Screening]) -> None:
    outcome = screen([a_parcel(1), a_parcel(2)], arrived, lanes=LANES, known=())

    new = [one for one, answer in zip(arrived, rule(arrived), strict=True) if answer == "new"]
    assert list(outcome.new) == new
    for declaration_id in DECLARATIONS:
        own = [one for one in new if one.declaration_id == declaration_id]
        assert (declaration_id in outcome.parcels) == bool(own)
        if own:
            parcel, last = outcome.parcels[declaration_id], own[-1]
            assert parcel.is_held is not last.passed
            assert parcel.screened_at == (last.screened_at if last.passed else None)
            assert parcel.announced.count(SCREENED) == last.passed
            assert parcel.version == len(own)


@given(reports)
def test_each_new_report_is_announced_under_a_version_of_its_own(arrived: list[Screening]) -> None:
    outcome = screen([a_parcel(1), a_parcel(2)], arrived, lanes=LANES, known=())

    announced = [
        Screening(one.subject.id, one.lane, one.passed, one.at) for one in outcome.announcements
    ]
    assert announced == list(outcome.new)
    for declaration_id in DECLARATIONS:
        versions = [o.version for o in outcome.announcements if o.subject.id == declaration_id]
        assert versions == list(range(1, len(versions) + 1))


def test_the_announcement_carries_status_and_channel_of_the_declaration() -> None:
    outcome = screen([a_parcel(version=6)], [a_report(lane=2)], lanes=LANES, known=())

    (announced,) = outcome.announcements
    assert (announced.status, announced.channel) == (Phase.ACCEPTED, "green")
    assert (announced.version, announced.lane, announced.passed) == (7, 2, True)


@pytest.mark.parametrize("passed", [True, False])
def test_a_report_that_was_stored_by_another_request_changes_nothing(*, passed: bool) -> None:
    report = a_report(passed=passed)

    outcome = screen([a_parcel()], [report], lanes=LANES, known=[report])

    assert outcome.results == (False,)
    assert (outcome.new, outcome.parcels, outcome.announcements) == ((), {}, ())
