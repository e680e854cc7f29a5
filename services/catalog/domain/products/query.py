"""What products are asked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.catalog.domain.products.search_query import Fact
from services.catalog.domain.products.search_words import brand_words, whole_number


class Availability(StrEnum):
    """Whether more is on hand than is reserved."""

    IN = "in"
    OUT = "out"


class Sort(StrEnum):
    """The oldest first, unless there is a minus."""

    ID = "id"
    UPDATED = "updated_at"
    UPDATED_LAST = "-updated_at"


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """What products are asked for; None: any. `hs_code` and `sku`: how they begin."""

    q: str | None = None
    sku: str | None = None
    gtin: str | None = None
    hs_code: str | None = None
    product_type: str | None = None
    parent_sku: str | None = None
    brand: str | None = None
    battery: bool | None = None
    origin_country: str | None = None
    belt: str | None = None
    stock: Availability | None = None
    market: str | None = None
    market_status: str | None = None
    updated_since: datetime | None = None
    updated_before: datetime | None = None

    def usual_sort(self) -> Sort:
        """Changes since a time are read in the order of their times."""
        is_by_time = self.updated_since is not None or self.updated_before is not None
        return Sort.UPDATED if is_by_time else Sort.ID

    def facts(self) -> list[Fact]:
        """The filters that are words of a product."""
        battery = None if self.battery is None else "yes" if self.battery else "no"
        asked = {
            "gtin": None if self.gtin is None else whole_number(self.gtin),
            "hs": self.hs_code,
            "type": self.product_type,
            "parent": self.parent_sku,
            "brand": None if self.brand is None else brand_words(self.brand),
            "battery": battery,
            "from": self.origin_country,
        }
        return [
            Fact(kind, value, begins=kind == "hs")
            for kind, value in asked.items()
            if value is not None
        ]
