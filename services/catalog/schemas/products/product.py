"""Products, as REST clients see them."""

from datetime import datetime
from typing import Annotated
from unicodedata import normalize

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from services.catalog.domain.products.details import (
    ClassificationSource,
    MediaRole,
)
from services.catalog.domain.products.gtin import issuer_of
from services.catalog.domain.products.product import (
    HS_CODE_PATTERN,
    HS_CODE_WORDS,
    OptionsWithoutParent,
    Product,
    StoredProduct,
)
from services.catalog.domain.products.stored import document_of
from services.catalog.domain.products.variants import Variant
from services.catalog.domain.stock import ProductStock
from services.catalog.schemas.fields import (
    BATCH_MAX,
    Country,
    ParentSku,
    Price,
    Sku,
    money,
    price_out,
)
from services.catalog.schemas.products.details import (
    AXIS_PATTERN,
    NOTHING_LISTED,
    NOTHING_NAMED,
    ClassificationIn,
    DetailsIn,
    Gtin,
    ProductType,
    Title,
    details_of,
)
from services.catalog.schemas.stock import StockOut, stock_out
from shared.documents.faults import in_words
from shared.documents.fields import Body, DocumentedAs, TrueOrFalse, WholeNumber
from shared.documents.text import Line
from shared.kernel.errors import FieldProblem, refuse
from shared.kernel.json import JsonObject, as_kept

HsCode = Annotated[
    str,
    StringConstraints(pattern=in_words(HS_CODE_PATTERN, HS_CODE_WORDS)),
    Field(examples=["940550"]),
]
WeightG = Annotated[WholeNumber, Field(ge=1, le=10_000_000, examples=[240])]
Axis = Annotated[str, StringConstraints(pattern=AXIS_PATTERN)]


def _composed(text: str) -> str:
    """An accent is one with its letter, or two variants with equal options could be made (NFC)."""
    return text if text.isascii() else normalize("NFC", text)


Options = Annotated[dict[Axis, Annotated[Line, AfterValidator(_composed)]], AfterValidator(as_kept)]
SideMm = Annotated[WholeNumber, Field(ge=1, le=20_000)]


class ProductIn(DetailsIn):
    title: Title
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
    product_type: ProductType | None = None
    parent_sku: ParentSku | None = Field(
        default=None, description="Makes it a variant of that parent."
    )
    options: Options = Field(
        default_factory=dict,
        max_length=3,
        description="A value for each axis of the parent.",
        json_schema_extra=NOTHING_NAMED,
    )
    gtin: Gtin | None = Field(default=None, description="Trade item number (EAN, UPC).")
    classifications: list[ClassificationIn] = Field(
        default_factory=list, max_length=20, json_schema_extra=NOTHING_LISTED
    )

    def to_domain(self, sku: str) -> Product:
        """Raises Invalid if the price is not valid money, or options are given without a parent."""
        return product_of(sku, self.__dict__)


def product_of(sku: str, given: JsonObject) -> Product:
    """`given`: fields of ProductIn as its validation returns them; those that are missing are not
    given. Raises Invalid if the price is not valid money, or options are given without a parent.
    """
    get = given.get
    problems: list[FieldProblem] = []
    price = money(given["price"], problems, at="/price")
    parent_sku, options = get("parent_sku"), get("options") or {}
    if options and parent_sku is None:
        problems.append(OptionsWithoutParent.at("/options"))
    refuse(problems)
    classifications = tuple([one.to_domain() for one in get("classifications", ())])
    return Product(
        sku,
        given["title"],
        given["hs_code"],
        given["origin_country"],
        given["net_weight_g"],
        given["gross_weight_g"],
        given["size_mm"],
        price,
        given["battery"],
        get("synthetic", False),
        get("product_type"),
        None if parent_sku is None else Variant(parent_sku, options),
        get("gtin"),
        details_of(given, classifications),
    )


class ProductItemIn(ProductIn):
    """One item of POST /v1/products:batch."""

    sku: Sku


class ProductsIn(Body):
    """Items are read one by one: a bad one does not stop the others."""

    items: list[Annotated[JsonObject, DocumentedAs(ProductItemIn)]] = Field(
        min_length=1, max_length=BATCH_MAX
    )


class GtinIssuerOut(BaseModel):
    """The GS1 organisation whose prefix the number has. It does not tell where goods are made."""

    prefix: str = Field(examples=["690"])
    country: str | None = Field(examples=["CN"])


class MediaOut(BaseModel):
    url: str
    role: MediaRole
    alt: dict[str, str]


class ClassificationOut(BaseModel):
    scheme: str
    code: str
    version: str | None
    confidence: float | None
    source: ClassificationSource | None
    confirmed_by: str | None
    confirmed_on: str | None


class ProductOut(BaseModel):
    id: str = Field(examples=["prd_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])
    merchant_id: str
    sku: str
    title: dict[str, str] = Field(description="By language.")
    hs_code: str
    origin_country: str
    net_weight_g: int
    gross_weight_g: int
    size_mm: tuple[int, int, int]
    price: Price
    battery: bool
    synthetic: bool
    product_type: str | None
    product_type_version: int | None = Field(
        description="What the attributes were checked against when the product last changed."
    )
    parent_sku: str | None
    options: dict[str, str]
    gtin: str | None
    gtin_issuer: GtinIssuerOut | None = Field(description="Who lent the number; null: not known.")
    brand: str | None
    material: str | None
    attributes: JsonObject
    description: dict[str, str]
    highlights: dict[str, list[str]]
    warnings: dict[str, list[str]]
    media: list[MediaOut]
    classifications: list[ClassificationOut]
    version: int = Field(description="Counts the changes; events carry it.")
    created_at: datetime
    updated_at: datetime
    stock: StockOut | None = Field(default=None, description="Only with `embed=stock`.")


def product_out(stored: StoredProduct) -> dict[str, object]:
    return {
        "id": stored.id,
        "merchant_id": stored.merchant_id,
        "sku": stored.product.sku,
        **product_document(stored.product),
        "product_type_version": stored.type_version,
        "gtin_issuer": _issuer_out(stored.product.gtin),
        "version": stored.version,
        "created_at": stored.created_at,
        "updated_at": stored.updated_at,
    }


def product_with_stock_out(stored: StoredProduct, stock: ProductStock | None) -> dict[str, object]:
    return {**product_out(stored), "stock": None if stock is None else stock_out(stock)}


def product_document(product: Product) -> dict[str, object]:
    """The product as the body of a PUT that would change nothing."""
    variant = product.variant
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
        "product_type": product.product_type,
        "parent_sku": None if variant is None else variant.parent_sku,
        "options": {} if variant is None else variant.options,
        "gtin": product.gtin,
        **document_of(product.details),
    }


def _issuer_out(gtin: str | None) -> dict[str, object] | None:
    issuer = None if gtin is None else issuer_of(gtin)
    return None if issuer is None else {"prefix": issuer.prefix, "country": issuer.country}
