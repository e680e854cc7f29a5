"""All that a search needs besides the wish, of one moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.routing.domain.acceptance.rules import AcceptanceRules
from services.routing.domain.emissions.factors import EmissionFactors
from services.routing.domain.itineraries.facts import ClassFacts
from services.routing.domain.itineraries.prices import RateTable
from services.routing.domain.itineraries.stations import StationSeconds
from services.routing.domain.itineraries.timetable import Timetable
from services.routing.domain.network.reachability import Network
from services.routing.domain.network.records import Airport, Store
from services.routing.domain.network.regions import DeliveryRegions
from services.routing.domain.network.times import HandlingTimes
from services.routing.domain.rates.book import RateBook


@dataclass(frozen=True, slots=True, eq=False)
class SearchBasis:
    """`prices` by product. `stores` by code. `reach`: what the routes could ever
    reach, whatever the timetable says now.
    """

    timetable: Timetable
    facts: ClassFacts
    airports: Mapping[str, Airport]
    handling: HandlingTimes
    rules: AcceptanceRules
    factors: EmissionFactors
    rates: RateBook
    prices: Mapping[str, RateTable]
    reach: Network
    regions: DeliveryRegions
    stations: StationSeconds
    stores: Mapping[str, Store]

    @property
    def state(self) -> tuple[str, int]:
        """Names it: equal states, equal searches, but for the room on flights."""
        return self.timetable.state
