"""What can be wrong with a cell, a row or a column: a stable code, texts and fix in both languages.

Faults are values, not exceptions: a file has a hundred thousand of them on a bad day.
"""

from dataclasses import dataclass, field

from shared.kernel.errors import Text


@dataclass(frozen=True, slots=True)
class FaultKind:
    """`fix` and `text` are filled with the fault's parameters, and with column and value."""

    code: str
    text: Text
    fix: Text


@dataclass(frozen=True, slots=True)
class CellFault:
    """Why a cell (or a row) is not understood."""

    kind: FaultKind
    params: dict[str, str | int] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.kind.code


def fault_kind(code: str, en: str, zh: str, fix_en: str | Text, fix_zh: str = "") -> FaultKind:
    """The fix as texts in English and Chinese, or as one that several kinds share."""
    fix = fix_en if isinstance(fix_en, Text) else Text(fix_en, fix_zh)
    return FaultKind(code, Text(en, zh), fix)
