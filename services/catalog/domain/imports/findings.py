"""What was found in a file, for the person who sent it."""

from dataclasses import dataclass
from enum import StrEnum

from services.catalog.domain.imports.fault_kinds import FAULT_KINDS
from shared.kernel.errors import Text
from shared.kernel.words import Words, words


class Severity(StrEnum):
    """A warning says what was done; the row goes on."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class RowFinding:
    """`line` 0: about the whole file. `column`: the header's name, "" for a row as a whole.

    `field`: where the value would have gone (`price.amount`), "" where that is not known.
    `value`: the cell as text, at most 200 characters.
    """

    line: int
    column: str
    field: str
    value: str
    code: str
    params: dict[str, str | int]
    severity: Severity = Severity.ERROR

    @property
    def detail(self) -> Words:
        return self._words(FAULT_KINDS[self.code].text)

    @property
    def fix(self) -> Words:
        return self._words(FAULT_KINDS[self.code].fix)

    def _words(self, text: Text) -> Words:
        named = {"column": self.column, "value": self.value, "field": self.field}
        return words(text, **{**named, **self.params})
