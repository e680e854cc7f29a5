"""Variants: products that differ from each other in the axes of their parent, and in nothing else
that a buyer chooses by.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared.kernel.errors import FieldProblem, Invalid, Text
from shared.kernel.json import JsonObject

# A parent, and a value for each of its axes in the order of their names.
OptionsKey = tuple[str, tuple[tuple[str, str], ...]]


class OptionMissing(Invalid):
    code = "catalog.variant.option_missing"
    text = Text(
        "The variants of {parent_sku} differ in {axis}, which has no value here.",
        "父商品 {parent_sku} 的变体按 {axis} 区分，此处缺少取值。",
    )
    fix = Text("Add a value for {axis}.", "请补充 {axis} 的取值。")


class OptionUnknown(Invalid):
    code = "catalog.variant.option_unknown"
    text = Text(
        "The variants of {parent_sku} do not differ in {axis}.",
        "父商品 {parent_sku} 的变体不按 {axis} 区分。",
    )
    fix = Text("Its axes are: {axes}.", "可用的区分项：{axes}。")


class OptionsTaken(Invalid):
    code = "catalog.variant.options_taken"
    text = Text(
        "{sku} is the variant of {parent_sku} with these options.",
        "{parent_sku} 已有相同选项的变体 {sku}。",
    )
    fix = Text(
        "Give this one other options, or change {sku} first or in the same batch.",
        "请更改选项，或先（或在同一批次中）修改 {sku}。",
    )


@dataclass(frozen=True, slots=True)
class Variant:
    """What makes a product one of its parent's variants: a value for each of the parent's axes."""

    parent_sku: str
    options: dict[str, str]

    @property
    def key(self) -> OptionsKey:
        return self.parent_sku, tuple(sorted(self.options.items()))


@dataclass(frozen=True, slots=True)
class KnownParent:
    """What of a parent decides about its variants."""

    sku: str
    axes: tuple[str, ...]
    product_type: str | None = None
    attributes: JsonObject = field(default_factory=dict)

    def attributes_with(self, own: JsonObject, product_type: str | None) -> JsonObject:
        """The attributes of a variant of that type: its own, and the parent's where it has none of
        that name. Those of a parent of another type say nothing about it.
        """
        return self.attributes | own if self.product_type == product_type else own


def option_problems(variant: Variant, parent: KnownParent) -> Iterator[FieldProblem]:
    """Pointers begin at the product."""
    for axis in parent.axes:
        if axis not in variant.options:
            yield OptionMissing.at(f"/options/{axis}", parent_sku=parent.sku, axis=axis)
    for axis in variant.options:
        if axis not in parent.axes:
            axes = ", ".join(parent.axes)
            yield OptionUnknown.at(f"/options/{axis}", parent_sku=parent.sku, axis=axis, axes=axes)


def taken_problem(variant: Variant, sku: str) -> FieldProblem:
    return OptionsTaken.at("/options", parent_sku=variant.parent_sku, sku=sku)


def clashes(
    wanted: Sequence[tuple[str, OptionsKey | None]], taken: Mapping[OptionsKey, str]
) -> dict[str, str]:
    """Of products that are to be saved together, those that cannot have their options: SKU → the
    variant that has them in the end.

    `wanted`: distinct SKUs with what each wants, None for one that is to be no variant. `taken`:
    the variants that have these options now. One that keeps its options comes before one that
    comes to have them, and of two such the first. One that cannot move stays where it is, in the
    way of others; but two may change places.
    """
    goes_to = dict(wanted)
    comers: dict[OptionsKey, list[str]] = {}
    for sku, key in wanted:
        if key is not None:
            comers.setdefault(key, []).append(sku)
    is_at = {sku: key for key, sku in taken.items()}
    refused: set[str] = set()

    def holder(key: OptionsKey) -> str | None:
        """Who has the options if those that are refused so far stay where they are."""
        now = taken.get(key)
        if now is not None and (now not in goes_to or now in refused or goes_to[now] == key):
            return now
        return next((sku for sku in comers[key] if sku not in refused), None)

    waiting = list(comers)
    while waiting:
        key = waiting.pop()
        has_it = holder(key)
        for sku in comers[key]:
            if sku != has_it and sku not in refused:
                refused.add(sku)
                # What it was to leave is not free after all.
                if (left := is_at.get(sku)) in comers and left is not None:
                    waiting.append(left)
    return {
        sku: other
        for sku, key in wanted
        if sku in refused and key is not None and (other := holder(key)) is not None
    }
