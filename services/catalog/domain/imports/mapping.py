"""Which column is what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.catalog.domain.imports.findings import RowFinding, Severity
from services.catalog.domain.imports.rows import ImportKind
from shared.kernel.errors import Invalid, Text


class ConstantUnreadable(Invalid):
    code = "catalog.import.constant_unreadable"
    text = Text("{value} is not a value of {field}.", "{value} 不是 {field} 的有效值。")
    fix = Text("Write it as a cell of that column would have it.", "请按该列单元格的写法填写。")


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """`index` from 0. `path`: see `fields.field_at`. `unit`: folded, for bare numbers of the column
    (`kg`, `cm`), the currency (`USD`) or the offset of its times (`+08:00`).

    `decimal`: the decimal mark of the column, where its values prove one. `day_first`: whether its
    dates begin with the day, likewise.
    """

    index: int
    name: str
    path: str
    unit: str | None = None
    decimal: str | None = None
    day_first: bool | None = None

    @property
    def target(self) -> str:
        """`net_weight_g@kg`: what is remembered for the next file."""
        return f"{self.path}@{self.unit}" if self.unit else self.path


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """`names`: all headers. `findings`: columns that are not read, and why.

    `constants`: values for fields that no column has, by path, as a cell would have them:
    `{"price.currency": "USD"}`. `candidates`: header → targets of a column that can be several
    things and is not read.
    """

    kind: ImportKind
    names: tuple[str, ...]
    columns: tuple[MappedColumn, ...]
    findings: tuple[RowFinding, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    candidates: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        """Whether all columns are there without which no row can be read."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)

    @property
    def remembered(self) -> dict[str, str]:
        """Header → target, for `match_columns` of the next file of this shape."""
        return {column.name: column.target for column in self.columns}
