"""Why there is no itinerary, and what would make one: the typed refusal behind `unroutable`.

Works on routes (what is ever flown), not on flights; the search itself is in timetable.py.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.routing.domain.schedule import CUBIC_CM_PER_KG, Route

NO_SERVICE: Final = "no_service"
TOO_HEAVY: Final = "too_heavy"
NO_DEPARTURE: Final = "no_departure"
NO_CAPACITY: Final = "no_capacity"

_GATEWAYS_NAMED: Final = 3


@dataclass(frozen=True)
class Place:
    latitude_deg: float
    longitude_deg: float


@dataclass(frozen=True)
class Refusal:
    """`code` is stable; `reason` says why, `remedy` what would help. Texts are English."""

    code: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Network:
    """All routes, with where airports and countries lie."""

    routes: Sequence[Route]
    airports: Mapping[str, Place]
    airports_of: Mapping[str, Collection[str]]
    countries: Mapping[str, Place]

    def destinations(self, country: str) -> Collection[str]:
        return self.airports_of.get(country, ())

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


@dataclass(frozen=True)
class Wanted:
    """The shipment that found no way."""

    origin: str
    country: str
    weight_g: int
    volume_cm3: int

    @property
    def size(self) -> str:
        return f"{self.weight_g / 1_000:g} kg and {self.volume_cm3 / 1_000:g} dm³"


def never_routable(network: Network, wanted: Wanted) -> Refusal | None:
    """Why no timetable over these routes could help; None if one could."""
    widest = network.widest_kg(wanted.origin)
    ends = [widest[iata] for iata in network.destinations(wanted.country) if iata in widest]
    if not ends:
        return _no_service(network, wanted, widest)
    most_kg = max(ends)
    most_cm3 = most_kg * CUBIC_CM_PER_KG
    if wanted.weight_g <= most_kg * 1_000 and wanted.volume_cm3 <= most_cm3:
        return None
    return Refusal(
        TOO_HEAVY,
        f"No single flight on the way to {wanted.country} carries {wanted.size}.",
        f"Split the order: up to {most_kg} kg and {most_cm3 // 1_000} dm³ per shipment would be"
        " routable.",
    )


def not_routable_now(
    network: Network, wanted: Wanted, *, until: datetime | None, found_if_empty: bool
) -> Refusal:
    """Why this timetable does not help. `found_if_empty`: it would if nothing else were booked."""
    widest = network.widest_kg(wanted.origin)
    ends = ", ".join(sorted(e for e in network.destinations(wanted.country) if e in widest))
    horizon = f"{until:%Y-%m-%d %H:%M} UTC" if until else "now"
    if not found_if_empty:
        return Refusal(
            NO_DEPARTURE,
            f"The timetable up to {horizon} has no connection from {wanted.origin} to {ends}.",
            "It becomes routable as soon as the timetable shows a later connection.",
        )
    return Refusal(
        NO_CAPACITY,
        f"Every connection from {wanted.origin} to {ends} up to {horizon} is full for"
        f" {wanted.size}.",
        f"An additional flight to {ends}, or a smaller shipment, would make it routable.",
    )


def _no_service(network: Network, wanted: Wanted, widest: Mapping[str, int]) -> Refusal:
    gateways = _nearest(network, wanted.country, widest)
    come_from = f"A leg from {gateways}" if gateways else "A leg"
    return Refusal(
        NO_SERVICE,
        f"No leg of the timetable reaches {wanted.country}.",
        f"{come_from} to an airport in {wanted.country} would make it routable.",
    )


def _nearest(network: Network, country: str, reachable: Collection[str]) -> str:
    """The reachable airports nearest to the country, as words; empty if it lies nowhere."""
    place = network.countries.get(country)
    if place is None:
        return ""
    near = sorted(
        (iata for iata in reachable if iata in network.airports),
        key=lambda iata: (great_circle_km(network.airports[iata], place), iata),
    )[:_GATEWAYS_NAMED]
    return " or ".join([", ".join(near[:-1]), near[-1]] if len(near) > 1 else near)


def great_circle_km(a: Place, b: Place) -> float:
    """Haversine on a sphere of 6,371 km."""
    phi_a, phi_b = math.radians(a.latitude_deg), math.radians(b.latitude_deg)
    half_phi = (phi_b - phi_a) / 2
    half_lambda = math.radians(b.longitude_deg - a.longitude_deg) / 2
    chord = math.sin(half_phi) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lambda) ** 2
    return 2 * 6_371 * math.asin(math.sqrt(chord))
