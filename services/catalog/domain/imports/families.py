"""Rows that belong together because they are about one article: its parent, its variants and their
pictures. Found in the cells, before any row is read as a document.

- **By handle** (Shopify): rows that follow each other with one handle. The first has what all of
  them share; further rows have a variant or only a picture.
- **By kind** (Amazon, WooCommerce): a column says whether a row is a parent or a variant. What a
  row needs of others is looked up in an index of the whole file.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from services.catalog.domain.imports.axes import axes_of_theme, axis_of, is_no_choice
from services.catalog.domain.imports.cells import addresses_in
from services.catalog.domain.imports.mapping import ColumnMapping
from services.catalog.domain.imports.placeholders import is_nothing
from services.catalog.domain.imports.rows import Cell, FamilyPart, SheetRow, Subject
from services.catalog.domain.imports.units import folded
from services.catalog.domain.products.details import MEDIA_MAX
from services.catalog.domain.products.product import PARENT_SKU_PATTERN

Rows = Iterator[SheetRow]
Articles = Callable[[Rows], Iterator[Sequence[SheetRow]]]
# Nobody sells so many variants of one article; they are in memory together.
ROWS_MAX: Final = 3_000
_PARENTS: Final = frozenset(map(folded, ("parent", "variable", "父体", "父商品", "父", "主商品")))
_VARIANTS: Final = frozenset(map(folded, ("child", "variation", "子体", "变体", "子商品", "子")))
_SUMS: Final = frozenset(
    map(folded, "合计 总计 小计 共计 总数 总和 total totals subtotal grandtotal sum".split())
)
_SUM_MAX: Final = 12
_BY_ID: Final = re.compile(r"id:\s*(\d+)", re.IGNORECASE)
_SKU: Final = re.compile(PARENT_SKU_PATTERN)
# What belongs to one variant and is never that of another.
_OWN: Final = ("sku", "price.amount", "gtin", "media", "options.", "row.", "parent_sku")
_OWN_HEADERS: Final = ("variant", "weightvalue")


@dataclass(frozen=True, slots=True)
class FamilyColumns:
    """Places of columns by what they say about families; None or empty where a file has none.

    `options`: place of the axis' name and of the value, each with the axis if the header names it.
    `shared`: columns of what all variants of an article have.
    """

    sku: int | None
    parent: int | None
    kind: int | None
    theme: int | None
    id: int | None
    handle: int | None
    amount: int | None
    options: tuple[tuple[int | None, int, str], ...]
    pictures: tuple[int, ...]
    own_picture: int | None
    shared: tuple[int, ...]

    @classmethod
    def of(cls, mapping: ColumnMapping) -> "FamilyColumns":
        at = {one.path: one.index for one in mapping.columns}
        options = [
            (at.get(f"option.{n}.name"), at[f"option.{n}.value"], "")
            for n in (1, 2, 3)
            if f"option.{n}.value" in at
        ]
        options += [
            (None, place, path.removeprefix("options."))
            for path, place in at.items()
            if path.startswith("options.")
        ]
        return cls(
            at.get("sku"),
            at.get("parent_sku"),
            at.get("row.kind"),
            at.get("row.theme"),
            at.get("row.id"),
            at.get("row.handle"),
            at.get("price.amount"),
            tuple(options),
            tuple(c.index for c in mapping.columns if c.path in {"media", "media.gallery"}),
            at.get("media.main"),
            tuple(
                one.index
                for one in mapping.columns
                if not (one.path.startswith(_OWN) or folded(one.name).startswith(_OWN_HEADERS))
                and not re.fullmatch(r"option\.\d\.value", one.path)
            ),
        )

    def axes(self, cells: Sequence[Cell]) -> tuple[str, ...]:
        """Those in which this row says something."""
        found = []
        for number, (name_at, value_at, axis) in enumerate(self.options, 1):
            name = _text(cells, name_at)
            value = _text(cells, value_at)
            if value and (axis or (name and not is_no_choice(name, value))):
                found.append(axis or axis_of(name, number))
        return tuple(dict.fromkeys(found))


@dataclass(slots=True)
class FamilyIndex:
    """What rows of a file need of other rows of it. `sku_of_id`: parents' SKUs by the number that
    the shop has given them. `axes`: by parent, of its first variant. `cells`: of parents whose
    variants have their values where they have none themselves.
    """

    sku_of_id: dict[str, str] = field(default_factory=dict)
    axes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cells: dict[str, tuple[Cell, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[SheetRow], columns: FamilyColumns) -> "FamilyIndex":
        index = cls()
        for row in rows:
            if row.fault is not None or row.document is not None:
                continue
            kind = _kind(_text(row.cells, columns.kind))
            if kind in _PARENTS:
                number = _text(row.cells, columns.id)
                sku = _text(row.cells, columns.sku) or (f"id-{number}" if number else "")
                index.sku_of_id[number] = sku
                if kind == "variable":
                    index.cells[sku] = row.cells
            elif kind in _VARIANTS:
                parent = _text(row.cells, columns.parent)
                if axes := columns.axes(row.cells):
                    index.axes.setdefault(parent, axes)
        index.axes |= {
            index.sku_of_id[found[1]]: axes
            for parent, axes in list(index.axes.items())
            if (found := _BY_ID.fullmatch(parent)) and found[1] in index.sku_of_id
        }
        return index


def in_families(rows: Rows, mapping: ColumnMapping, all_rows: Callable[[], Rows]) -> Rows:
    """The rows, each with its part in a family. Some stand for more than a file's row: the first
    of a handle is also its parent.

    `all_rows`: those of the whole file, for an index. `rows` begin at the first row of a family.
    """
    columns = FamilyColumns.of(mapping)
    if columns.handle is not None and columns.parent is None:
        return _by_handle(rows, columns)
    if columns.kind is not None:
        return _by_kind(rows, columns, FamilyIndex.of(all_rows(), columns))
    return rows


def says_kinds(texts: Iterable[str]) -> bool:
    """Whether a column says which rows are parents and which are variants."""
    return any(_kind(text) in _PARENTS | _VARIANTS for text in texts)


def _kind(text: str) -> str:
    """`variation, virtual` is a variation."""
    return folded(re.split(r"[,，]", text, maxsplit=1)[0])


def is_sum(row: SheetRow, sku_at: int | None) -> bool:
    """Whether the row adds up those above it: `合计` where a code would be, or anywhere without."""
    if sku_at is None or row.fault is not None or row.document is not None:
        return False
    sku = row.cells[sku_at]
    if sku is None or sku == "":
        return any(map(_says_sum, row.cells))
    return isinstance(sku, str) and not sku[-1].isdigit() and _says_sum(sku)


def _says_sum(cell: Cell) -> bool:
    return isinstance(cell, str) and 0 < len(cell) <= _SUM_MAX and folded(cell) in _SUMS


def _by_kind(rows: Rows, columns: FamilyColumns, index: FamilyIndex) -> Rows:
    for row in rows:
        if row.fault is not None or row.document is not None:
            yield row
            continue
        kind = _kind(_text(row.cells, columns.kind))
        axes = axes_of_theme(_text(row.cells, columns.theme))
        if kind in _PARENTS:
            number = _text(row.cells, columns.id)
            sku = _text(row.cells, columns.sku) or index.sku_of_id.get(number, "")
            cells = _with(row.cells, {columns.sku: sku})
            part = FamilyPart(Subject.PARENT, axes or index.axes.get(sku, ()))
            yield _row(row, cells, part)
        elif kind in _VARIANTS:
            yield _variant(row, columns, index, axes)
        else:
            yield row


def _variant(
    row: SheetRow, columns: FamilyColumns, index: FamilyIndex, axes: tuple[str, ...]
) -> SheetRow:
    parent = _text(row.cells, columns.parent)
    if found := _BY_ID.fullmatch(parent):
        parent = index.sku_of_id.get(found[1], parent)
    cells = _with(row.cells, {columns.parent: parent})
    if (above := index.cells.get(parent)) is not None:
        cells = _filled(cells, above, columns.shared)
    return _row(row, cells, FamilyPart(Subject.PRODUCT, axes))


def articles_of(mapping: ColumnMapping, all_rows: Callable[[], Rows]) -> Articles:
    """How the rows of a file come apart into pieces that can be sent again by themselves: all rows
    of a handle; a variation with what the row of its parent says; any other row alone.
    """
    columns = FamilyColumns.of(mapping)
    if columns.handle is not None and columns.parent is None:
        return lambda rows: _groups(rows, columns)
    if columns.kind is not None:
        index = FamilyIndex.of(all_rows(), columns)
        return lambda rows: ([_row(row, row.cells, None)] for row in _by_kind(rows, columns, index))
    return lambda rows: ([row] for row in rows)


def _by_handle(rows: Rows, columns: FamilyColumns) -> Rows:
    for group in _groups(rows, columns):
        if group[0].fault is not None or group[0].document is not None:
            yield from group
        else:
            yield from _article(group, columns)


def _groups(rows: Rows, columns: FamilyColumns) -> Iterator[list[SheetRow]]:
    """Rows that follow each other with one handle. A row that cannot be used is alone."""
    group: list[SheetRow] = []
    last = ""
    for row in rows:
        if row.fault is not None or row.document is not None:
            if group:
                yield group
            group = []
            yield [row]
            continue
        handle = _text(row.cells, columns.handle)
        if group and ((handle and handle != last) or len(group) == ROWS_MAX):
            yield group
            group = []
        last = handle or last
        group.append(row)
    if group:
        yield group


def _article(group: Sequence[SheetRow], columns: FamilyColumns) -> Rows:
    """The rows of one handle: the parent if there are choices, then each row."""
    if not group:
        return
    first = group[0].cells
    filled = [_row(row, _filled(row.cells, first, columns.shared), None) for row in group]
    goods = [row for row in filled if _is_goods(row.cells, columns)] or filled[:1]
    pictures = _pictures(group, columns)
    axes = columns.axes(goods[0].cells)
    left_out = max(0, len(pictures) - MEDIA_MAX)
    shown = "\n".join(pictures[:MEDIA_MAX])
    handle = _text(first, columns.handle)
    parent = parent_sku_of(handle) if axes and handle else ""
    picture_at = columns.pictures[0] if columns.pictures else None
    blank = dict.fromkeys((*columns.pictures, columns.own_picture))
    if parent:
        cells = _with(first, {**blank, columns.sku: parent, picture_at: shown})
        part = FamilyPart(
            Subject.PARENT, axes, is_extra=True, goes_on=True, pictures_left_out=left_out
        )
        yield SheetRow(group[0].line, cells, part=part)
    lines = {row.line for row in goods}
    for row in filled:
        goes_on = row is not filled[-1]
        if row.line not in lines:
            yield _row(row, row.cells, FamilyPart(Subject.PICTURES, goes_on=goes_on))
            continue
        own = _text(row.cells, columns.own_picture)
        if parent:
            one = own or (pictures[0] if pictures else "")
            media = {**blank, picture_at: one}
        else:
            media = {**blank, picture_at: shown} if row is goods[0] else {}
        part = FamilyPart(
            Subject.PRODUCT,
            axes,
            parent,
            goes_on=goes_on,
            pictures_left_out=left_out if not parent and row is goods[0] else 0,
        )
        yield _row(row, _with(row.cells, media), part)


def _row(row: SheetRow, cells: tuple[Cell, ...], part: FamilyPart | None) -> SheetRow:
    return SheetRow(row.line, cells, row.fault, row.document, row.length, part)


def parent_sku_of(handle: str) -> str:
    """The handle, if a parent can have it as its SKU; else what is left of it, and a digest."""
    if _SKU.fullmatch(handle):
        return handle
    digest = blake2b(handle.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    bare = re.sub(r"[^A-Za-z0-9._-]+", "-", handle).strip("-._")[:80]
    return f"{bare}-{digest}" if bare else f"article-{digest}"


def _is_goods(cells: Sequence[Cell], columns: FamilyColumns) -> bool:
    """Whether the row is about something to sell, not only a picture."""
    own = [columns.sku, columns.amount, *(value_at for _, value_at, _ in columns.options)]
    return any(_text(cells, place) for place in own)


def _pictures(group: Sequence[SheetRow], columns: FamilyColumns) -> list[str]:
    places = [*columns.pictures, columns.own_picture]
    found = [
        url for place in places for row in group for url in addresses_in(_text(row.cells, place))
    ]
    return list(dict.fromkeys(found))


def _filled(
    cells: tuple[Cell, ...], above: Sequence[Cell], places: Iterable[int]
) -> tuple[Cell, ...]:
    """With the values of `above` where there are none."""
    return _with(
        cells, {at: above[at] for at in places if not _text(cells, at) and _text(above, at)}
    )


def _with(cells: tuple[Cell, ...], values: dict[int | None, Cell]) -> tuple[Cell, ...]:
    changed = {at: value for at, value in values.items() if at is not None}
    if not changed:
        return cells
    return tuple([changed.get(at, cell) for at, cell in enumerate(cells)])


def _text(cells: Sequence[Cell], at: int | None) -> str:
    """The cell as text, "" for one that is empty or says nothing."""
    cell = None if at is None else cells[at]
    if cell is None or is_nothing(cell):
        return ""
    return cell.strip() if isinstance(cell, str) else str(cell)
