"""What is to be carried where, as a search takes it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.routing.domain.acceptance.goods import Consignment
from services.routing.domain.network.records import DeliveryRegion, Gateway, Mode

LEGS_MAX: Final = 6
"""More legs make no itinerary."""
SLACK_CAP_MIN: Final = 180
"""Three hours to spare at a connection are as good as any more."""
GENERAL: Final = "general"
EXPRESS: Final = "express"
PRODUCTS: Final = (GENERAL, EXPRESS)
"""What carriers sell: the product decides on rates, cut-offs and availability."""


@dataclass(frozen=True, slots=True)
class Destination:
    """`gateways`: the airports where goods may end. `country` None: an airport is meant, and goods
    are handed over there. `postal_code`: as far as it decides on the last mile.
    """

    gateways: tuple[Gateway, ...]
    country: str | None = None
    postal_code: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """`ready_at`: goods may leave `origin` from then on. Goods on the way there come by a mode, and
    leave by another as soon as `ready_by` says; they are not handed in again (`is_handed_in`).
    """

    origin: str
    ready_at: datetime
    destination: Destination
    goods: Consignment
    weight_g: int
    volume_cm3: int
    product: str = GENERAL
    is_handed_in: bool = True
    latest_arrival_at: datetime | None = None
    legs_max: int = LEGS_MAX
    ready_by: dict[Mode, datetime] = field(default_factory=dict)


def at_airport(airport: str) -> Destination:
    return Destination((Gateway(airport, road_km=0, clearance_h=0, delivery_h=0),))


def in_region(region: DeliveryRegion, postal_code: str | None = None) -> Destination:
    """Without a postal code the last mile costs what it costs at the region's first prefix."""
    prefixes = region.postal_prefixes
    return Destination(
        gateways=tuple(region.gateways),
        country=region.country,
        postal_code=postal_code or (prefixes[0] if prefixes else None),
        region=region.region,
    )


def nowhere(country: str) -> Destination:
    """Nothing is delivered there."""
    return Destination((), country)
