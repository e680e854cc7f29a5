"""Why other ways are not among the options: what keeps each of them from being one.

A way is looked for that would be an option but for one thing: room, the goods' acceptance, a price,
or the hour at which goods are ready. And of those that could be booked, the first of each departure
is compared with the option that beats it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from services.routing.domain.itineraries.arrays import Flags
from services.routing.domain.itineraries.options import (
    Option,
    OptionLeg,
    legs_of,
    option_of,
    query_of,
)
from services.routing.domain.itineraries.request import Request
from services.routing.domain.itineraries.search import FrontRow, find_earliest, find_front
from services.routing.domain.network.refusal import Refusal
from shared.kernel.errors import Text
from shared.kernel.instants import rfc3339
from shared.kernel.words import words

FELL_OUT_MAX: Final = 30
_OF_EACH_MAX: Final = 8
_DEPARTURES_MAX: Final = 20
_MISSED_AT_MOST: Final = timedelta(days=1)

_NO_ROOM: Final = Text(
    "{flight} has {kg} kg and {dm3} dm³ left.", "{flight} 剩余 {kg} 千克、{dm3} 立方分米。"
)
_LESS: Final = Text("A smaller shipment would fit.", "减小货量即可装载。")
_NO_RATE: Final = Text(
    "No rate contract covers {origin}–{destination} with {carrier} on that day.",
    "当日没有 {carrier} 从 {origin} 到 {destination} 的运价合同。",
)
_ADD_RATE: Final = Text(
    "An operator adds one by PUT /v1/rate-contracts/{{id}}.",
    "请由运营人员通过 PUT /v1/rate-contracts/{{id}} 添加。",
)
_CUT_OFF: Final = Text(
    "Goods for {flight} had to be handed in by {at}, {minutes} min before they are ready.",
    "{flight} 的货物须在 {at} 前交付，比备妥时间早 {minutes} 分钟。",
)
_SOONER: Final = Text("Have the goods ready sooner.", "请提前备妥货物。")
_BEATEN: Final = Text(
    "Option {number} is at least as good in arrival, price, CO2e, legs and slack.",
    "方案 {number} 在到达时间、价格、碳排放、航段数和衔接余量上均不逊色。",
)
_TAKE_IT: Final = Text("Take that option.", "请选择该方案。")


@dataclass(frozen=True, slots=True)
class FellOut:
    legs: tuple[OptionLeg, ...]
    reason: Refusal


def explain(request: Request, options: Sequence[Option]) -> list[FellOut]:
    """At most FELL_OUT_MAX, each way once."""
    known = {option.carriages for option in options}
    found: list[FellOut] = []
    for carriages, reason in _all(request, options):
        if carriages not in known and len(found) < FELL_OUT_MAX:
            known.add(carriages)
            found.append(FellOut(legs_of(request, carriages), reason))
    return found


_Reason = tuple[tuple[int, ...], Refusal]


def _all(request: Request, options: Sequence[Option]) -> Iterator[_Reason]:
    yield from _missed(request)
    yield from _without_room(request)
    yield from _not_accepted(request)
    yield from _without_price(request)
    yield from _beaten(request, options)


def _rows(request: Request, usable: Flags, request_as: Request | None = None) -> list[FrontRow]:
    asked = request_as or request
    costs = asked.costs_of(usable)
    return find_front(asked.network, costs, query_of(asked, 0))


def _without_room(request: Request) -> Iterator[_Reason]:
    timetable = request.basis.timetable
    usable = request.is_accepted & request.is_ready
    for row in _rows(request, usable)[:_OF_EACH_MAX]:
        full = next((one for one in row.carriages if not request.has_room[one]), None)
        if full is not None:
            left_g, left_cm3 = int(timetable.left_g[full]), int(timetable.left_cm3[full])
            yield (
                row.carriages,
                Refusal(
                    "routing.option.no_room",
                    words(
                        _NO_ROOM,
                        flight=_number(request, full),
                        kg=left_g // 1_000,
                        dm3=left_cm3 // 1_000,
                    ),
                    words(_LESS),
                ),
            )


def _not_accepted(request: Request) -> Iterator[_Reason]:
    usable = request.has_room & request.is_ready
    for row in _rows(request, usable)[:_OF_EACH_MAX]:
        for one in row.carriages:
            refusal = request.verdict_of(one).refusal
            if refusal is not None:
                yield row.carriages, refusal
                break


def _without_price(request: Request) -> Iterator[_Reason]:
    unpriced = request.price < 0
    if not unpriced.any():
        return
    usable = request.is_accepted & request.has_room & request.is_ready
    costs = request.network.costs(
        usable=usable,
        price=np.maximum(request.price, 0),
        co2e_g=request.costs.co2e_g,
    )
    for row in find_front(request.network, costs, query_of(request, 0))[:_OF_EACH_MAX]:
        one = next((one for one in row.carriages if unpriced[one]), None)
        if one is not None:
            known = request.basis.timetable.classes.all[int(request.basis.timetable.class_of[one])]
            yield (
                row.carriages,
                Refusal(
                    "routing.option.no_rate",
                    words(
                        _NO_RATE,
                        origin=known.origin,
                        destination=known.destination,
                        carrier=known.carrier,
                    ),
                    words(_ADD_RATE),
                ),
            )


def _missed(request: Request) -> Iterator[_Reason]:
    """Flights of the day before, that goods would have had to be ready sooner for."""
    wish = request.wish
    sooner = replace(wish, ready_at=wish.ready_at - _MISSED_AT_MOST, ready_by={})
    before = Request(request.basis, sooner, request.asked_on)
    usable = request.is_accepted & request.has_room
    net = before.network.carriages
    for row in _rows(before, usable)[:_OF_EACH_MAX]:
        first = row.carriages[0]
        accepted_s = int(net.departs_s[first]) - int(net.accept_s[first])
        late_s = int(wish.ready_at.timestamp()) - accepted_s
        if late_s > 0:
            yield (
                row.carriages,
                Refusal(
                    "routing.option.cut_off_passed",
                    words(
                        _CUT_OFF,
                        flight=_number(request, first),
                        at=rfc3339(datetime.fromtimestamp(accepted_s, UTC)),
                        minutes=-(-late_s // 60),
                    ),
                    words(_SOONER),
                ),
            )


def _beaten(request: Request, options: Sequence[Option]) -> Iterator[_Reason]:
    net, query = request.network.carriages, query_of(request, 0)
    leaves = (net.board >> 1) == query.origin
    usable = request.costs.usable
    departures = np.flatnonzero(leaves & usable & (net.departs_s >= query.ready_s))
    for departure in departures[:_DEPARTURES_MAX].tolist():
        only = usable & ~leaves
        only[departure] = True
        way = find_earliest(
            request.network,
            only,
            origin=query.origin,
            ready_s=query.ready_s,
            targets=query.targets,
            latest_arrival_s=query.latest_arrival_s,
        )
        if way is None:
            continue
        number = _beaten_by(request, way.carriages, way.arrives_s, options)
        if number is not None:
            reason = Refusal(
                "routing.option.beaten", words(_BEATEN, number=number), words(_TAKE_IT)
            )
            yield way.carriages, reason


def _beaten_by(
    request: Request, carriages: tuple[int, ...], arrives_s: int, options: Sequence[Option]
) -> int | None:
    """The number of an option, from 1, that is at least as good in everything."""
    one = option_of(request, request.row_of(carriages, arrives_s))
    for number, option in enumerate(options, start=1):
        if (
            option.delivered_at <= one.delivered_at
            and option.cost_minor <= one.cost_minor
            and option.emissions.wtw_g <= one.emissions.wtw_g
            and len(option.legs) <= len(one.legs)
            and (option.slack_min or 0) >= (one.slack_min or 0)
        ):
            return number
    return None


def _number(request: Request, carriage: int) -> str:
    return legs_of(request, (carriage,))[0].flight_number
