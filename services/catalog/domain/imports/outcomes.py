"""What became of the rows of one chunk, and what to tell about them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from services.catalog.domain.imports.fields import example_at
from services.catalog.domain.imports.findings import RowFinding, Severity
from services.catalog.domain.imports.job import Counts
from services.catalog.domain.imports.mapping import ColumnMapping
from shared.kernel.errors import AirlaneError, FieldProblem, Text
from shared.kernel.words import Words, words

# More about one row helps nobody.
FINDINGS_OF_ROW_MAX: Final = 20
_VALUE_MAX: Final = 200
# A value that every product must have is not there.
_MISSING: Final = "field.missing"
_NO_COLUMN_FIX: Final = Text(
    "Add a column with the header {example}, or give one value for all rows: constants={field}:…",
    "请增加表头为 {example} 的列，或为所有行指定同一个值：constants={field}:…",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """`line` 0: about the whole file. `column`: the header's name. `field`: path of the value in a
    REST document, `price.amount`. Both are "" where they are not known.
    """

    line: int
    column: str
    field: str
    value: str
    code: str
    severity: Severity
    detail: Words
    fix: Words


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a chunk: `counts` and `findings` of its rows, `line` of its last row."""

    counts: Counts
    findings: tuple[Finding, ...]
    line: int


def of_cell(found: RowFinding, severity: Severity | None = None) -> Finding:
    """What was wrong with a cell, a row or a column."""
    return Finding(
        found.line,
        found.column,
        found.field,
        found.value,
        found.code,
        severity or found.severity,
        found.detail,
        found.fix,
    )


class Blame:
    """Finds the column that a fault of a document comes from."""

    def __init__(self, mapping: ColumnMapping) -> None:
        self._kind = mapping.kind
        self._has_header = bool(mapping.names)
        self._names: Mapping[str, str] = {one.path: one.name for one in mapping.columns}

    def of_error(
        self, line: int, error: AirlaneError, document: object, severity: Severity
    ) -> list[Finding]:
        """One finding for each fault of a refusal."""
        if not error.problems:
            text, fix = words(error.text, **error.params), words(error.fix, **error.params)
            return [Finding(line, "", "", "", error.code, severity, text, fix)]
        return [self.of_problem(line, one, document, severity) for one in error.problems]

    def of_problem(
        self, line: int, problem: FieldProblem, document: object, severity: Severity
    ) -> Finding:
        path = path_of(problem.pointer)
        column = self.column_of(path)
        fix = words(problem.fix, **problem.params)
        if problem.code == _MISSING and self._has_header and not column:
            example = example_at(self._kind, path)
            fix = words(_NO_COLUMN_FIX, example=example, field=path) if example else fix
        return Finding(
            line,
            column,
            path[:_VALUE_MAX],
            _shown(value_at(document, path)),
            problem.code,
            severity,
            words(problem.text, **problem.params),
            fix,
        )

    def column_of(self, path: str) -> str:
        """The column of a field, of what it is part of, or else the first of its parts."""
        whole = path
        while path:
            if path in self._names:
                return self._names[path]
            path = path.rpartition(".")[0]
        return next((name for p, name in self._names.items() if p.startswith(f"{whole}.")), "")


def path_of(pointer: str) -> str:
    """`/price/amount` → `price.amount`"""
    parts = pointer.removeprefix("/").split("/")
    return ".".join(part.replace("~1", "/").replace("~0", "~") for part in parts)


def value_at(document: object, path: str) -> object:
    """None where there is nothing."""
    for part in path.split("."):
        if isinstance(document, dict):
            document = document.get(part)
        elif isinstance(document, list) and part.isdigit() and int(part) < len(document):
            document = document[int(part)]
        else:
            return None
    return document


def errors_of(findings: Iterable[Finding]) -> int:
    return sum(one.severity is Severity.ERROR for one in findings)


def _shown(value: object) -> str:
    """As JSON has it."""
    if value is None or isinstance(value, str):
        return (value or "")[:_VALUE_MAX]
    return json.dumps(value, ensure_ascii=False, default=str)[:_VALUE_MAX]
