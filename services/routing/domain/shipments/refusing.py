"""Why a wish finds no way now: the first of its conditions without which there would be one."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from services.routing.domain.itineraries.choosing import earliest_way, exists
from services.routing.domain.itineraries.options import query_of
from services.routing.domain.itineraries.request import Request
from services.routing.domain.itineraries.search import FrontRow, find_front
from services.routing.domain.itineraries.wish import LEGS_MAX
from services.routing.domain.network.reachability import (
    TOO_HEAVY,
    Wanted,
    never_routable,
    not_routable_now,
)
from services.routing.domain.network.refusal import Refusal
from shared.kernel.errors import Text
from shared.kernel.instants import rfc3339
from shared.kernel.words import words

BEYOND_LIMITS: Final = "beyond_limits"
NO_RATE: Final = "no_rate"

_BEYOND_LIMITS: Final = Text(
    "No way keeps the limits given: the next one ends at {at} after {legs} flights or trucks.",
    "没有符合所给限制的路线：最接近的路线于 {at} 结束，共 {legs} 段。",
)
_WIDEN: Final = Text(
    "Allow for an arrival at {at} and for {legs} legs.",
    "请将到达时限放宽至 {at}，航段数放宽至 {legs}。",
)
_NO_RATE: Final = Text(
    "No rate is known for any connection to {country}.", "前往 {country} 的衔接均无运价。"
)
_ADD_RATE: Final = Text(
    "A rate contract or a last-mile tariff for it would make it routable.",
    "补充运价合同或末端派送费率后即可安排运输。",
)


def refusal_of(request: Request) -> Refusal:
    """The limits of the wish are why only if there is a way beyond them."""
    unlimited = _without_limits(request)
    if unlimited is None:
        return _refusal_of(request)
    return _beyond_limits(request, unlimited) or _refusal_of(unlimited)


def _refusal_of(request: Request) -> Refusal:
    """From what never changes to what changes by the hour: the law, the network, acceptance,
    rates, the timetable, room.
    """
    wanted = _wanted(request)
    law = request.destination_verdict.refusal
    if law is not None:
        return law
    never = never_routable(request.basis.reach, wanted)
    if never is not None:
        return _too_large_apart(request, never) or never
    if not request.last_miles:
        return _no_rate(wanted)
    has_price = request.price >= 0
    is_ready = request.is_ready
    if not exists(request, is_ready & has_price & request.is_accepted):
        if not exists(request, is_ready & request.is_accepted):
            return _not_accepted(request) or _not_now(request, wanted, found_if_empty=False)
        return _no_rate(wanted)
    return _not_now(request, wanted, found_if_empty=True)


def _without_limits(request: Request) -> Request | None:
    """None: the wish has no limits."""
    wish = request.wish
    if wish.latest_arrival_at is None and wish.legs_max == LEGS_MAX:
        return None
    return replace(request, wish=replace(wish, latest_arrival_at=None, legs_max=LEGS_MAX))


def _beyond_limits(request: Request, unlimited: Request) -> Refusal | None:
    """The way that breaks one limit only, if there is one. None: there is none at all."""
    if not unlimited.last_miles:
        return None
    rows = find_front(unlimited.network, unlimited.costs, query_of(unlimited, 0))
    if not rows:
        return None
    row = _nearest(request, rows)
    at, legs = rfc3339(datetime.fromtimestamp(row.arrives_s, UTC)), row.legs
    return Refusal(
        BEYOND_LIMITS,
        words(_BEYOND_LIMITS, at=at, legs=legs),
        words(_WIDEN, at=at, legs=legs),
    )


def _nearest(request: Request, rows: list[FrontRow]) -> FrontRow:
    wish = request.wish
    few = [row for row in rows if row.legs <= wish.legs_max]
    if few:
        return min(few, key=lambda row: row.arrives_s)
    latest = wish.latest_arrival_at
    in_time = [row for row in rows if latest is None or row.arrives_s <= latest.timestamp()]
    return min(in_time or rows, key=lambda row: (row.legs, row.arrives_s))


def _wanted(request: Request) -> Wanted:
    wish = request.wish
    gateways = tuple(gateway.airport for gateway in wish.destination.gateways)
    country = wish.destination.country
    if country is None:
        country = request.basis.airports[gateways[0]].country
    return Wanted(wish.origin, country, gateways, wish.weight_g, wish.volume_cm3)


def _not_accepted(request: Request) -> Refusal | None:
    """Why the first way that the timetable has does not take the goods; None: it has no way."""
    way = earliest_way(request, request.is_ready)
    if way is None:
        return None
    refusals = (request.verdict_of(carriage).refusal for carriage in way.carriages)
    return next((refusal for refusal in refusals if refusal is not None), None)


def _too_large_apart(request: Request, never: Refusal) -> Refusal | None:
    """Splitting a shipment does not help a piece that passes no door on the way. None: it does."""
    if never.code != TOO_HEAVY or exists(request, request.is_ready & request.is_accepted):
        return None
    return _not_accepted(request)


def _no_rate(wanted: Wanted) -> Refusal:
    return Refusal(NO_RATE, words(_NO_RATE, country=wanted.country), words(_ADD_RATE))


def _not_now(request: Request, wanted: Wanted, *, found_if_empty: bool) -> Refusal:
    horizon_s = request.basis.timetable.horizon_s
    return not_routable_now(
        request.basis.reach,
        wanted,
        until=None if horizon_s is None else datetime.fromtimestamp(horizon_s, UTC),
        found_if_empty=found_if_empty,
    )
