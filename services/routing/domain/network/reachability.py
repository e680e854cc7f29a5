"""Why there is no itinerary, and what would make one possible: the refusal behind `unroutable`.

Works on routes (what is ever flown), not on flights; the search itself is in timetable.py.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from services.routing.domain.network.geo import Place, great_circle_km
from services.routing.domain.network.records import (
    CUBIC_CM_PER_KG,
    Airport,
    CountryPlace,
    Route,
)
from services.routing.domain.network.refusal import Refusal
from shared.kernel.errors import Text
from shared.kernel.instants import rfc3339
from shared.kernel.words import either, words

NO_SERVICE: Final = "no_service"
TOO_HEAVY: Final = "too_heavy"
NO_DEPARTURE: Final = "no_departure"
NO_CAPACITY: Final = "no_capacity"
NEVER: Final = frozenset({NO_SERVICE, TOO_HEAVY})
"""Whatever the timetable says."""

_GATEWAYS_NAMED: Final = 3


_TOO_HEAVY: Final = Text(
    "No single flight on the way to {country} carries {kg} kg and {dm3} dm³.",
    "前往 {country} 的途中没有单个航班可运载 {kg} 千克、{dm3} 立方分米。",
)
_SPLIT: Final = Text(
    "Split the order: up to {most_kg} kg and {most_dm3} dm³ per shipment would be routable.",
    "请拆分订单：每票不超过 {most_kg} 千克、{most_dm3} 立方分米即可安排运输。",
)
_NO_TIMETABLE: Final = Text(
    "The timetable has no connection from {origin} to {ends} now.",
    "目前航班时刻中没有从 {origin} 到 {ends} 的衔接。",
)
_NO_DEPARTURE: Final = Text(
    "The timetable up to {horizon} has no connection from {origin} to {ends}.",
    "截至 {horizon} 的航班时刻中没有从 {origin} 到 {ends} 的衔接。",
)
_LATER: Final = Text(
    "It becomes routable as soon as the timetable shows a later connection.",
    "航班时刻出现更晚的衔接后即可安排运输。",
)
_FULL: Final = Text(
    "Every connection from {origin} to {ends} up to {horizon} is full for {kg} kg and {dm3} dm³.",
    "截至 {horizon}，从 {origin} 到 {ends} 的所有衔接均无 {kg} 千克、{dm3} 立方分米的余舱。",
)
_MORE_ROOM: Final = Text(
    "An additional flight to {ends}, or a smaller shipment, would make it routable.",
    "增加前往 {ends} 的航班或减小货量即可安排运输。",
)
_NO_SERVICE: Final = Text(
    "No leg of the timetable reaches {country}.", "航班时刻中没有通达 {country} 的航段。"
)
_NEEDS_LEG: Final = Text(
    "A leg to an airport in {country} would make it routable.",
    "开通前往 {country} 机场的航段即可安排运输。",
)
_NEEDS_LEG_FROM: Final = Text(
    "A leg from {gateways} to an airport in {country} would make it routable.",
    "从 {gateways} 开通前往 {country} 机场的航段即可安排运输。",
)


@dataclass(frozen=True, slots=True)
class Network:
    """All routes, with where airports and countries lie."""

    routes: Sequence[Route]
    airports: Mapping[str, Place]
    countries: Mapping[str, Place]

    @classmethod
    def of(
        cls,
        *,
        routes: Sequence[Route],
        airports: Iterable[Airport],
        places: Iterable[CountryPlace],
    ) -> "Network":
        located: dict[str, Place] = {}
        for airport in airports:
            located[airport.iata] = Place(airport.latitude_deg, airport.longitude_deg)
        countries = {p.country: Place(p.latitude_deg, p.longitude_deg) for p in places}
        return cls(routes, located, countries)

    def widest_kg(self, origin: str) -> dict[str, int]:
        """Airport -> the most kilograms one shipment may have to get there; unreachable: absent."""
        legs: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for route in self.routes:
            legs[route.origin].append((route.destination, route.payload_kg))
        widest: dict[str, int] = {}
        queue = [(origin, max((route.payload_kg for route in self.routes), default=0))]
        while queue:
            place, width = queue.pop()
            if widest.get(place, 0) >= width:
                continue
            widest[place] = width
            queue += [(end, min(width, payload)) for end, payload in legs[place]]
        widest.pop(origin, None)
        return widest


@dataclass(frozen=True, slots=True)
class Wanted:
    """The shipment that found no way. `gateways`: airports where it may end."""

    origin: str
    country: str
    gateways: tuple[str, ...]
    weight_g: int
    volume_cm3: int

    @property
    def size(self) -> dict[str, str]:
        """For a text: kilograms and cubic decimetres."""
        return {"kg": _thousandths(self.weight_g), "dm3": _thousandths(self.volume_cm3)}


def _thousandths(number: int) -> str:
    """Every digit of it: 102000001 is `102000.001`, 500 is `0.5`."""
    return f"{Decimal(number) / 1_000:f}"


def never_routable(network: Network, wanted: Wanted) -> Refusal | None:
    """Why no timetable of these routes could carry it; None if one could."""
    widest = network.widest_kg(wanted.origin)
    ends = [widest[iata] for iata in wanted.gateways if iata in widest]
    if not ends:
        return _no_service(network, wanted, widest)
    most_kg = max(ends)
    most_cm3 = most_kg * CUBIC_CM_PER_KG
    if wanted.weight_g <= most_kg * 1_000 and wanted.volume_cm3 <= most_cm3:
        return None
    return Refusal(
        TOO_HEAVY,
        words(_TOO_HEAVY, country=wanted.country, **wanted.size),
        words(_SPLIT, most_kg=most_kg, most_dm3=most_cm3 // 1_000),
    )


def not_routable_now(
    network: Network, wanted: Wanted, *, until: datetime | None, found_if_empty: bool
) -> Refusal:
    """Why this timetable has no way. `found_if_empty`: it would have one if nothing were booked."""
    widest = network.widest_kg(wanted.origin)
    ends = either(sorted(e for e in wanted.gateways if e in widest))
    place: dict[str, object] = {"origin": wanted.origin, "ends": ends}
    if until is None:
        return Refusal(NO_DEPARTURE, words(_NO_TIMETABLE, **place), words(_LATER))
    place["horizon"] = rfc3339(until)
    if not found_if_empty:
        return Refusal(NO_DEPARTURE, words(_NO_DEPARTURE, **place), words(_LATER))
    return Refusal(NO_CAPACITY, words(_FULL, **place, **wanted.size), words(_MORE_ROOM, ends=ends))


def _no_service(network: Network, wanted: Wanted, widest: Mapping[str, int]) -> Refusal:
    country, gateways = wanted.country, _nearest(network, wanted.country, widest)
    fix = words(_NEEDS_LEG, country=country)
    if gateways:
        fix = words(_NEEDS_LEG_FROM, country=country, gateways=either(gateways))
    return Refusal(NO_SERVICE, words(_NO_SERVICE, country=country), fix)


def _nearest(network: Network, country: str, reachable: Collection[str]) -> list[str]:
    """The reachable airports nearest to the country; none if it lies nowhere."""
    place = network.countries.get(country)
    if place is None:
        return []
    return sorted(
        (iata for iata in reachable if iata in network.airports),
        key=lambda iata: (great_circle_km(network.airports[iata], place), iata),
    )[:_GATEWAYS_NAMED]
