"""Many shipments on many days at once: for each the way that a booking would take, and its cost.

A shipment is weighed against the timetable once for all its days, and of a way only what is asked
for is worked out: when it arrives, what it costs, by which flights.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

from services.routing.domain.acceptance.pieces import verdict_on_pieces
from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.itineraries.choosing import booking_row
from services.routing.domain.itineraries.options import query_of
from services.routing.domain.itineraries.request import Request
from services.routing.domain.itineraries.search import FrontRow
from services.routing.domain.itineraries.weighing import Judgement
from services.routing.domain.itineraries.wish import Wish

_DAY_S: Final = 24 * 60 * 60


class SharedJudgements:
    """Of shipments that acceptance cannot tell apart one judgement is worked out.

    It sees of pieces what each vehicle makes of them; and how heavy they are only where it looks
    for limits of dangerous goods and handling codes.
    """

    def __init__(self, basis: SearchBasis) -> None:
        self._basis = basis
        self._vehicles = sorted({leg.vehicle for leg in basis.facts.judged})
        self._kept: dict[Hashable, Judgement] = {}

    def request(self, wish: Wish, asked_on: date) -> Request:
        key = self._key(wish)
        request = Request(self._basis, wish, asked_on, judged=self._kept.get(key))
        self._kept[key] = request.judgement
        return request

    def _key(self, wish: Wish) -> Hashable:
        goods, vehicles = wish.goods, self._basis.rules.vehicles
        has_limits = bool(goods.dangerous_goods or goods.all_handling_codes)
        return (
            wish.ready_at.date(),
            replace(goods, pieces=()),
            goods.all_handling_codes,
            goods.heaviest_g if has_limits else 0,
            tuple(verdict_on_pieces(goods.pieces, one, vehicles) for one in self._vehicles),
        )


@dataclass(frozen=True, slots=True)
class DayWay:
    """`cost_minor` in the park's currency, the last mile included. `accepted_until`: the latest
    hand-over.
    """

    delivered_at: datetime
    cost_minor: int
    wtw_g: int
    flight_ids: tuple[str, ...]
    departs_at: datetime
    accepted_until: datetime

    @property
    def last_call(self) -> datetime:
        """Goods that are ready by then can go this way."""
        return self.accepted_until


def ways_by_day(request: Request, days: int) -> Iterator[tuple[datetime, DayWay | None]]:
    """For goods that are ready at the same hour of so many days. None: there is no way."""
    query = query_of(request, 0)
    way: DayWay | None = None
    for day in range(days):
        ready_s = query.ready_s + day * _DAY_S
        ready_at = _instant(ready_s)
        # What is still to be had is also the best of the days before: fewer ways are left by then.
        if way is None or way.last_call < ready_at:
            row = booking_row(request, replace(query, ready_s=ready_s)) if query.targets else None
            way = None if row is None else _way(request, row)
        yield ready_at, way


def _way(request: Request, row: FrontRow) -> DayWay:
    timetable = request.basis.timetable
    flights = timetable.flights
    legs = [leg for carriage in row.carriages for leg in timetable.made_of.flights_of(carriage)]
    departs_at = _instant(int(flights.departs_s[legs[0]]))
    return DayWay(
        delivered_at=_instant(row.arrives_s),
        cost_minor=row.price,
        wtw_g=row.co2e_g,
        flight_ids=tuple(timetable.copy.ids[int(flights.of_row[leg])] for leg in legs),
        departs_at=departs_at,
        accepted_until=_instant(request.accepted_until_s(row.carriages[0])),
    )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
