"""What a client asks: these goods, to that address, airport or store; and the wish it becomes."""

from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.acceptance.goods import DeclaredGoods
from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.itineraries.wish import (
    LEGS_MAX,
    Destination,
    Wish,
    at_airport,
    in_region,
    nowhere,
)
from services.routing.domain.network.regions import Located
from shared.kernel.errors import Invalid, Text


@dataclass(frozen=True, slots=True)
class Inquiry:
    """To the door in `country` or in the country of `store`, or else to `airport`: one of them."""

    goods: DeclaredGoods
    ready_at: datetime
    product: str
    airport: str | None = None
    country: str | None = None
    store: str | None = None
    postal_code: str | None = None
    latest_arrival_at: datetime | None = None
    legs_max: int = LEGS_MAX


class DestinationUnclear(Invalid):
    code = "routing.destination_unclear"
    text = Text(
        "Name a country, a store or an airport, one of them.", "请指定国家、站点或机场，三者择一。"
    )
    fix = Text(
        "A country or a store for goods to the door, an airport if they are handed over there.",
        "送货上门请填国家或站点，机场交货请填机场。",
    )


class AirportUnknown(Invalid):
    code = "routing.airport_unknown"
    text = Text("There is no airport {airport}.", "机场 {airport} 不存在。")
    fix = Text("GET /v1/airports lists all of them.", "请通过 GET /v1/airports 查看全部机场。")


class DestinationIsOrigin(Invalid):
    code = "routing.destination_is_origin"
    text = Text("Goods are at {airport} already.", "货物已在 {airport}。")
    fix = Text("Name another airport.", "请指定其他机场。")


class StoreUnknown(Invalid):
    code = "routing.store.unknown"
    text = Text("There is no store {store}.", "站点 {store} 不存在。")
    fix = Text(
        "GET /v1/promises lists the stores that are open; the British one is UK.",
        "请通过 GET /v1/promises 查看已开放的站点；英国站为 UK。",
    )


def wish_of(
    basis: SearchBasis,
    inquiry: Inquiry,
    *,
    origin: str,
    now: datetime,
) -> tuple[Wish, Located | None]:
    """The wish, and how its address was understood. Raises AirportUnknown, DestinationIsOrigin,
    StoreUnknown.
    """
    goods = inquiry.goods
    if inquiry.airport == origin:
        raise DestinationIsOrigin(pointer="/airport", airport=origin)
    destination, located = _destination(basis, inquiry)
    return Wish(
        origin=origin,
        ready_at=max(inquiry.ready_at, now),
        destination=destination,
        goods=goods.consignment,
        weight_g=goods.weight_g,
        volume_cm3=goods.volume_cm3,
        product=inquiry.product,
        latest_arrival_at=inquiry.latest_arrival_at,
        legs_max=inquiry.legs_max,
    ), located


def _destination(basis: SearchBasis, inquiry: Inquiry) -> tuple[Destination, Located | None]:
    if inquiry.airport is not None:
        if inquiry.airport not in basis.airports:
            raise AirportUnknown(pointer="/airport", airport=inquiry.airport)
        return at_airport(inquiry.airport), None
    country = inquiry.country
    if country is None:
        assert inquiry.store is not None
        store = basis.stores.get(inquiry.store)
        if store is None:
            raise StoreUnknown(pointer="/store", store=inquiry.store)
        country = store.country
    located = basis.regions.locate(country, inquiry.postal_code)
    if located is None:
        return nowhere(country), None
    return in_region(located.region, located.postal_code), located
