"""Parents, as REST clients see them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from services.catalog.domain.parents.parent import AXES_MAX, Parent, StoredParent
from services.catalog.domain.parents.stored import shared_document
from services.catalog.domain.products.product import StoredProduct
from services.catalog.schemas.products.details import (
    AXIS_PATTERN,
    DetailsIn,
    MediaIn,
    ProductType,
    Title,
)
from services.catalog.schemas.products.patch import LinePatch, LinesPatch, ListsPatch
from services.catalog.schemas.products.product import MediaOut, ProductOut, product_out
from shared.documents.faults import in_words, invalid_model
from shared.documents.fields import Body, TrueOrFalse
from shared.documents.text import Line
from shared.kernel.errors import FieldProblem, Locale, Text
from shared.kernel.json import JsonObject, merged

_AXIS_WORDS = Text(
    "1 to 30 small letters, digits and underscores, beginning with a letter",
    "1 至 30 位小写字母、数字或下划线，且以字母开头",
)
AxisName = Annotated[
    str,
    StringConstraints(pattern=in_words(AXIS_PATTERN, _AXIS_WORDS)),
    Field(examples=["colour"]),
]


class ParentIn(DetailsIn):
    title: Title
    axes: list[AxisName] = Field(
        min_length=1,
        max_length=AXES_MAX,
        description="In what its variants differ, in the order of choosing. Other axes need a"
        " parent without variants.",
        examples=[["colour", "length"]],
    )
    product_type: ProductType | None = None
    synthetic: TrueOrFalse = False

    def to_domain(self, sku: str) -> Parent:
        return Parent(
            sku,
            self.title,
            tuple(self.axes),
            self.product_type,
            self.synthetic,
            self.details(),
        )


class ParentPatch(Body):
    """JSON merge patch (RFC 7396): what is absent stays, null removes what is optional."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"brand": "Airlane"}]})

    title: LinePatch | None = None
    axes: list[AxisName] | None = None
    product_type: ProductType | None = None
    synthetic: TrueOrFalse | None = None
    brand: Line | None = None
    material: Line | None = None
    attributes: JsonObject | None = None
    description: LinesPatch | None = None
    highlights: ListsPatch | None = None
    warnings: ListsPatch | None = None
    media: list[MediaIn] | None = None

    def apply(self, parent: Parent) -> Parent:
        """Raises Invalid if the result is not a valid parent."""
        patch = self.model_dump(mode="json", exclude_unset=True)
        try:
            changed = ParentIn.model_validate(merged(parent_document(parent), patch))
        except ValidationError as error:
            raise invalid_model(error) from error
        return changed.to_domain(parent.sku)


class ParentOut(BaseModel):
    id: str = Field(examples=["pnt_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])
    merchant_id: str
    sku: str
    title: dict[str, str] = Field(description="By language.")
    axes: list[str]
    product_type: str | None
    product_type_version: int | None = Field(
        description="What the attributes were checked against when the parent last changed."
    )
    synthetic: bool
    brand: str | None
    material: str | None
    attributes: JsonObject
    description: dict[str, str]
    highlights: dict[str, list[str]]
    warnings: dict[str, list[str]]
    media: list[MediaOut]
    version: int = Field(description="Counts the changes; events carry it.")
    created_at: datetime
    updated_at: datetime


class VariantFindingOut(BaseModel):
    pointer: str = Field(description="Into the product.", examples=["/attributes/length_in"])
    code: str = Field(description="Stable.", examples=["catalog.attribute.missing"])
    detail: str
    fix: str


class VariantOut(ProductOut):
    """A product that names the parent."""

    findings: list[VariantFindingOut] = Field(
        description="What it would be refused for if it changed now: its parent or its product type"
        " has changed since."
    )


def parent_out(stored: StoredParent) -> dict[str, object]:
    return {
        "id": stored.id,
        "merchant_id": stored.merchant_id,
        "sku": stored.parent.sku,
        **parent_document(stored.parent),
        "product_type_version": stored.type_version,
        "version": stored.version,
        "created_at": stored.created_at,
        "updated_at": stored.updated_at,
    }


def parent_document(parent: Parent) -> dict[str, object]:
    """The parent as the body of a PUT that would change nothing."""
    return {
        "title": parent.title,
        "axes": list(parent.axes),
        "product_type": parent.product_type,
        "synthetic": parent.synthetic,
        **shared_document(parent.details),
    }


def variant_out(
    stored: StoredProduct, problems: list[FieldProblem], locale: Locale
) -> dict[str, object]:
    return product_out(stored) | {"findings": [_finding_out(one, locale) for one in problems]}


def _finding_out(problem: FieldProblem, locale: Locale) -> dict[str, str]:
    return {
        "pointer": problem.pointer,
        "code": problem.code,
        "detail": problem.text.render(locale, problem.params),
        "fix": problem.fix.render(locale, problem.params),
    }
