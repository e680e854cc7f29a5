"""Whose fault a broken promise is: by the first thing that went wrong on the way."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from services.routing.domain.promises.faults import blame_for
from services.routing.domain.promises.promise import Fault
from tests.support.promises import (
    ARRIVED,
    CUT_OFF,
    FIRST,
    FLOWN,
    GATEWAY_AT,
    LOADED,
    OTHER,
    PROMISE,
    PROMISED,
    SECOND,
    a_flight_fact,
    a_history,
    status,
)
from tests.support.routing import hours

AFTER = PROMISED + timedelta(days=1)
TOO_LATE = CUT_OFF + timedelta(minutes=1)
LATE_ARRIVAL = (*FLOWN, status("ARR", 27, "LHR", SECOND))
NOT_MANIFESTED = (status("OFLD", 4, flight_id=FIRST),)
CANCELLED_EARLY = {FIRST: a_flight_fact(5.5, cancelled_h=3.5), SECOND: a_flight_fact(20)}
CANCELLED_LATER = {FIRST: a_flight_fact(5.5, cancelled_h=5), SECOND: a_flight_fact(20)}
MISSED = {
    FIRST: a_flight_fact(5.5, departed_h=9),
    SECOND: a_flight_fact(20, departed_h=20),
}


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        # On the last mile: it was at the gateway in time.
        ({}, Fault.LAST_MILE),
        ({"log": (*FLOWN, status("ARR", 20, "LHR"))}, Fault.LAST_MILE),
        # What went wrong before did not matter in the end.
        ({"released_at": TOO_LATE}, Fault.LAST_MILE),
        ({"log": (*ARRIVED, status("RCS", 5))}, Fault.LAST_MILE),
        # At the cut-off, nearest to the beginning first.
        ({"log": (status("RCS", 4.1), *NOT_MANIFESTED), "released_at": None}, Fault.MERCHANT),
        ({"log": (status("FOH", 4.1), *NOT_MANIFESTED), "released_at": None}, Fault.MERCHANT),
        ({"log": (status("FOH", 1), status("RCS", 5), *NOT_MANIFESTED)}, Fault.PARK),
        ({"log": NOT_MANIFESTED, "released_at": None}, Fault.CUSTOMS),
        ({"log": NOT_MANIFESTED, "released_at": TOO_LATE}, Fault.CUSTOMS),
        ({"log": NOT_MANIFESTED, "screened_at": TOO_LATE}, Fault.CUSTOMS),
        # The list was faulty: only that excuses customs, and only before the cut-off.
        (
            {"log": NOT_MANIFESTED, "released_at": None, "blocked_at": hours(1)},
            Fault.MERCHANT,
        ),
        ({"log": NOT_MANIFESTED, "released_at": None, "blocked_at": TOO_LATE}, Fault.CUSTOMS),
        ({"log": NOT_MANIFESTED, "blocked_at": hours(1)}, Fault.PARK),
        ({"log": NOT_MANIFESTED, "released_at": CUT_OFF, "screened_at": CUT_OFF}, Fault.PARK),
        ({"log": ()}, Fault.PARK),
        # The flight was cancelled before the cut-off: nothing that happened then mattered.
        ({"log": (), "flights": CANCELLED_EARLY}, Fault.CARRIER),
        ({"log": (), "flights": CANCELLED_EARLY, "released_at": None}, Fault.CARRIER),
        ({"log": NOT_MANIFESTED, "flights": CANCELLED_LATER, "released_at": None}, Fault.CUSTOMS),
        ({"log": LOADED[:1], "flights": CANCELLED_LATER}, Fault.CARRIER),
        # Off a closed manifest: by the airline, or because customs was asked for the list.
        ({"log": (*LOADED[:1], status("OFLD", 5, flight_id=FIRST))}, Fault.CARRIER),
        (
            {
                "log": (*LOADED[:1], status("OFLD", 5, flight_id=FIRST)),
                "is_list_asked_back": True,
            },
            Fault.CUSTOMS,
        ),
        # On the way.
        ({"log": LATE_ARRIVAL}, Fault.CARRIER),
        ({"log": LATE_ARRIVAL, "released_at": TOO_LATE}, Fault.CUSTOMS),
        ({"log": LOADED}, Fault.CARRIER),  # it left, and has not come to the gateway
        (
            {"log": (*LOADED, status("ARR", 21, "LGG", FIRST)), "flights": MISSED},
            Fault.CARRIER,
        ),
        # It came by another gateway, in spite of flights that went as promised: unknown.
        (
            {
                "log": (*FLOWN, status("ARR", 30, "AMS", OTHER)),
                "delivered_at": PROMISED + timedelta(hours=2),
            },
            Fault.UNKNOWN,
        ),
        # On the manifest, and then nothing was reported.
        ({"log": LOADED[:1], "flights": {}}, Fault.UNKNOWN),
        ({"log": LOADED, "delivered_at": PROMISED + timedelta(hours=2)}, Fault.CARRIER),
    ],
)
def test_the_first_thing_that_went_wrong_is_the_cause(facts: dict[str, Any], fault: Fault) -> None:
    assert blame_for(PROMISE, a_history(**facts), now=AFTER).fault is fault


@pytest.mark.parametrize(("at", "fault"), [(GATEWAY_AT, Fault.UNKNOWN), (AFTER, Fault.CARRIER)])
def test_goods_on_the_way_are_late_once_they_should_have_arrived(
    at: datetime, fault: Fault
) -> None:
    """A promise of zero hours from the gateway is due the moment that the goods should be there."""
    history = a_history(log=LOADED, flights={FIRST: a_flight_fact(5.5, departed_h=5.5)})

    assert blame_for(PROMISE, history, now=at).fault is fault


def test_the_order_of_the_log_does_not_matter() -> None:
    log = (*LOADED[:1], status("OFLD", 5, flight_id=FIRST), status("RCS", 4.1), LATE_ARRIVAL[-1])

    faults = {
        blame_for(PROMISE, a_history(log=way, released_at=None), now=AFTER).fault
        for way in permutations(log)
    }

    assert faults == {Fault.MERCHANT}


@pytest.mark.parametrize(
    ("facts", "carrier"),
    [
        ({"log": LATE_ARRIVAL}, "TR"),
        ({"log": (*LOADED, status("ARR", 18, "LGG"), *LATE_ARRIVAL[-2:])}, "EH"),
        ({"log": LOADED}, "EH"),
        ({"log": (), "flights": CANCELLED_EARLY}, "EH"),
        ({"log": (*LOADED[:1], status("OFLD", 5, flight_id=FIRST))}, "EH"),
        # The truck left without goods that were there in time, or that came too late for it.
        ({"log": (*LOADED, status("ARR", 17, "LGG"))}, "TR"),
        ({"log": (*LOADED, status("ARR", 21, "LGG"))}, "EH"),
        ({"log": NOT_MANIFESTED, "released_at": None}, None),
        ({}, None),
    ],
)
def test_of_several_carriers_the_one_that_failed_is_named(
    facts: dict[str, Any], carrier: str | None
) -> None:
    assert blame_for(PROMISE, a_history(**facts), now=AFTER).carrier == carrier
