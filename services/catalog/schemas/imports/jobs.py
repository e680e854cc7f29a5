"""Imports, as REST clients see them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from services.catalog.domain.imports.documents import documents
from services.catalog.domain.imports.fields import FIELDS
from services.catalog.domain.imports.findings import Severity
from services.catalog.domain.imports.headers import is_target
from services.catalog.domain.imports.job import (
    ColumnTargetUnknown,
    ColumnUnknown,
    Import,
    Mode,
    Parents,
    Policy,
    Stage,
    State,
)
from services.catalog.domain.imports.mapping import ColumnMapping, ConstantUnreadable
from services.catalog.domain.imports.rows import ImportKind
from services.catalog.queries.imports import CodeCount, FindingView
from shared.documents.faults import pointer
from shared.documents.fields import Body
from shared.documents.findings import FindingOut
from shared.kernel.errors import FieldProblem, Locale, refuse

_Header = Annotated[str, StringConstraints(max_length=500)]
_Target = Annotated[str, StringConstraints(max_length=200)]
_Value = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ColumnsIn(Body):
    """What columns are. Those that are not named stay as they were recognised."""

    targets: dict[_Header, _Target] = Field(
        default={},
        max_length=500,
        description='Header → field, such as `net_weight_g@kg`; "": the column is not read.',
        examples=[{"净重": "net_weight_g@kg", "备注": ""}],
    )
    constants: dict[_Target, _Value] = Field(
        default={},
        max_length=50,
        description="Values for fields that no column has, as a cell would have them.",
        examples=[{"price.currency": "USD"}],
    )
    remember: bool = Field(
        default=True, description="Use the choice for the next file with the same columns, too."
    )

    def check(self, one: Import) -> None:
        """Raises Invalid, with a fault for each column that is not there and each wrong field."""
        kind = one.options.kind
        problems = []
        for header, target in self.targets.items():
            at = pointer(("body", "targets", header))
            if header not in one.columns.names:
                problems.append(ColumnUnknown.at(at, column=header))
            if not is_target(kind, target):
                problems.append(ColumnTargetUnknown.at(at, target=target, kind=kind.value))
        for path, value in self.constants.items():
            at = pointer(("body", "constants", path))
            problems += _constant_problems(kind, path, value, at)
        refuse(problems)


def constants_of(given: Sequence[str], kind: ImportKind) -> dict[str, str]:
    """`["price.currency:USD"]`, as a query has them, by field. Raises Invalid."""
    problems: list[FieldProblem] = []
    constants: dict[str, str] = {}
    for number, one in enumerate(given):
        path, _, value = one.partition(":")
        problems += _constant_problems(kind, path, value, pointer(("query", "constants", number)))
        constants[path] = value
    refuse(problems)
    return constants


def _constant_problems(kind: ImportKind, path: str, value: str, at: str) -> Iterator[FieldProblem]:
    if not path or not is_target(kind, path):
        yield ColumnTargetUnknown.at(at, target=path, kind=kind.value)
        return
    try:
        list(documents((), ColumnMapping(kind, (), (), (), {path: value})))
    except ConstantUnreadable as refusal:
        yield refusal.at(at, **refusal.params)


class CountsOut(BaseModel):
    read: int
    new: int
    changed: int
    unchanged: int
    failed: int
    warnings: int


class ProgressOut(BaseModel):
    """`total` is an estimate until the file has been read; null: not known."""

    stage: Stage
    rows: CountsOut
    line: int = Field(description="The last line of the file that is done.")
    total: int | None
    rows_per_second: float | None = Field(description="Of the time at work; null: not known.")
    seconds_left: float | None = Field(description="null: not known.")


class ImportOut(BaseModel):
    id: str = Field(examples=["imp_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])
    merchant_id: str
    kind: ImportKind
    policy: Policy
    mode: Mode
    empty: Literal["keep", "clear"]
    parents: Parents
    dry_run: bool
    filename: str | None
    media_type: str
    bytes: int
    sha256: str
    status: State = Field(description="needs_mapping: say what the columns are.")
    progress: ProgressOut
    failure: FindingOut | None = Field(description="Why it failed as a whole.")
    same_file_as: str | None = Field(
        description="An earlier import of the same bytes with the same options that is done."
    )
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class ImportFindingOut(BaseModel):
    """What was found in a file. `line` 0: about the file as a whole, or a column of it."""

    line: int = Field(description="As a person counts it in the file, the header included.")
    column: str = Field(description="The header of the column.", examples=["净重(kg)"])
    field: str = Field(description="Where the value belongs.", examples=["net_weight_g"])
    value: str = Field(description="The cell, at most 200 characters.")
    severity: Severity = Field(description="With an error the row failed.")
    code: str = Field(description="Stable.", examples=["catalog.cell.not_number"])
    detail: str
    fix: str


class FindingCountOut(BaseModel):
    code: str
    column: str
    severity: Severity
    count: int


class FindingCountsOut(BaseModel):
    items: list[FindingCountOut]


class ColumnOut(BaseModel):
    name: str
    target: str = Field(description='The field; "": it is not read.')
    is_chosen: bool = Field(description="By somebody, not by its name.")
    candidates: list[str] = Field(
        description="Fields that it can be, where its name does not say which: choose one.",
        examples=[["gross_weight_g@kg", "net_weight_g@kg"]],
    )
    samples: list[str]


class FieldOut(BaseModel):
    """A field that a column can be. Texts take a language (`title.de`), weights and sizes a unit
    (`net_weight_g@kg`).
    """

    path: str
    example: str = Field(description="A header that is recognised.")
    is_required: bool


class ColumnsOut(BaseModel):
    items: list[ColumnOut]
    constants: dict[str, str]
    fields: list[FieldOut]


def import_out(one: Import, locale: Locale) -> dict[str, object]:
    options, file, failure = one.options, one.file, one.failure
    return {
        "id": one.id,
        "merchant_id": one.merchant_id,
        "kind": options.kind,
        "policy": options.policy,
        "mode": options.mode,
        "empty": options.empty,
        "parents": options.parents,
        "dry_run": options.is_dry_run,
        "filename": file.name,
        "media_type": file.media_type,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "status": one.state,
        "progress": progress_out(one),
        "failure": None
        if failure is None
        else FindingOut.of(failure.code, failure.detail, failure.fix, locale),
        "same_file_as": one.same_file_as,
        "created_at": one.created_at,
        "started_at": one.started_at,
        "finished_at": one.finished_at,
    }


def progress_out(one: Import) -> dict[str, object]:
    progress, counts = one.progress, one.progress.counts
    rate, left = progress.rows_per_s, progress.seconds_left
    total = counts.read if one.state is State.DONE else progress.rows_total
    return {
        "stage": progress.stage,
        "rows": {
            "read": counts.read,
            "new": counts.new,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "failed": counts.failed,
            "warnings": counts.warnings,
        },
        "line": progress.line,
        "total": total,
        "rows_per_second": None if rate is None else round(rate, 1),
        "seconds_left": None if left is None or one.state.is_final else round(left, 1),
    }


def finding_out(finding: FindingView, locale: Locale) -> dict[str, object]:
    return {
        "line": finding.line,
        "column": finding.column,
        "field": finding.field,
        "value": finding.value,
        "severity": finding.severity,
        "code": finding.code,
        "detail": finding.detail.in_language(locale),
        "fix": finding.fix.in_language(locale),
    }


def finding_counts_out(counts: Sequence[CodeCount]) -> dict[str, object]:
    return {
        "items": [
            {"code": c.code, "column": c.column, "severity": c.severity, "count": c.count}
            for c in counts
        ]
    }


def columns_out(one: Import) -> dict[str, object]:
    columns = one.columns
    targets: Mapping[str, str] = {**columns.targets, **columns.chosen}
    return {
        "items": [
            {
                "name": name,
                "target": targets.get(name, ""),
                "is_chosen": name in columns.chosen,
                "candidates": columns.candidates.get(name, []),
                "samples": columns.samples.get(name, []),
            }
            for name in columns.names
        ],
        "constants": columns.constants,
        "fields": [
            {"path": field.path, "example": field.example, "is_required": field.needed}
            for field in FIELDS[one.options.kind]
        ],
    }
