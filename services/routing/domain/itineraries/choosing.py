"""Which way a shipment is booked: the cheapest of those that reach the door on the first day.

A buyer is promised a day. Whatever arrives on the earliest possible one keeps the same promise, so
the price decides among those; then CO2e, then the hour.
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.routing.domain.itineraries.arrays import Flags
from services.routing.domain.itineraries.options import Option, option_of, query_of
from services.routing.domain.itineraries.request import Request
from services.routing.domain.itineraries.search import (
    FrontRow,
    Itinerary,
    Query,
    find_earliest,
    find_front,
)


def find_booking(request: Request) -> Option | None:
    """None: the timetable has no way that takes the goods, has a price and has room."""
    row = booking_row(request, query_of(request, 0))
    return None if row is None else option_of(request, row)


def booking_row(request: Request, query: Query) -> FrontRow | None:
    """The same as a row of the front; `query` may ask for another time at which goods are ready."""
    costs = request.costs
    earliest = find_earliest(
        request.network,
        costs.usable,
        origin=query.origin,
        ready_s=query.ready_s,
        targets=query.targets,
        latest_arrival_s=query.latest_arrival_s,
    )
    if earliest is None:
        return None
    day_ends_s = int(_end_of_day(request, earliest).timestamp())
    if query.latest_arrival_s is not None:
        day_ends_s = min(day_ends_s, query.latest_arrival_s)
    rows = find_front(request.network, costs, replace(query, latest_arrival_s=day_ends_s))
    if not rows:
        # The earliest way has more legs than are allowed.
        rows = find_front(request.network, costs, query)[:1]
    return min(rows, key=_worth) if rows else None


def earliest_way(request: Request, usable: Flags) -> Itinerary | None:
    """By arrival at the door, whatever it costs and however many legs it has."""
    query = query_of(request, 0)
    return find_earliest(
        request.network,
        usable,
        origin=query.origin,
        ready_s=query.ready_s,
        targets=query.targets,
        latest_arrival_s=query.latest_arrival_s,
    )


def exists(request: Request, usable: Flags) -> bool:
    return earliest_way(request, usable) is not None


def _worth(row: FrontRow) -> tuple[int, int, int]:
    return row.price, row.co2e_g, row.arrives_s


def _end_of_day(request: Request, earliest: Itinerary) -> datetime:
    """The last second of the local day on which it reaches the door."""
    last = request.network.carriages.alight[earliest.carriages[-1]] >> 1
    zone = ZoneInfo(request.basis.airports[request.network.airports[last]].time_zone)
    local = datetime.fromtimestamp(earliest.arrives_s, UTC).astimezone(zone)
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), zone)
    return midnight.astimezone(UTC) - timedelta(seconds=1)
