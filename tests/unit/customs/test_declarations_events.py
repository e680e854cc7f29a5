"""Announcements become the events of the contract."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.customs.domain.declarations.announcements import Announcement
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.lanes.screening import SCREENED, ScreeningAnnouncement
from services.customs.events.declarations import declaration_event
from services.customs.events.lanes import declaration_screened
from shared.kernel.words import Words
from tests.support.customs import a_subject

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def an_announcement(fact: str, **changes: Any) -> Announcement:
    announcement = Announcement(
        fact=fact, subject=a_subject(), version=2, at=AT, status=Phase.ACCEPTED
    )
    return replace(announcement, **changes)


@pytest.mark.parametrize(
    ("fact", "event_type"),
    [
        ("submitted", "customs.declaration.submitted"),
        ("blocked", "customs.declaration.blocked"),
        ("accepted", "customs.declaration.accepted"),
        ("manual_review", "customs.declaration.inspection"),
        ("inspection", "customs.declaration.inspection"),
        ("released", "customs.declaration.released"),
        ("returned", "customs.declaration.returned"),
        ("closed", "customs.declaration.closed"),
        ("cancel_requested", "customs.declaration.cancel_requested"),
        ("cancelled", "customs.declaration.cancelled"),
        ("cancel_declined", "customs.declaration.cancel_declined"),
    ],
)
def test_each_fact_has_its_event(fact: str, event_type: str) -> None:
    assert declaration_event(an_announcement(fact)).event_type == event_type


def test_an_event_has_the_facts_of_its_announcement() -> None:
    announcement = an_announcement(
        "returned",
        status=Phase.RETURNED,
        channel="yellow",
        return_status="100",
        detail="商品编码有误",
        meaning=Words("Returned by customs.", "海关退单。"),
    )

    event = declaration_event(announcement)

    assert event.model_dump_json() == (
        '{"declaration_id":"dec_00000000000000000000000000000001","order_id":"ord_1",'
        '"shipment_id":"shp_1","merchant_id":"mer_1","at":"2026-11-22T08:30:00Z",'
        '"status":"returned","channel":"yellow","return_status":"100","detail":"商品编码有误",'
        '"meaning":{"en":"Returned by customs.","zh-CN":"海关退单。"}}'
    )


def test_what_is_not_announced_is_null() -> None:
    event = declaration_event(an_announcement("submitted", status=Phase.TRANSMITTED))

    assert event.model_dump(include={"channel", "return_status", "detail", "meaning"}) == {
        "channel": None,
        "return_status": None,
        "detail": None,
        "meaning": None,
    }


@pytest.mark.parametrize("passed", [True, False])
def test_a_screening_says_where_and_how_it_ended(*, passed: bool) -> None:
    announcement = ScreeningAnnouncement(
        fact=SCREENED,
        subject=a_subject(),
        version=3,
        at=AT,
        status=Phase.RELEASED,
        channel="green",
        lane=2,
        passed=passed,
    )

    event = declaration_screened(announcement)

    assert event.event_type == "customs.declaration.screened"
    assert (event.lane, event.passed) == (2, passed)
    assert (event.status, event.channel, event.at) == ("released", "green", AT)
