"""Parents: what the variants of one article share, and the axes in which they differ.

Nobody orders a parent: it has no stock and no price. Its SKU is a name of its own, so a product may
have the same one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.catalog.domain.products.details import (
    NO_DETAILS,
    Details,
    media_problems,
    size_problems,
)
from services.catalog.domain.products.product import AttributesWithoutType, UnknownProductType
from services.catalog.domain.products.variants import KnownParent
from services.catalog.domain.types.attributes import KnownType
from shared.kernel.errors import Conflict, FieldProblem, Invalid, NotFound, Text
from shared.kernel.json import same

AXES_MAX: Final = 3


class ParentNotFound(NotFound):
    code = "catalog.parent.not_found"
    text = Text("There is no parent with this SKU.", "没有该 SKU 的父商品。")
    fix = Text("Check the SKU, upper and lower case included.", "请核对 SKU，注意区分大小写。")


class AxisRepeated(Invalid):
    code = "catalog.parent.axis_repeated"
    text = Text("The axis {axis} is there twice.", "区分项 {axis} 重复。")
    fix = Text("Name each axis once.", "每个区分项只填写一次。")


class ParentInUse(Conflict):
    code = "catalog.parent.in_use"
    text = Text("The parent has {variants} variants.", "该父商品有 {variants} 个变体。")
    fix = Text(
        "Delete them or give them another parent first: GET /v1/parents/{parent_sku}/variants.",
        "请先删除或改换变体的父商品：GET /v1/parents/{parent_sku}/variants。",
    )


class AxesInUse(Conflict):
    code = "catalog.parent.axes_in_use"
    text = Text(
        "{variants} variants have a value for each of the axes {axes}.",
        "{variants} 个变体已按 {axes} 取值。",
    )
    fix = Text(
        "Keep the axes, or make another parent with the new ones and move the variants to it.",
        "请保留区分项，或新建父商品并将变体移至其下。",
    )


@dataclass(frozen=True, slots=True)
class Parent:
    """`axes` are names of options, in the order in which a buyer chooses. `details` have no
    classifications: those belong to what crosses a border.
    """

    sku: str
    title: dict[str, str]
    axes: tuple[str, ...]
    product_type: str | None = None
    synthetic: bool = False
    details: Details = NO_DETAILS

    def is_same(self, other: "Parent") -> bool:
        return self == other and same(self.details.attributes, other.details.attributes)

    def known(self) -> KnownParent:
        return KnownParent(self.sku, self.axes, self.product_type, self.details.attributes)


@dataclass(frozen=True, slots=True)
class StoredParent:
    """`version` counts the changes; each is one event. `type_version`: what its attributes were
    checked against.
    """

    id: str
    merchant_id: str
    parent: Parent
    version: int
    created_at: datetime
    updated_at: datetime
    type_version: int | None = None

    def changed_to(
        self, parent: Parent, *, type_version: int | None, now: datetime
    ) -> "StoredParent":
        return StoredParent(
            self.id, self.merchant_id, parent, self.version + 1, self.created_at, now, type_version
        )


def parent_problems(parent: Parent, types: Mapping[str, KnownType]) -> list[FieldProblem]:
    """Every rule that the parent breaks. Of its attributes only what it has is checked: variants
    add what is missing.
    """
    return [
        *_axis_problems(parent.axes),
        *_attribute_problems(parent, types),
        *size_problems(parent.details),
        *media_problems(parent.details.media),
    ]


def needs_other_axes(now: Parent, new: Parent) -> bool:
    """Whether the options of variants of `now` would not name the axes of `new`. Their order may
    change at any time.
    """
    return set(now.axes) != set(new.axes)


def _axis_problems(axes: tuple[str, ...]) -> Iterator[FieldProblem]:
    for index, axis in enumerate(axes):
        if axis in axes[:index]:
            yield AxisRepeated.at(f"/axes/{index}", axis=axis)


def _attribute_problems(parent: Parent, types: Mapping[str, KnownType]) -> Iterator[FieldProblem]:
    if parent.product_type is None:
        if parent.details.attributes:
            yield AttributesWithoutType.at("/attributes")
    elif (known := types.get(parent.product_type)) is None:
        yield UnknownProductType.at("/product_type", product_type=parent.product_type)
    else:
        yield from known.problems_of_part(parent.details.attributes)
