"""Distances on the globe."""

import math
from dataclasses import dataclass
from typing import Final

_ROAD_FACTOR: Final = 1.25
"""Roads are about a quarter longer than the great circle: the factor of the network's made-up road
legs."""


@dataclass(frozen=True, slots=True)
class Place:
    latitude_deg: float
    longitude_deg: float


def great_circle_km(a: Place, b: Place) -> float:
    """Haversine on a sphere of 6,371 km."""
    phi_a, phi_b = math.radians(a.latitude_deg), math.radians(b.latitude_deg)
    half_phi = (phi_b - phi_a) / 2
    half_lambda = math.radians(b.longitude_deg - a.longitude_deg) / 2
    chord = math.sin(half_phi) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lambda) ** 2
    # Rounding may lift it above 1 for places that face each other through the centre.
    return 2 * 6_371 * math.asin(math.sqrt(min(1.0, chord)))


def road_km(a: Place, b: Place) -> int:
    """By road, if there is one: a planning value."""
    return round(great_circle_km(a, b) * _ROAD_FACTOR)
