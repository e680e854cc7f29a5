"""How far it is from one place to another along the great circle."""

import math
from typing import Final

_EARTH_RADIUS_KM: Final = 6371.0

# Latitude and longitude in degrees.
Position = tuple[float, float]


def great_circle_km(from_: Position, to: Position) -> float:
    """Haversine on a sphere of 6,371 km."""
    lat1, lat2 = math.radians(from_[0]), math.radians(to[0])
    lon1, lon2 = math.radians(from_[1]), math.radians(to[1])
    chord = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))
