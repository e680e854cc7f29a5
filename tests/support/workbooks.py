"""Workbooks of all kinds: as Excel writes them, and as nobody should."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
)
_RELATION = (
    '<Relationship Id="{id}" Target="{target}"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{type}"/>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(
    path: Path,
    rows: Sequence[Sequence[object]],
    *,
    formats: Mapping[int, str] | None = None,
) -> bytes:
    """One sheet, by xlsxwriter. `formats`: number format by column."""
    book = xlsxwriter.Workbook(path, {"strings_to_urls": False, "remove_timezone": True})
    sheet = book.add_worksheet("商品")
    looks = {
        column: book.add_format({"num_format": look}) for column, look in (formats or {}).items()
    }
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            look = looks.get(column) if line else None
            if value is not None:
                sheet.write(line, column, value, look)
    book.close()
    return path.read_bytes()


def raw_workbook(
    sheet: str,
    *,
    strings: Sequence[str] = (),
    styles: str = "",
    states: Mapping[str, str] | None = None,
    others: Mapping[str, bytes] | None = None,
    prolog: str = '<?xml version="1.0" encoding="UTF-8"?>',
) -> bytes:
    """A workbook of this XML: `sheet` is what stands in `<worksheet>`. `states`: by name of sheet,
    all of which have this content.
    """
    names = states or {"Sheet1": "visible"}
    numbered = list(enumerate(names.items(), 1))
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{n}" state="{state}" r:id="rId{n}"/>'
        for n, (name, state) in numbered
    )
    relations = "".join(
        _RELATION.format(id=f"rId{n}", type="worksheet", target=f"worksheets/sheet{n}.xml")
        for n, _ in numbered
    )
    relations += _RELATION.format(id="s", type="sharedStrings", target="sharedStrings.xml")
    relations += _RELATION.format(id="f", type="styles", target="styles.xml")
    office = _RELATION.format(id="w", type="officeDocument", target="xl/workbook.xml")
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f"<Relationships>{office}</Relationships>",
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="r"><sheets>{sheets}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
        "xl/sharedStrings.xml": f"<sst>{''.join(f'<si>{text}</si>' for text in strings)}</sst>",
        "xl/styles.xml": f"<styleSheet>{styles}</styleSheet>",
    }
    parts |= {
        f"xl/worksheets/sheet{n}.xml": f'{prolog}<worksheet xmlns="{_MAIN}">{sheet}</worksheet>'
        for n, _ in numbered
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        for name, data in (others or {}).items():
            archive.writestr(name, data)
    return packed.getvalue()
