"""What only routing counts. Labels have few values: never an order, a flight or a merchant."""

from functools import partial
from typing import Final

from prometheus_client import Counter, Histogram

from services.routing.domain.network.reachability import (
    NO_CAPACITY,
    NO_DEPARTURE,
    NO_SERVICE,
    TOO_HEAVY,
)
from services.routing.domain.promises.promise import Fault, Grade
from shared.db import UnitOfWork

BOOKED: Final = Counter(
    "airlane_routing_shipments_booked", "Shipments that got an itinerary.", ["kind"]
)
UNROUTABLE: Final = Counter(
    "airlane_routing_shipments_unroutable", "Shipments without an itinerary, by reason.", ["code"]
)
# A series that starts at 1 shows no increase.
for _kind in ("first", "rebooked"):
    BOOKED.labels(_kind)
for _code in (NO_SERVICE, TOO_HEAVY, NO_DEPARTURE, NO_CAPACITY):
    UNROUTABLE.labels(_code)
LEFT_BEHIND: Final = Counter(
    "airlane_routing_shipments_left_behind", "Shipments not ready at the cut-off of their flight."
)
DECLARATIONS_CANCELLED: Final = Counter(
    "airlane_routing_declarations_cancelled",
    "Shipments whose export list customs has cancelled, by where they were.",
    ["place"],
)
for _place in ("park", "manifest", "gone"):
    DECLARATIONS_CANCELLED.labels(_place)
CONNECTIONS_MISSED: Final = Counter(
    "airlane_routing_connections_missed", "Shipments whose next flight left without them."
)
FULL_FLIGHTS_MET: Final = Counter(
    "airlane_routing_full_flights_met",
    "Holds that found a flight full or closed and searched again.",
)
# Cargo iQ's two measures. Delivered as promised is the share of `kept`: the park promises to the
# buyer's door.
PROMISES_GRADED: Final = Counter(
    "airlane_routing_promises_graded",
    "Promises whose grade is final, by grade and by who broke them.",
    ["grade", "fault"],
)
FLOWN_AS_PLANNED: Final = Counter(
    "airlane_routing_promises_flown_as_planned",
    "Promises whose grade is final, by whether the goods came to the gateway as planned: on or"
    " before the last planned flight, at most 12 h late.",
    ["flown_as_planned"],
)
for _grade in (Grade.KEPT, Grade.VOID):
    PROMISES_GRADED.labels(_grade, "none")
for _grade in (Grade.LATE, Grade.OVERDUE):
    for _fault in Fault:
        PROMISES_GRADED.labels(_grade, _fault)
for _flown in ("yes", "no", "unknown"):
    FLOWN_AS_PLANNED.labels(_flown)
SEARCH_SECONDS: Final = Histogram(
    "airlane_routing_itinerary_search_seconds",
    "One search over the timetable in memory.",
    buckets=(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1),
)

PROMISE_TABLE_SECONDS: Final = Histogram(
    "airlane_routing_promise_table_seconds",
    "Working out the promises of all stores for the next seven days.",
    buckets=(0.003, 0.01, 0.03, 0.05, 0.1, 0.3, 1.0),
)


def count(uow: UnitOfWork, series: Counter, times: int = 1) -> None:
    """Once it is committed: a slice that is done again counts once."""
    uow.after_commit.append(partial(series.inc, times))
