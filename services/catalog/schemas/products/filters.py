"""What lists of products can be asked for."""

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import Query

from services.catalog.domain.overlays.overlay import MarketStatus
from services.catalog.domain.products.gtin import GTIN_PATTERN
from services.catalog.domain.products.product import PARENT_SKU_PATTERN
from services.catalog.domain.products.query import Availability, ProductQuery
from services.catalog.schemas.products.details import TYPE_CODE_PATTERN
from shared.documents.fields import AnyInstant
from shared.kernel.errors import Invalid, Text


@dataclass
class ProductFilters:
    q: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            description="Words of the titles in any language, the SKU, HS code, trade item number,"
            " brand, material or options. All of them must be there; the last may go on, and"
            " Chinese is found anywhere. `jf` finds 假发 by its initials. Signs have no meaning.",
            examples=["假发 lace"],
        ),
    ] = None
    sku: Annotated[
        str | None,
        Query(pattern=r"^[A-Za-z0-9._-]{1,20}$", description="Its first characters."),
    ] = None
    gtin: Annotated[
        str | None, Query(pattern=GTIN_PATTERN, description="However it was written.")
    ] = None
    hs_code: Annotated[
        str | None, Query(pattern=r"^[0-9]{1,10}$", description="Its first digits.")
    ] = None
    product_type: Annotated[str | None, Query(pattern=TYPE_CODE_PATTERN)] = None
    parent_sku: Annotated[str | None, Query(pattern=PARENT_SKU_PATTERN)] = None
    brand: Annotated[
        str | None, Query(min_length=1, max_length=200, description="In any case.")
    ] = None
    battery: Annotated[bool | None, Query()] = None
    origin_country: Annotated[str | None, Query(pattern=r"^[A-Z]{2}$")] = None
    belt: Annotated[
        str | None, Query(max_length=40, description="That of the merchant, for operators.")
    ] = None
    stock: Annotated[
        Availability | None,
        Query(description="`in`: more on hand than reserved. `out`: nothing to sell."),
    ] = None
    market: Annotated[
        str | None,
        Query(pattern=r"^[A-Z]{2}$", description="Products that differ in that market."),
    ] = None
    market_status: Annotated[
        MarketStatus | None, Query(description="Their state there; needs `market`.")
    ] = None
    updated_since: Annotated[
        AnyInstant | None,
        Query(
            description="With an offset. A change can become visible up to a minute after its"
            " `updated_at`: ask for a minute more, or follow `GET /v1/changes`, which misses"
            " nothing and has the deletions, too."
        ),
    ] = None
    updated_before: Annotated[AnyInstant | None, Query()] = None

    def query(self) -> ProductQuery:
        """Raises MarketStateAlone."""
        if self.market_status is not None and self.market is None:
            raise MarketStateAlone(pointer="/query/market_status")
        return ProductQuery(**asdict(self))


class MarketStateAlone(Invalid):
    code = "catalog.product.market_status_alone"
    text = Text("A state belongs to a market.", "market_status 需要同时指定 market。")
    fix = Text("Add `market`, such as DE.", "请补充 market，例如 DE。")
