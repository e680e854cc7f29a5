"""What could be done instead, when there is no way for all of the goods as they are wished for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Final

import numpy as np

from services.routing.domain.itineraries.options import Option, find_options
from services.routing.domain.itineraries.request import Request
from services.routing.domain.itineraries.splitting import split
from services.routing.domain.itineraries.wish import EXPRESS, GENERAL, PRODUCTS, at_airport
from services.routing.domain.network.geo import Place, road_km
from shared.kernel.errors import Text
from shared.kernel.instants import rfc3339
from shared.kernel.words import Words, words

GATEWAYS_MAX: Final = 3
_NEAREST: Final = 5
"""How many airports of the country, and how many of all, are looked at."""


class AlternativeCode(StrEnum):
    LATER = "later"
    SPLIT = "split"
    OTHER_PRODUCT = "other_product"
    OTHER_GATEWAY = "other_gateway"


_LATER: Final = Text(
    "It can be there at {at}, later than wished.", "最早可于 {at} 送达，晚于要求的时间。"
)
_SPLIT: Final = Text(
    "In {parts} parts: there is room for one of {kg} kg and {dm3} dm³ now.",
    "拆分为 {parts} 票：目前有一票 {kg} 千克、{dm3} 立方分米的舱位。",
)
_BY_PRODUCT: Final = {
    GENERAL: Text("As general cargo there is a way.", "改用普货产品即可安排运输。"),
    EXPRESS: Text("As express cargo there is a way.", "改用快件产品即可安排运输。"),
}
_OTHER_GATEWAY: Final = Text(
    "It can be handed over at {airport} ({city}, {country}), about {km} km from {place} if there is"
    " a road.",
    "可在 {airport}（{city}，{country}）交货，如有公路，距 {place} 约 {km} 公里。",
)


@dataclass(frozen=True, slots=True)
class Alternative:
    """`weight_g` and `volume_cm3`: of what goes by `option`, one of `parts`. `road_km`: from the
    place of hand-over to the nearest gateway of the destination.
    """

    code: AlternativeCode
    detail: Words
    option: Option
    product: str
    weight_g: int
    volume_cm3: int
    parts: int = 1
    road_km: int | None = None


def find_alternatives(request: Request, *, has_whole_pieces: bool) -> list[Alternative]:
    """For a request without an option, each with the earliest option it has. None for goods that
    may not go to that country at all. `has_whole_pieces`: its pieces cannot be packed anew.
    """
    if not request.destination_verdict.is_allowed or not request.wish.weight_g:
        return []
    return [
        *_later(request),
        *_split(request, has_whole_pieces=has_whole_pieces),
        *_other_product(request),
        *islice(_other_gateways(request), GATEWAYS_MAX),
    ]


def _first_option(request: Request) -> Option | None:
    options = find_options(request) if request.last_miles else []
    return options[0] if options else None


def _later(request: Request) -> Iterator[Alternative]:
    if request.wish.latest_arrival_at is None:
        return
    changed = replace(request, wish=replace(request.wish, latest_arrival_at=None))
    option = _first_option(changed)
    if option is not None:
        detail = words(_LATER, at=rfc3339(option.delivered_at))
        yield _alternative(AlternativeCode.LATER, detail, changed, option)


def _split(request: Request, *, has_whole_pieces: bool) -> Iterator[Alternative]:
    found = split(request, has_whole_pieces=has_whole_pieces) if request.last_miles else None
    option = None if found is None else _first_option(found.request)
    if found is None or option is None:
        return
    part = found.request.wish
    detail = words(
        _SPLIT,
        parts=found.parts,
        kg=f"{Decimal(part.weight_g) / 1_000:f}",
        dm3=f"{Decimal(part.volume_cm3) / 1_000:f}",
    )
    one = _alternative(AlternativeCode.SPLIT, detail, found.request, option)
    yield replace(one, parts=found.parts)


def _other_product(request: Request) -> Iterator[Alternative]:
    """Carriers have other rates, cut-offs and availability for it."""
    for product in PRODUCTS:
        if product == request.wish.product:
            continue
        changed = replace(request, wish=replace(request.wish, product=product))
        option = _first_option(changed)
        if option is not None:
            detail = words(_BY_PRODUCT[product])
            yield _alternative(AlternativeCode.OTHER_PRODUCT, detail, changed, option)


def _other_gateways(request: Request) -> Iterator[Alternative]:
    """Airports of the country first, then the nearest of other countries."""
    airports = request.basis.airports
    for iata, place, km in _near_airports(request):
        wish = replace(request.wish, destination=at_airport(iata))
        changed = replace(request, wish=wish, judged=request.judgement)
        option = _first_option(changed) if changed.destination_verdict.is_allowed else None
        if option is not None:
            there = airports[iata]
            detail = words(
                _OTHER_GATEWAY,
                airport=iata,
                city=there.city,
                country=there.country,
                km=km,
                place=place,
            )
            one = _alternative(AlternativeCode.OTHER_GATEWAY, detail, changed, option)
            yield replace(one, road_km=km)


def _near_airports(request: Request) -> list[tuple[str, str, int]]:
    """Airports that something of the timetable goes to: (airport, place it is near to, km)."""
    basis, network, wish = request.basis, request.network, request.wish
    around, country = _around(request)
    if not around:
        return []
    reached = np.unique(network.carriages.alight >> 1).tolist()
    own = {gateway.airport for gateway in wish.destination.gateways} | {wish.origin}
    found = []
    for iata in (network.airports[n] for n in reached):
        airport = basis.airports[iata]
        if iata not in own:
            here = Place(airport.latitude_deg, airport.longitude_deg)
            km, place = min((road_km(here, there), name) for name, there in around.items())
            found.append((airport.country != country, km, iata, place))
    found.sort()
    in_country = [one for one in found if not one[0]][:_NEAREST]
    nearest = sorted(found, key=lambda one: one[1:])[:_NEAREST]
    return [(iata, place, km) for _, km, iata, place in dict.fromkeys(in_country + sorted(nearest))]


def _around(request: Request) -> tuple[dict[str, Place], str]:
    """The gateways that were wished for, or the middle of the country; and which country it is."""
    basis, destination = request.basis, request.wish.destination
    around = {
        gateway.airport: Place(there.latitude_deg, there.longitude_deg)
        for gateway in destination.gateways
        if (there := basis.airports.get(gateway.airport)) is not None
    }
    country = destination.country
    if country is None:
        country = basis.airports[destination.gateways[0].airport].country
    if not around and country in basis.reach.countries:
        around[country] = basis.reach.countries[country]
    return around, country


def _alternative(
    code: AlternativeCode, detail: Words, changed: Request, option: Option
) -> Alternative:
    wish = changed.wish
    return Alternative(code, detail, option, wish.product, wish.weight_g, wish.volume_cm3)
