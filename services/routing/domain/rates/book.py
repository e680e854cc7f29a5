"""All that prices are made of at one moment, and which contract counts for a carriage."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from services.routing.domain.network.geo import Place, great_circle_km
from services.routing.domain.network.records import Airport, Mode
from services.routing.domain.rates.charge import Charge, Consignment, charge
from services.routing.domain.rates.contract import ANY, RateContract
from services.routing.domain.rates.exchange import ExchangeRate, ExchangeRates
from services.routing.domain.rates.last_mile import LastMileTariff
from services.routing.domain.rates.margins import Margin
from shared.kernel.errors import Conflict, Text


@dataclass(frozen=True, slots=True)
class CarriageKey:
    """What a rate depends on besides the day: carriages that agree in it have the same price."""

    carrier: str
    product: str
    origin: str
    destination: str
    mode: Mode
    vehicle: str


@dataclass(frozen=True, slots=True)
class CarriageCost:
    """A charge, and what it is in the park's currency."""

    key: CarriageKey
    charge: Charge
    exchange: ExchangeRate
    cost_minor: int


class NoRateContract(Conflict):
    code = "routing.no_rate_contract"
    text = Text(
        "No rate contract of {carrier} covers {origin}–{destination} by {mode} on {day}.",
        "{day} 没有承运人 {carrier} 从 {origin} 到 {destination}（{mode}）的运价合同。",
    )
    fix = Text(
        "Choose another day or way; an operator adds contracts by PUT /v1/rate-contracts/{{id}}.",
        "请选择其他日期或路径；运营人员可通过 PUT /v1/rate-contracts/{{id}} 添加合同。",
    )


class RateBook:
    """Never changes: another version is another book. `version` names what it was made of besides
    the airports.
    """

    __slots__ = ("_by_lane", "airports", "exchange_rates", "last_mile", "margins", "version")

    def __init__(
        self,
        *,
        version: str,
        contracts: Iterable[RateContract],
        exchange_rates: Iterable[ExchangeRate],
        last_mile: Sequence[LastMileTariff],
        margins: Sequence[Margin],
        airports: Mapping[str, Airport],
    ) -> None:
        self.version = version
        self.exchange_rates = ExchangeRates(exchange_rates)
        self.last_mile = last_mile
        self.margins = margins
        self.airports = airports
        self._by_lane: dict[tuple[str, ...], list[RateContract]] = {}
        for one in contracts:
            lane = (one.mode, one.carrier, one.product, one.destination, one.origin, one.vehicle)
            self._by_lane.setdefault(lane, []).append(one)

    def contracts_of(self, key: CarriageKey) -> list[RateContract]:
        """Those that fit on some day, the most specific first."""
        distance_km = self._distance_km(key)
        found = [
            one
            for lane in self._lanes(key)
            for one in self._by_lane.get(lane, ())
            if one.holds_at(distance_km)
        ]
        # The id decides between two that are alike in everything else.
        return sorted(found, key=lambda one: (one.specificity, one.id), reverse=True)

    def contract_of(self, key: CarriageKey, on: date) -> RateContract:
        """`on`: the local day of departure. Raises NoRateContract."""
        found = next((one for one in self.contracts_of(key) if one.holds_on(on)), None)
        if found is None:
            raise NoRateContract(
                carrier=key.carrier,
                origin=key.origin,
                destination=key.destination,
                mode=key.mode,
                day=on.isoformat(),
            )
        return found

    def cost_of(
        self, key: CarriageKey, goods: Consignment, *, departs_on: date, asked_on: date
    ) -> CarriageCost:
        """The contract is that of the day of departure, the exchange rate that of the day of the
        question. Raises NoRateContract, NoExchangeRate.
        """
        charged = charge(self.contract_of(key, departs_on), goods)
        exchange = self.exchange_rates.get(charged.currency, asked_on)
        return CarriageCost(key, charged, exchange, exchange.convert(charged.total_minor))

    def _lanes(self, key: CarriageKey) -> Iterator[tuple[str, ...]]:
        return product(
            (key.mode,),
            (key.carrier, ANY),
            (key.product, ANY),
            self._places(key.destination),
            self._places(key.origin),
            (key.vehicle, ANY),
        )

    def _places(self, iata: str) -> tuple[str, ...]:
        """What a contract may call the airport."""
        airport = self.airports.get(iata)
        return (iata, ANY) if airport is None else (iata, airport.country, ANY)

    def _distance_km(self, key: CarriageKey) -> int | None:
        """None: one of the two is not known, so only contracts for any distance fit."""
        origin, destination = self.airports.get(key.origin), self.airports.get(key.destination)
        if origin is None or destination is None:
            return None
        return round(great_circle_km(_place(origin), _place(destination)))


def _place(airport: Airport) -> Place:
    return Place(airport.latitude_deg, airport.longitude_deg)
