"""A promise over Liège, and what may have happened to it; NOW is when it was made."""

from datetime import datetime
from typing import Any, Final

from services.routing.domain.promises.promise import (
    FlightFacts,
    History,
    Promise,
    PromisedLeg,
    Status,
)
from tests.support.routing import hours

CUT_OFF: Final = hours(4)
FIRST, SECOND, OTHER = "flt_first", "flt_second", "flt_other"
GATEWAY_AT: Final = hours(26)
PROMISED: Final = hours(74)

# By air to Liège, by truck to Heathrow; the cut-off is one and a half hours before departure.
PROMISE: Final = Promise(
    legs=(
        PromisedLeg(FIRST, "EH", "EHU", "LGG", hours(5.5), hours(17)),
        PromisedLeg(SECOND, "TR", "LGG", "LHR", hours(20), GATEWAY_AT),
    ),
    cut_off_at=CUT_OFF,
    promised_at=PROMISED,
)


def status(code: str, at_h: float, airport: str = "EHU", flight_id: str | None = None) -> Status:
    return Status(code, airport, flight_id, hours(at_h))


LOADED: Final = (status("MAN", 4, flight_id=FIRST), status("DEP", 5.5, flight_id=FIRST))
FLOWN: Final = (
    *LOADED,
    status("ARR", 17, "LGG", FIRST),
    status("DEP", 20, "LGG", SECOND),
)
ARRIVED: Final = (*FLOWN, status("ARR", 26, "LHR", SECOND))


def a_flight_fact(
    departs_h: float, *, departed_h: float | None = None, cancelled_h: float | None = None
) -> FlightFacts:
    return FlightFacts(hours(departs_h), _at(departed_h), _at(cancelled_h))


def _at(hour: float | None) -> datetime | None:
    return None if hour is None else hours(hour)


def a_history(**changes: Any) -> History:
    """Released and screened in time; both flights flown as planned; not delivered yet."""
    facts: dict[str, Any] = {
        "released_at": hours(2),
        "screened_at": hours(3),
        "blocked_at": None,
        "is_list_asked_back": False,
        "delivered_at": None,
        "cancelled_at": None,
        "log": ARRIVED,
        "flights": {
            FIRST: a_flight_fact(5.5, departed_h=5.5),
            SECOND: a_flight_fact(20, departed_h=20),
            OTHER: a_flight_fact(44, departed_h=44),
        },
    }
    return History(**(facts | changes))
