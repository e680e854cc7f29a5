"""Columns that can be several things: the sender is asked about those that the rows need."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.catalog.domain.imports import column_fault_kinds
from services.catalog.domain.imports.draft import SIDES
from services.catalog.domain.imports.faults import FaultKind
from services.catalog.domain.imports.fields import is_needed
from services.catalog.domain.imports.findings import RowFinding, Severity
from services.catalog.domain.imports.rows import ImportKind


@dataclass(frozen=True, slots=True)
class Unclear:
    """A column that is not read. `candidates`: paths of what it can be. `told`: why it is not read,
    with what its text needs; None if it can be several things. `units`: those that its bare numbers
    may have, where nothing says which.
    """

    index: int
    name: str
    candidates: tuple[str, ...]
    unit: str | None = None
    told: tuple[FaultKind, dict[str, str | int]] | None = None
    units: tuple[str, ...] = ()

    @property
    def targets(self) -> list[str]:
        """As somebody would choose them: `net_weight_g@kg`."""
        units = (self.unit,) if self.unit else self.units
        if not units:
            return list(self.candidates)
        return [f"{path}@{unit}" for path in self.candidates for unit in units]


def asked(
    unclear: Iterable[Unclear], kind: ImportKind, there: Collection[str]
) -> tuple[dict[str, list[str]], list[RowFinding]]:
    """Of each column the targets that it can have, and what to tell: an error where the rows need
    one of them and no other column gives it.

    `there`: the paths that columns or constants give.
    """
    findings = []
    for one in unclear:
        lacks = any(is_needed(kind, p) and not is_covered(p, there) for p in one.candidates)
        if one.told is not None:
            fault, params = one.told
        else:
            is_asked = column_fault_kinds.COLUMN_UNCLEAR if lacks else None
            fault = is_asked or column_fault_kinds.COLUMN_AMBIGUOUS
            params = {"candidates": ", ".join(one.candidates)}
        severity = Severity.ERROR if lacks else Severity.WARNING
        findings.append(RowFinding(0, one.name, "", "", fault.code, params, severity))
    return {one.name: one.targets for one in unclear if one.candidates}, findings


def is_covered(path: str, there: Collection[str]) -> bool:
    """Whether the columns give this value, maybe in another form."""
    if path in there:
        return True
    if path == "size_mm":
        return set(SIDES) <= set(there)
    if path in SIDES:
        return "size_mm" in there
    if path == "on_hand":
        return "delta" in there
    return path == "unit_price.amount" and "line_total.amount" in there
