"""What is to be carried where, as a search takes it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.routing.domain.acceptance.goods import Consignment
from services.routing.domain.network.records import Mode

LEGS_MAX: Final = 6
"""More legs make no itinerary."""
GENERAL: Final = "general"
EXPRESS: Final = "express"
PRODUCTS: Final = (GENERAL, EXPRESS)
"""What carriers sell: the product decides on rates, cut-offs and availability."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """An airport where goods for the destination may end, and what it takes from there to the door:
    import clearance and the last mile. All 0 where the airport itself is the destination.
    """

    airport: str
    last_mile_min: int = 0
    road_km: int = 0


@dataclass(frozen=True, slots=True)
class Destination:
    """`country` None: an airport is meant, and goods are handed over there."""

    gateways: tuple[Gateway, ...]
    country: str | None = None
    postal_code: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """`ready_at`: goods may leave `origin` from then on. Goods on the way there come by a mode, and
    leave by another as soon as `ready_by` says.
    """

    origin: str
    ready_at: datetime
    destination: Destination
    goods: Consignment
    weight_g: int
    volume_cm3: int
    product: str = GENERAL
    latest_arrival_at: datetime | None = None
    legs_max: int = LEGS_MAX
    ready_by: dict[Mode, datetime] = field(default_factory=dict)
