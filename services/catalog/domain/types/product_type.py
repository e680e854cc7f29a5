"""Product types: what attributes the goods of a kind have, as a JSON Schema. They are the park's.

A version never changes. A product keeps the number of the version that it was checked against, and
is checked against the newest when it changes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from services.catalog.domain.types.schema import schema_problems, schema_text
from shared.kernel.errors import FieldProblem, Invalid, NotFound, Text
from shared.kernel.json import JsonObject


class TypeNotFound(NotFound):
    code = "catalog.type.not_found"
    text = Text("There is no such product type, or no such version.", "没有该商品类型或该版本。")
    fix = Text("GET /v1/product-types lists them.", "可用类型见 GET /v1/product-types。")


class HsPrefixUnknown(Invalid):
    code = "catalog.type.hs_prefix_unknown"
    text = Text(
        "No subheading of HS 2022 begins with {prefix}.", "HS 2022 中没有以 {prefix} 开头的子目。"
    )
    fix = Text("Use 2, 4 or 6 digits, such as 6704.", "请使用 2、4 或 6 位数字，例如 6704。")


@dataclass(frozen=True, slots=True)
class ProductType:
    """What an operator says of a type. `name` has English; `hs_prefixes`: where such goods are in
    HS 2022, a hint for suggestions and no rule.
    """

    code: str
    name: dict[str, str]
    schema: JsonObject
    hs_prefixes: tuple[str, ...]
    source: str
    as_of: date

    def is_same(self, other: "ProductType") -> bool:
        """Also to whoever fills a form: the order of the properties counts. true is not 1."""
        mine, theirs = schema_text(self.schema), schema_text(other.schema)
        return mine == theirs and replace(self, schema={}) == replace(other, schema={})


@dataclass(frozen=True, slots=True)
class StoredType:
    type: ProductType
    version: int
    is_current: bool


def type_problems(given: ProductType, hs_subheadings: Iterable[str]) -> list[FieldProblem]:
    """Every rule that it breaks, but for what only a validator can tell of the schema."""
    return [*schema_problems(given.schema), *_prefix_problems(given, hs_subheadings)]


def _prefix_problems(given: ProductType, hs_subheadings: Iterable[str]) -> Iterator[FieldProblem]:
    if not given.hs_prefixes:
        return
    lengths = {len(prefix) for prefix in given.hs_prefixes}
    known = {code[:length] for code in hs_subheadings for length in lengths}
    for index, prefix in enumerate(given.hs_prefixes):
        if prefix not in known:
            yield HsPrefixUnknown.at(f"/hs_prefixes/{index}", prefix=prefix)
