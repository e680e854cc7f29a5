"""Changes of a product: JSON merge patch (RFC 7396)."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, ValidationError

from services.catalog.domain.products.product import Product
from services.catalog.schemas.fields import Amount, Country, Currency, ParentSku
from services.catalog.schemas.products.details import (
    ClassificationIn,
    Gtin,
    MediaIn,
    ProductType,
)
from services.catalog.schemas.products.product import (
    Axis,
    HsCode,
    ProductIn,
    SideMm,
    WeightG,
    product_document,
)
from shared.documents.faults import invalid_model
from shared.documents.fields import Body, TrueOrFalse
from shared.documents.text import LANGUAGE_NAMES, Line, Lines, by_language
from shared.kernel.json import JsonObject, merged

# null removes the text of a language.
LinePatch = Annotated[dict[str, Line | None], AfterValidator(by_language), LANGUAGE_NAMES]
LinesPatch = Annotated[dict[str, Lines | None], AfterValidator(by_language), LANGUAGE_NAMES]
ListsPatch = Annotated[dict[str, list[Line] | None], AfterValidator(by_language), LANGUAGE_NAMES]


class PricePatch(Body):
    amount: Amount | None = None
    currency: Currency | None = None


class ProductPatch(Body):
    """JSON merge patch (RFC 7396): what is absent stays, null removes what is optional."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"price": {"amount": "1.85"}}]})

    title: LinePatch | None = None
    hs_code: HsCode | None = None
    origin_country: Country | None = None
    net_weight_g: WeightG | None = None
    gross_weight_g: WeightG | None = None
    size_mm: tuple[SideMm, SideMm, SideMm] | None = None
    price: PricePatch | None = None
    battery: TrueOrFalse | None = None
    synthetic: TrueOrFalse | None = None
    product_type: ProductType | None = None
    parent_sku: ParentSku | None = None
    options: dict[Axis, Line | None] | None = None
    gtin: Gtin | None = None
    brand: Line | None = None
    material: Line | None = None
    attributes: JsonObject | None = None
    description: LinesPatch | None = None
    highlights: ListsPatch | None = None
    warnings: ListsPatch | None = None
    media: list[MediaIn] | None = None
    classifications: list[ClassificationIn] | None = None

    def apply(self, product: Product) -> Product:
        """Raises Invalid if the result is not a valid product."""
        patch = self.model_dump(mode="json", exclude_unset=True)
        try:
            changed = ProductIn.model_validate(merged(product_document(product), patch))
        except ValidationError as error:
            raise invalid_model(error) from error
        return changed.to_domain(product.sku)
