"""Product types, as REST clients see them."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.catalog.domain.types.product_type import ProductType, StoredType
from services.catalog.queries.types import TypeSummary
from services.catalog.schemas.products.details import Title
from shared.documents.faults import in_words
from shared.documents.fields import Body, Day
from shared.documents.text import Line
from shared.kernel.errors import Text
from shared.kernel.json import JsonObject

_PREFIX_WORDS = Text("2, 4 or 6 digits", "2、4 或 6 位数字")
HsPrefix = Annotated[
    str,
    StringConstraints(pattern=in_words(r"^([0-9]{2}|[0-9]{4}|[0-9]{6})$", _PREFIX_WORDS)),
    Field(examples=["6704"]),
]
_EXAMPLE = {
    "type": "object",
    "properties": {
        "length_in": {
            "title": "Length",
            "x-titles": {"zh-CN": "长度"},
            "x-unit": "in",
            "type": "number",
            "minimum": 4,
            "maximum": 60,
        }
    },
    "required": ["length_in"],
    "additionalProperties": False,
}


class ProductTypeIn(Body):
    name: Title
    # "schema" is a method of every model.
    schema_: JsonObject = Field(
        alias="schema",
        description="JSON Schema 2020-12 of the object `attributes`. Titles in other languages"
        " than English: `x-titles`, by language; units: `x-unit`.",
        examples=[_EXAMPLE],
    )
    hs_prefixes: list[HsPrefix] = Field(
        default=[], max_length=100, description="Where such goods are in HS 2022: a hint, no rule."
    )
    source: Line = Field(description="Who says so.", examples=["Park office"])
    as_of: Day = Field(description="The day of that source.", examples=["2026-11-22"])

    def to_domain(self, code: str) -> ProductType:
        return ProductType(
            code, self.name, self.schema_, tuple(self.hs_prefixes), self.source, self.as_of
        )


class ProductTypeSummaryOut(BaseModel):
    code: str = Field(examples=["wig"])
    version: int = Field(description="Counts from 1; a version never changes.")
    name: dict[str, str] = Field(description="By language.")
    hs_prefixes: list[str]
    source: str
    as_of: date


class ProductTypeOut(ProductTypeSummaryOut):
    is_current: bool = Field(description="Products that change are checked against it.")
    schema_: JsonObject = Field(alias="schema", description="JSON Schema 2020-12.")


def type_out(stored: StoredType) -> dict[str, object]:
    content = stored.type
    return {
        "code": content.code,
        "version": stored.version,
        "name": content.name,
        "hs_prefixes": list(content.hs_prefixes),
        "source": content.source,
        "as_of": content.as_of,
        "is_current": stored.is_current,
        "schema": content.schema,
    }


def summary_out(summary: TypeSummary) -> dict[str, object]:
    return {
        "code": summary.code,
        "version": summary.version,
        "name": summary.name,
        "hs_prefixes": summary.hs_prefixes,
        "source": summary.source,
        "as_of": summary.as_of,
    }
