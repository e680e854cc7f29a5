"""Options: the ways that goods can go, none of them worse than another in everything.

An option is only offered if every leg takes the goods, has a price and has room for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.routing.domain.acceptance.verdict import Condition, together
from services.routing.domain.emissions.co2e import Emissions, emissions
from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.itineraries.request import Request
from services.routing.domain.itineraries.search import FrontRow, Query, Target, find_front
from services.routing.domain.itineraries.wish import SLACK_CAP_MIN
from services.routing.domain.network.records import Gateway, Mode


@dataclass(frozen=True, slots=True)
class OptionLeg:
    """One flight of an option. `latest_acceptance_at`: until when goods can be handed over for it;
    None: nothing is known of that.
    """

    flight_id: str
    flight_number: str
    carrier: str
    mode: Mode
    vehicle: str
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    latest_acceptance_at: datetime | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Option:
    """`latest_acceptance_at`: until when goods can be handed in. `arrives_at`: at the last airport;
    `delivered_at`: at the door, or from when on they can be collected if an airport is the
    destination. `cost_minor` is in the park's currency, last mile included. `slack_min`: the least
    time to spare at a connection, at most SLACK_CAP_MIN; None: it was not asked for. `carriages`
    are places in the timetable that it was found in.
    """

    legs: tuple[OptionLeg, ...]
    gateway: Gateway
    latest_acceptance_at: datetime
    arrives_at: datetime
    delivered_at: datetime
    cost_minor: int
    emissions: Emissions
    slack_min: int | None
    conditions: tuple[Condition, ...]
    carriages: tuple[int, ...]

    @property
    def flight_ids(self) -> list[str]:
        return [leg.flight_id for leg in self.legs]


def find_options(request: Request, *, slack_cap_min: int = SLACK_CAP_MIN) -> list[Option]:
    """The front over arrival, cost, CO2e, legs and slack, the earliest first."""
    rows = find_front(request.network, request.costs, query_of(request, slack_cap_min))
    return [option_of(request, row) for row in rows]


def query_of(request: Request, slack_cap_min: int, latest_s: int | None = None) -> Query:
    """`latest_s`: at the door, if that is sooner than the wish has it."""
    wish, index = request.wish, request.network.index
    latest_at = wish.latest_arrival_at
    if latest_at is not None:
        own_s = int(latest_at.timestamp())
        latest_s = own_s if latest_s is None else min(own_s, latest_s)
    return Query(
        origin=index[wish.origin],
        ready_s=int(wish.ready_at.timestamp()),
        targets=tuple(
            Target(
                index[last_mile.gateway.airport],
                3_600 * last_mile.gateway.last_mile_h,
                last_mile.cost_minor,
                last_mile.co2e_g,
            )
            for last_mile in request.last_miles
        ),
        legs_max=wish.legs_max,
        latest_arrival_s=latest_s,
        slack_cap_min=slack_cap_min,
    )


def legs_of(request: Request, carriages: Sequence[int]) -> tuple[OptionLeg, ...]:
    made_of = request.basis.timetable.made_of
    flights = [flight for one in carriages for flight in made_of.flights_of(one)]
    return tuple(_legs(request.basis, flights))


def option_of(request: Request, row: FrontRow) -> Option:
    basis, timetable = request.basis, request.basis.timetable
    legs = legs_of(request, row.carriages)
    end = legs[-1].destination
    last_mile = next(one for one in request.last_miles if one.gateway.airport == end)
    classes = timetable.class_of[list(row.carriages)].tolist()
    rates = [rate for number in classes for rate in basis.facts.rates_of(number)]
    if last_mile.rate is not None:
        rates.append(last_mile.rate)
    return Option(
        legs=legs,
        gateway=last_mile.gateway,
        latest_acceptance_at=_instant(request.accepted_until_s(row.carriages[0])),
        arrives_at=legs[-1].arrives_at,
        delivered_at=_instant(row.arrives_s),
        cost_minor=row.price,
        emissions=emissions(basis.factors.method, rates, gross_g=request.wish.weight_g),
        slack_min=row.slack_min,
        conditions=together(*map(request.verdict_of, row.carriages)).conditions,
        carriages=row.carriages,
    )


def _legs(basis: SearchBasis, flights: Sequence[int]) -> Iterator[OptionLeg]:
    columns, copy = basis.timetable.flights, basis.timetable.copy
    for place in flights:
        row = int(columns.of_row[place])
        known = copy.classes[int(columns.leg_class[place])]
        departs_at = _instant(int(columns.departs_s[place]))
        accept_s = int(columns.accept_s[place])
        yield OptionLeg(
            flight_id=copy.ids[row],
            flight_number=copy.numbers[row],
            carrier=known.carrier,
            mode=known.mode,
            vehicle=known.vehicle,
            origin=known.origin,
            destination=known.destination,
            departs_at=departs_at,
            arrives_at=_instant(int(columns.arrives_s[place])),
            latest_acceptance_at=departs_at - timedelta(seconds=accept_s) if accept_s else None,
            synthetic=bool(columns.is_synthetic[place]),
        )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
