"""What the tariff asks of goods: legal units, declaration elements, and controls, by the beginning
of the code. The longest beginning wins.

The CSV has `prefix,unit1,unit2,elements,controls,basis`. The park's own sample covers the chapters
of goods and is marked so; an operator's file has codes of ten digits and takes its place.
`elements` are `name=key` apart by semicolons, in the order of declaration. The keys, apart by
slashes, say where an order line has the value: `brand`, `model`, `material`, or the name of an
attribute. `!` behind them: goods cannot be declared without; `?`: it is asked about. `controls` are
apart by blanks: licence, inspection, duty.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from services.customs.domain.tariff.nomenclature import Nomenclature
from services.customs.domain.tariff.units import Unit

COLUMNS: Final = ("prefix", "unit1", "unit2", "elements", "controls", "basis")
CONTROLS: Final = frozenset(("licence", "inspection", "duty"))
Need = Literal["required", "expected", "optional"]
_NEEDS: Final[dict[str, Need]] = {"!": "required", "?": "expected"}
_LENGTHS: Final = frozenset((2, 4, 6, 8, 10))


@dataclass(frozen=True, slots=True)
class Element:
    """A declaration element, and the keys under which an order line may have it."""

    name_zh: str
    keys: tuple[str, ...]
    need: Need = "optional"


@dataclass(frozen=True, slots=True)
class TariffRow:
    """`unit1`, `unit2`: the legal units. None: not known, because codes below differ."""

    prefix: str
    unit1: str | None
    unit2: str | None
    elements: tuple[Element, ...]
    controls: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True)
class Tariff:
    """`rows` by prefix. `shorter`: by a code that only longer rows speak of, what these say."""

    rows: Mapping[str, TariffRow]
    shorter: Mapping[str, TariffRow]
    units: Mapping[str, Unit]
    nomenclature: Nomenclature
    version: str

    def row_of(self, hs_code: str) -> TariffRow | None:
        """None: the tariff does not have the code."""
        for length in (10, 8, 6, 4, 2):
            if length <= len(hs_code) and (row := self.rows.get(hs_code[:length])) is not None:
                return row
        return self.shorter.get(hs_code)


@dataclass(frozen=True, slots=True)
class RowFault:
    """`line`: of the file, its header being 1."""

    line: int
    problem: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.problem}"


def parse_tariff(
    text: str, units: Mapping[str, Unit], nomenclature: Nomenclature
) -> tuple[Tariff, tuple[RowFault, ...]]:
    """The tariff without its bad rows, and what is wrong with them."""
    rows: dict[str, TariffRow] = {}
    faults: list[RowFault] = []
    reader = csv.DictReader(io.StringIO(text))
    if lacking := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        faults.append(RowFault(1, f"columns are missing: {', '.join(lacking)}"))
        return Tariff({}, {}, units, nomenclature, ""), tuple(faults)
    for cells in reader:
        problems = list(_problems(cells, rows, units))
        faults += [RowFault(reader.line_num, problem) for problem in problems]
        if not problems:
            rows[cells["prefix"]] = _row(cells)
    kind = "sample-" if any(row.basis == "sample" for row in rows.values()) else ""
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Tariff(rows, _shorter(rows), units, nomenclature, kind + digest), tuple(faults)


def _problems(
    cells: Mapping[str, str | None], rows: Mapping[str, TariffRow], units: Mapping[str, Unit]
) -> Iterator[str]:
    values = {name: cells.get(name) for name in COLUMNS}
    if None in values.values():
        yield "it has fewer columns than the header"
        return
    prefix = values["prefix"] or ""
    if len(prefix) not in _LENGTHS or not (prefix.isascii() and prefix.isdigit()):
        yield f"prefix {prefix!r} is not 2, 4, 6, 8 or 10 digits"
    if prefix in rows:
        yield f"prefix {prefix} occurs more than once"
    for name in ("unit1", "unit2"):
        code = values[name]
        if code not in units and (name == "unit1" or code):
            yield f"{name} {code!r} is not in the table of units"
    for part in filter(None, (values["elements"] or "").split(";")):
        name_zh, equals, keys = part.partition("=")
        if not (name_zh.strip() and equals and keys.strip("!? /")):
            yield f"element {part!r} is not name=key"
    if unknown := sorted(set((values["controls"] or "").split()) - CONTROLS):
        yield f"controls {', '.join(unknown)} are none of {', '.join(sorted(CONTROLS))}"


def _row(cells: Mapping[str, str]) -> TariffRow:
    return TariffRow(
        prefix=cells["prefix"],
        unit1=cells["unit1"],
        unit2=cells["unit2"] or None,
        elements=tuple(map(_element, filter(None, cells["elements"].split(";")))),
        controls=tuple(cells["controls"].split()),
        basis=cells["basis"],
    )


def _element(text: str) -> Element:
    name_zh, _, keys = text.partition("=")
    mark = keys[-1:]
    alternatives = tuple(key.strip() for key in keys.rstrip("!?").split("/"))
    return Element(name_zh.strip(), alternatives, _NEEDS.get(mark, "optional"))


def _shorter(rows: Mapping[str, TariffRow]) -> dict[str, TariffRow]:
    """Rows for codes of 6 and 8 digits that only longer rows speak of: units where all of these
    agree, the elements of the first, and every control of any.
    """
    found: dict[str, TariffRow] = {}
    for prefix, row in sorted(rows.items()):
        for length in (6, 8):
            code = prefix[:length]
            if length >= len(prefix) or code in rows:
                continue
            known = found.get(code)
            found[code] = replace(row, prefix=code) if known is None else _agreed(known, row)
    return found


def _agreed(known: TariffRow, row: TariffRow) -> TariffRow:
    is_same = (known.unit1, known.unit2) == (row.unit1, row.unit2)
    return replace(
        known,
        unit1=known.unit1 if is_same else None,
        unit2=known.unit2 if is_same else None,
        controls=tuple(sorted({*known.controls, *row.controls})),
    )
