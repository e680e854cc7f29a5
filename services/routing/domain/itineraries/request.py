"""A wish, weighed against the timetable of one moment: what each carriage means for its goods."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

import numpy as np

from services.routing.domain.acceptance.verdict import Verdict
from services.routing.domain.acceptance.verdicts import verdict_on_destination
from services.routing.domain.emissions.co2e import leg_co2e_g
from services.routing.domain.emissions.factors import LegRate
from services.routing.domain.itineraries.arrays import Costs, Flags, Ints
from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.itineraries.network import Network
from services.routing.domain.itineraries.search import FrontRow
from services.routing.domain.itineraries.timetable import MODE_INDEX
from services.routing.domain.itineraries.weighing import Judgement, co2e_g_by_class
from services.routing.domain.itineraries.wish import SLACK_CAP_MIN, Wish
from services.routing.domain.network.records import Gateway
from services.routing.domain.rates.charge import Consignment as Weight
from services.routing.domain.rates.exchange import NoExchangeRate
from services.routing.domain.rates.last_mile import (
    NoLastMileTariff,
    last_mile_charge,
    last_mile_tariff,
)


@dataclass(frozen=True, slots=True)
class LastMile:
    """From a gateway to the door, in the park's currency. `rate` None: there is no way to go."""

    gateway: Gateway
    cost_minor: int
    rate: LegRate | None
    co2e_g: int


@dataclass(frozen=True, eq=False)
class Request:
    """One wish on one basis. Parts are worked out when they are first asked for. `judged`: the
    judgement on these goods, if it has been worked out before.
    """

    basis: SearchBasis
    wish: Wish
    asked_on: date
    judged: Judgement | None = None

    @cached_property
    def network(self) -> Network:
        """With the times of the stations for these goods. From a gateway on, availability is part
        of import clearance.
        """
        network, class_of = self.basis.timetable.network, self.basis.timetable.class_of
        wish = self.wish
        before_s, after_s = self.basis.stations.of(wish.product, wish.goods.all_handling_codes)
        accept_s, avail_s = network.carriages.accept_s, network.carriages.avail_s
        if wish.is_handed_in:
            accept_s = np.maximum(accept_s, before_s[class_of])
        else:
            accept_s = np.zeros_like(accept_s)
        if wish.destination.country is None:
            avail_s = after_s[class_of]
        return network.with_station_times(accept_s=accept_s, avail_s=avail_s)

    @cached_property
    def departs_on(self) -> Ints:
        """Local day of departure of each carriage, as an ordinal."""
        timetable = self.basis.timetable
        return timetable.flights.departs_on[timetable.made_of.boarded]

    @cached_property
    def judgement(self) -> Judgement:
        """For all days of the timetable from the one on which the goods are ready."""
        if self.judged is not None:
            return self.judged
        first = self.wish.ready_at.date() - timedelta(days=1)
        horizon = int(self.departs_on.max(initial=first.toordinal()))
        last = max(first, date.fromordinal(horizon))
        return Judgement.of(self.basis.facts, self.basis.rules, self.wish.goods, first, last)

    @cached_property
    def is_accepted(self) -> Flags:
        return self.judgement.usable(self.basis.timetable.class_of, self.departs_on)

    def verdict_of(self, carriage: int) -> Verdict:
        class_of = self.basis.timetable.class_of
        return self.judgement.verdict(int(class_of[carriage]), int(self.departs_on[carriage]))

    def accepted_until_s(self, carriage: int) -> int:
        """Until when goods can be handed in for it."""
        net = self.network.carriages
        return int(net.departs_s[carriage]) - int(net.accept_s[carriage])

    @cached_property
    def has_room(self) -> Flags:
        return self.basis.timetable.has_room(
            weight_g=self.wish.weight_g, volume_cm3=self.wish.volume_cm3
        )

    @cached_property
    def price(self) -> Ints:
        """Of each carriage in the park's currency; below 0: not known."""
        timetable = self.basis.timetable
        return self.basis.prices[self.wish.product].costs(
            self.weight, timetable.class_of, self.departs_on, asked_on=self.asked_on
        )

    @property
    def weight(self) -> Weight:
        wish = self.wish
        codes = wish.goods.all_handling_codes
        return Weight(gross_g=wish.weight_g, volume_cm3=wish.volume_cm3, handling_codes=codes)

    @cached_property
    def is_ready(self) -> Flags:
        """Goods on their way leave by one mode sooner than by another."""
        network, wish = self.network, self.wish
        board = network.carriages.board
        is_ready = np.ones(len(board), np.bool_)
        for mode, at in wish.ready_by.items():
            here = 2 * network.index[wish.origin] + MODE_INDEX[mode]
            too_early = network.carriages.departs_s < int(at.timestamp())
            is_ready &= (board != here) | ~too_early
        return is_ready

    @cached_property
    def costs(self) -> Costs:
        return self.costs_of(self.is_accepted & self.has_room & self.is_ready)

    def costs_of(self, usable: Flags) -> Costs:
        class_of = self.basis.timetable.class_of
        co2e_g = co2e_g_by_class(self.basis.facts, self.wish.weight_g)[class_of]
        return self.network.costs(
            usable=usable & (self.price >= 0), price=self.price, co2e_g=co2e_g
        )

    @cached_property
    def destination_verdict(self) -> Verdict:
        """Whether the goods may go to that country at all, whichever way."""
        wish, airports = self.wish, self.basis.airports
        country = wish.destination.country
        if country is None:
            country = airports[wish.destination.gateways[0].airport].country
        return verdict_on_destination(
            self.basis.rules,
            wish.goods,
            origin=airports[wish.origin].country,
            destination=country,
            on=wish.ready_at.date(),
        )

    @cached_property
    def last_miles(self) -> list[LastMile]:
        """Of every gateway that the timetable knows, and from which the way to the door has a
        price.
        """
        found = []
        for gateway in self.wish.destination.gateways:
            if gateway.airport not in self.network.index:
                continue
            try:
                found.append(self._last_mile(gateway))
            except (NoLastMileTariff, NoExchangeRate):
                continue
        return found

    def _last_mile(self, gateway: Gateway) -> LastMile:
        """Raises NoLastMileTariff, NoExchangeRate."""
        destination = self.wish.destination
        if destination.country is None:
            return LastMile(gateway, 0, None, 0)
        tariff = last_mile_tariff(
            self.basis.rates.last_mile,
            country=destination.country,
            postal_code=destination.postal_code,
            gateway=gateway.airport,
            on=self.asked_on,
        )
        charge = last_mile_charge(tariff, self.weight)
        exchange = self.basis.rates.exchange_rates.get(tariff.currency, self.asked_on)
        rate = self.basis.factors.rate("van", distance_m=gateway.road_km * 1_000)
        return LastMile(
            gateway,
            exchange.convert(charge.amount_minor),
            rate,
            leg_co2e_g(self.wish.weight_g, rate.wtw_ug_per_g),
        )

    def row_of(self, carriages: tuple[int, ...], arrives_s: int) -> FrontRow:
        """Any way as a row of a front: with what it costs and emits, last mile included."""
        net = self.network
        end = int(net.carriages.alight[carriages[-1]]) >> 1
        last_mile = next(one for one in self.last_miles if net.index[one.gateway.airport] == end)
        places = list(carriages)
        return FrontRow(
            arrives_s=arrives_s,
            price=int(self.costs.price[places].sum()) + last_mile.cost_minor,
            co2e_g=int(self.costs.co2e_g[places].sum()) + last_mile.co2e_g,
            legs=int(net.carriages.legs[places].sum()),
            slack_min=self._slack_min(carriages),
            carriages=carriages,
        )

    def _slack_min(self, carriages: tuple[int, ...]) -> int:
        net, spare = self.network, SLACK_CAP_MIN
        for before, after in pairwise(carriages):
            ready_s = int(net.carriages.arrives_s[before]) + int(
                net.transfer_s[net.carriages.alight[before], net.carriages.board[after] & 1]
            )
            spare = min(spare, (int(net.carriages.departs_s[after]) - ready_s) // 60)
        return spare
