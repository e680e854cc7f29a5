"""Parents in a file of products: a row that is one, or the first variant of one that is not there.

Both make the document of a parent as REST has it; what becomes of it is decided by the rules of
parents.
"""

from collections.abc import Container
from dataclasses import replace
from typing import Final

from services.catalog.domain.imports.documents import RowDocument
from services.catalog.domain.imports.fault_kinds import ROW_PARENT_IGNORED, ROW_PARENT_MADE
from services.catalog.domain.imports.findings import RowFinding, Severity
from services.catalog.domain.imports.job import Mode
from services.catalog.domain.parents.parent import Parent
from services.catalog.domain.products.details import Details
from services.catalog.domain.products.product import Product
from shared.kernel.errors import AirlaneError, Conflict, NotFound, Text
from shared.kernel.json import JsonObject

_MEMBERS: Final = (
    "title",
    "product_type",
    "synthetic",
    "brand",
    "material",
    "attributes",
    "description",
    "highlights",
    "warnings",
    "media",
)


class ParentExists(Conflict):
    code = "catalog.import.parent_exists"
    text = Text("A parent with this SKU exists already.", "该 SKU 的父商品已存在。")
    fix = Text(
        "Remove the row, or import with mode=upsert.", "请删除该行，或使用 mode=upsert 导入。"
    )


class ParentNotThere(NotFound):
    code = "catalog.import.parent_not_there"
    text = Text("There is no parent with this SKU.", "没有该 SKU 的父商品。")
    fix = Text(
        "Correct the SKU, or import with mode=upsert.", "请更正 SKU，或使用 mode=upsert 导入。"
    )


def refusal_of_mode(before: Parent | None, mode: Mode) -> AirlaneError | None:
    if mode is Mode.CREATE and before is not None:
        return ParentExists()
    if mode is Mode.UPDATE and before is None:
        return ParentNotThere()
    return None


def as_parent(row: RowDocument) -> RowDocument:
    """The row with the document of a parent, and only what was found about that. A price or a
    weight of a parent's row means nothing.
    """
    document: JsonObject = {name: row.document[name] for name in _MEMBERS if name in row.document}
    if "sku" in row.document:
        document["sku"] = row.document["sku"]
    if row.axes:
        document["axes"] = list(row.axes)
    findings = tuple(
        finding
        for finding in row.findings
        if finding.field.partition(".")[0] in {"", "sku", *_MEMBERS}
    )
    return replace(row, document=document, findings=findings)


def parent_of_variant(product: Product, axes: tuple[str, ...]) -> Parent:
    """What its first variant says of a parent: all texts that variants share, not what may differ
    from one to the next. `axes`: in their order.
    """
    assert product.variant is not None
    own = product.details
    details = Details(
        brand=own.brand,
        material=own.material,
        description=own.description,
        highlights=own.highlights,
        warnings=own.warnings,
        media=own.media,
    )
    return Parent(
        product.variant.parent_sku,
        product.title,
        axes,
        product.product_type,
        product.synthetic,
        details,
    )


def parent_made(line: int, column: str, parent: Parent) -> RowFinding:
    told: dict[str, str | int] = {"parent_sku": parent.sku, "axes": ", ".join(parent.axes)}
    code = ROW_PARENT_MADE.code
    return RowFinding(line, column, "parent_sku", parent.sku, code, told, Severity.WARNING)


def ignored_parent(row: RowDocument, known: Container[str]) -> RowDocument:
    """Without the parent, if that is not known and the row has no choices to make one of."""
    sku = row.document.get("parent_sku")
    if not row.is_of_cells or not isinstance(sku, str) or sku in known:
        return row
    if row.document.get("options"):
        return row
    document = {name: value for name, value in row.document.items() if name != "parent_sku"}
    told: dict[str, str | int] = {"parent_sku": sku}
    warning = RowFinding(
        row.line, "", "parent_sku", sku, ROW_PARENT_IGNORED.code, told, Severity.WARNING
    )
    return replace(row, document=document, findings=(*row.findings, warning))
