"""Products, as REST clients see them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from services.catalog.domain.products import (
    HS_CODE_PATTERN,
    HS_CODE_WORDS,
    Product,
    StoredProduct,
)
from services.catalog.schemas.fields import (
    BATCH_MAX,
    Amount,
    Country,
    Currency,
    LocalisedText,
    Price,
    Sku,
    money,
    price_out,
)
from shared.http.batches import DocumentedAs
from shared.http.faults import in_words, invalid_model
from shared.http.fields import Body, TrueOrFalse, WholeNumber
from shared.http.text import Line
from shared.kernel.errors import FieldProblem, refuse
from shared.kernel.json import JsonObject

HsCode = Annotated[
    str,
    StringConstraints(pattern=in_words(HS_CODE_PATTERN, HS_CODE_WORDS)),
    Field(examples=["940550"]),
]
WeightG = Annotated[WholeNumber, Field(ge=1, le=10_000_000, examples=[240])]
SideMm = Annotated[WholeNumber, Field(ge=1, le=20_000)]


class ProductIn(Body):
    title: LocalisedText
    hs_code: HsCode = Field(description="6, 8 or 10 digits; the first six are checked: HS 2022.")
    origin_country: Country
    net_weight_g: WeightG
    gross_weight_g: WeightG
    size_mm: tuple[SideMm, SideMm, SideMm] = Field(
        description="Length, width, height of one packed unit.", examples=[[120, 80, 60]]
    )
    price: Price
    battery: TrueOrFalse = Field(description="Contains or is packed with a battery.")
    synthetic: TrueOrFalse = False

    def to_domain(self, sku: str) -> Product:
        """Raises Invalid if the price is not valid money."""
        problems: list[FieldProblem] = []
        price = money(self.price, problems, at="/price")
        refuse(problems)
        return Product(
            sku=sku,
            title=self.title.by_language(),
            hs_code=self.hs_code,
            origin_country=self.origin_country,
            net_weight_g=self.net_weight_g,
            gross_weight_g=self.gross_weight_g,
            size_mm=self.size_mm,
            price=price,
            battery=self.battery,
            synthetic=self.synthetic,
        )


class ProductItemIn(ProductIn):
    """One item of POST /v1/products:batch."""

    sku: Sku


class ProductsIn(Body):
    """Items are read one by one: a bad one does not stop the others."""

    items: list[Annotated[JsonObject, DocumentedAs(ProductItemIn)]] = Field(
        min_length=1, max_length=BATCH_MAX
    )


class TitlePatch(Body):
    en: Line | None = None
    zh_cn: Line | None = Field(default=None, alias="zh-CN")


class PricePatch(Body):
    amount: Amount | None = None
    currency: Currency | None = None


class ProductPatch(Body):
    """JSON merge patch (RFC 7396): what is absent stays, null removes (title.zh-CN only)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"price": {"amount": "1.85"}}]})

    title: TitlePatch | None = None
    hs_code: HsCode | None = None
    origin_country: Country | None = None
    net_weight_g: WeightG | None = None
    gross_weight_g: WeightG | None = None
    size_mm: tuple[SideMm, SideMm, SideMm] | None = None
    price: PricePatch | None = None
    battery: TrueOrFalse | None = None
    synthetic: TrueOrFalse | None = None

    def apply(self, product: Product) -> Product:
        """Raises Invalid if the result is not a valid product."""
        patch = self.model_dump(exclude_unset=True, by_alias=True)
        try:
            merged = ProductIn.model_validate(_merged(_document(product), patch))
        except ValidationError as error:
            raise invalid_model(error) from error
        return merged.to_domain(product.sku)


def _merged(target: object, patch: object) -> object:
    """RFC 7396 §2."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged


def _document(product: Product) -> dict[str, object]:
    return {
        "title": product.title,
        "hs_code": product.hs_code,
        "origin_country": product.origin_country,
        "net_weight_g": product.net_weight_g,
        "gross_weight_g": product.gross_weight_g,
        "size_mm": list(product.size_mm),
        "price": price_out(product.price),
        "battery": product.battery,
        "synthetic": product.synthetic,
    }


class ProductOut(BaseModel):
    id: str = Field(examples=["prd_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])
    merchant_id: str
    sku: str
    title: LocalisedText
    hs_code: str
    origin_country: str
    net_weight_g: int
    gross_weight_g: int
    size_mm: tuple[int, int, int]
    price: Price
    battery: bool
    synthetic: bool
    version: int = Field(description="Counts the changes; events carry it.")
    created_at: datetime
    updated_at: datetime


def product_out(stored: StoredProduct) -> dict[str, object]:
    product = stored.product
    return {
        "id": stored.id,
        "merchant_id": stored.merchant_id,
        "sku": product.sku,
        "title": product.title,
        "hs_code": product.hs_code,
        "origin_country": product.origin_country,
        "net_weight_g": product.net_weight_g,
        "gross_weight_g": product.gross_weight_g,
        "size_mm": product.size_mm,
        "price": price_out(product.price),
        "battery": product.battery,
        "synthetic": product.synthetic,
        "version": stored.version,
        "created_at": stored.created_at,
        "updated_at": stored.updated_at,
    }
