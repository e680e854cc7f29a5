"""What a vehicle carries how far, and routes that ask more of it than that."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from services.routing.domain.network.geo import Place, great_circle_km
from services.routing.domain.network.records import Airport, Route, Vehicle


def payload_kg_at(vehicle: Vehicle, distance_km: float) -> int:
    """The most it can carry on a nonstop leg of that length; 0: it cannot go that far.

    Two points of the payload-range diagram, and a straight line from one to the other. The real
    curve bulges above that line, so the estimate is on the safe side.
    """
    if distance_km <= vehicle.range_km:
        return vehicle.payload_kg
    if distance_km >= vehicle.range_max_km:
        return 0
    left = (vehicle.range_max_km - distance_km) / (vehicle.range_max_km - vehicle.range_km)
    return int(vehicle.payload_kg * left)


def legs_of(route: Route) -> list[tuple[str, str]]:
    """The nonstop legs, as pairs of airports."""
    return list(pairwise([route.origin, *route.via, route.destination]))


def impossible_routes(
    routes: Sequence[Route], vehicles: Sequence[Vehicle], airports: Sequence[Airport]
) -> Iterator[str]:
    """One line for each route that its vehicle cannot fly or drive, or whose airports are unknown.

    Legs by air are measured along the great circle, ways by road as the route says.
    """
    types = {vehicle.vehicle: vehicle for vehicle in vehicles}
    places = {a.iata: Place(a.latitude_deg, a.longitude_deg) for a in airports}
    for route in routes:
        vehicle = types.get(route.vehicle)
        if vehicle is None:
            yield f"{route.id}: no vehicle is called {route.vehicle}"
        elif vehicle.mode != route.mode:
            yield f"{route.id}: {vehicle.vehicle} does not go by {route.mode}"
        elif unknown := {stop for leg in legs_of(route) for stop in leg} - places.keys():
            yield f"{route.id}: {', '.join(sorted(unknown))} is no known airport"
        else:
            yield from _too_much(route, vehicle, places)


def _too_much(route: Route, vehicle: Vehicle, places: Mapping[str, Place]) -> Iterator[str]:
    for start, end in legs_of(route):
        km = route.distance_km
        if route.mode == "air":
            km = round(great_circle_km(places[start], places[end]))
        most_kg = payload_kg_at(vehicle, km)
        if most_kg == 0:
            yield f"{route.id}: {start}-{end} has {km} km, {vehicle.vehicle} reaches not that far"
        elif route.payload_kg > most_kg:
            yield f"{route.id}: {vehicle.vehicle} carries {most_kg} kg on the {km} km {start}-{end}"
