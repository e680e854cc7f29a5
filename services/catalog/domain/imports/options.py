"""Choices of a row that its product cannot have as a variant: colour and size without a parent, or
beside the axes of the parent.

They become attributes where the product's type has such an attribute; elsewhere they are left out,
and a warning says so. The rows do not fail for it.
"""

from dataclasses import replace
from typing import Final

from services.catalog.domain.imports.axes import spelled_as
from services.catalog.domain.imports.documents import RowDocument
from services.catalog.domain.imports.fault_kinds import CELL_OPTION_LEFT_OUT
from services.catalog.domain.imports.findings import RowFinding, Severity
from services.catalog.domain.imports.outcomes import Blame
from services.catalog.domain.products.product import Known, Product
from shared.kernel.json import JsonObject

_NO_PARENT: Final = ("the product has no parent", "商品没有父商品")
_NO_AXIS: Final = ("the variants of {} do not differ in it", "{} 的变体不按此区分")


def settled_options(
    row: RowDocument, before: Product | None, known: Known, blame: Blame
) -> RowDocument:
    """`before`: the product as it is, None if it is not there."""
    options = row.document.get("options")
    if not row.is_of_cells or not isinstance(options, dict) or not options:
        return row
    variant = None if before is None else before.variant
    stays = None if variant is None else variant.parent_sku
    parent_sku = row.document.get("parent_sku", stays)
    axes: tuple[str, ...] = ()
    if parent_sku is not None:
        if (parent := known.parents.get(parent_sku)) is None:
            return row  # it is refused for that
        axes = parent.axes
    kept: JsonObject = {}
    others: JsonObject = {}
    for name, value in options.items():
        axis = spelled_as(name, axes)
        (others if axis is None else kept)[axis or name] = value
    if not others and kept.keys() == options.keys():
        return row
    properties = _properties(row, before, known)
    attributes = {
        attribute: value
        for name, value in others.items()
        if (attribute := spelled_as(name, properties)) is not None
    }
    settled = _with_choices(row, kept, attributes)
    # Of a file without a column for parents, the columns were told about.
    if not blame.column_of("parent_sku"):
        return settled
    left_out = [
        _left_out(row.line, blame.column_of(f"options.{name}") or name, name, value, parent_sku)
        for name, value in others.items()
        if value is not None and spelled_as(name, properties) is None
    ]
    return replace(settled, findings=(*row.findings, *left_out)) if left_out else settled


def _properties(row: RowDocument, before: Product | None, known: Known) -> JsonObject:
    """The attributes that the product's type knows."""
    code = row.document.get("product_type", None if before is None else before.product_type)
    found = known.types.get(code) if isinstance(code, str) else None
    properties = None if found is None else found.schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def _with_choices(row: RowDocument, options: JsonObject, attributes: JsonObject) -> RowDocument:
    """The row with these options only; attributes that it has already stay as they are."""
    document = {name: value for name, value in row.document.items() if name != "options"}
    if options:
        document["options"] = options
    if attributes:
        given = document.get("attributes")
        document["attributes"] = attributes | (given if isinstance(given, dict) else {})
    return replace(row, document=document)


def _left_out(
    line: int, column: str, axis: str, value: object, parent_sku: str | None
) -> RowFinding:
    reason, reason_zh = _NO_PARENT if parent_sku is None else _NO_AXIS
    told: dict[str, str | int] = {
        "reason": reason.format(parent_sku),
        "reason_zh": reason_zh.format(parent_sku),
        "axis": axis,
    }
    code, path = CELL_OPTION_LEFT_OUT.code, f"options.{axis}"
    return RowFinding(line, column, path, str(value)[:200], code, told, Severity.WARNING)
