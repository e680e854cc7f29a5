"""What a search needs besides flights: it changes with files and rates, hardly ever by the hour."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.routing.domain.acceptance.rules import AcceptanceRules
from services.routing.domain.emissions.factors import EmissionFactors
from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.itineraries.facts import ClassFacts
from services.routing.domain.itineraries.prices import RateTable
from services.routing.domain.itineraries.stations import StationSeconds
from services.routing.domain.itineraries.timetable import Timetable
from services.routing.domain.itineraries.wish import PRODUCTS
from services.routing.domain.network.reachability import Network
from services.routing.domain.network.records import Airport, Store, Vehicle
from services.routing.domain.network.regions import DeliveryRegions
from services.routing.domain.network.station_times import StationTimes
from services.routing.domain.network.times import HandlingTimes
from services.routing.domain.rates.book import RateBook
from services.routing.repository import acceptance, emissions, network
from services.routing.use_cases.rates.book import get_rate_book
from shared.db import Reader


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """`version` names all of it."""

    version: str
    airports: Mapping[str, Airport]
    vehicles: Mapping[str, Vehicle]
    handling: HandlingTimes
    rules: AcceptanceRules
    factors: EmissionFactors
    rates: RateBook
    reach: Network
    regions: DeliveryRegions
    station_times: StationTimes
    stores: Mapping[str, Store]

    def basis(self, timetable: Timetable, before: SearchBasis | None = None) -> SearchBasis:
        """`before`: the basis before it, of the same version: what still holds of it is kept."""
        facts = (
            before.facts
            if before and _has_same_classes(before, timetable)
            else self._facts(timetable)
        )
        prices = (
            before.prices
            if before and _has_same_prices(before, facts, timetable)
            else self._prices(facts, timetable)
        )
        stations = (
            before.stations
            if before and before.facts is facts
            else StationSeconds(self.station_times, facts.classes, self.vehicles)
        )
        return SearchBasis(
            timetable=timetable,
            facts=facts,
            airports=self.airports,
            handling=self.handling,
            rules=self.rules,
            factors=self.factors,
            rates=self.rates,
            prices=prices,
            reach=self.reach,
            regions=self.regions,
            stations=stations,
            stores=self.stores,
        )

    def _facts(self, timetable: Timetable) -> ClassFacts:
        return ClassFacts.of(
            tuple(timetable.classes.all),
            airports=self.airports,
            vehicles=self.vehicles,
            factors=self.factors,
        )

    def _prices(self, facts: ClassFacts, timetable: Timetable) -> dict[str, RateTable]:
        first, last = timetable.days
        return {
            product: RateTable(
                self.rates, [one.key(product) for one in facts.classes], first=first, last=last
            )
            for product in PRODUCTS
        }


def _has_same_classes(before: SearchBasis, timetable: Timetable) -> bool:
    return len(before.facts.classes) == len(timetable.classes)


def _has_same_prices(before: SearchBasis, facts: ClassFacts, timetable: Timetable) -> bool:
    return before.facts is facts and before.timetable.days == timetable.days


async def read_reference(reader: Reader, *, version: str) -> Reference:
    airports = await network.list_airports(reader)
    rules = await acceptance.get_acceptance_rules(reader)
    by_iata = {airport.iata: airport for airport in airports}
    return Reference(
        version=version,
        airports=by_iata,
        vehicles=rules.vehicles,
        handling=await network.get_handling_times(reader),
        rules=rules,
        factors=await emissions.get_emission_factors(reader),
        rates=await get_rate_book(reader, by_iata),
        reach=Network.of(
            routes=await network.list_routes(reader),
            airports=airports,
            places=await network.list_country_places(reader),
        ),
        regions=await network.get_delivery_regions(reader),
        station_times=await network.get_station_times(reader),
        stores={one.store: one for one in await network.list_stores(reader)},
    )
