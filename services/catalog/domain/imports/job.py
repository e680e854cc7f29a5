"""An import: a file, what to do with it, and how far it has come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from services.catalog.domain.imports.rows import ImportKind
from shared.kernel.errors import AirlaneError, Conflict, Invalid, NotFound, Text
from shared.kernel.json import JsonObject
from shared.kernel.words import Words, words

# How long the file of an import is kept, so that its failed rows can be fetched.
KEPT_FOR: Final = timedelta(days=7)
# A file at which the process dies every time must not be tried for ever.
ATTEMPTS_MAX: Final = 5


class State(StrEnum):
    """`needs_mapping`: it waits for somebody to say what the columns are."""

    QUEUED = "queued"
    RUNNING = "running"
    NEEDS_MAPPING = "needs_mapping"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self in (State.CANCELLED, State.DONE, State.FAILED)


class Stage(StrEnum):
    """`checking`: nothing is written. It is the whole of a dry run."""

    CHECKING = "checking"
    WRITING = "writing"


class Policy(StrEnum):
    """What happens to the rest when something is wrong with a row."""

    REJECT_EVERYTHING = "reject_everything"
    REJECT_FAILED_ROWS = "reject_failed_rows"
    IGNORE_FAILED_FIELDS = "ignore_failed_fields"


class Mode(StrEnum):
    """Whether rows may create, change, or both."""

    UPSERT = "upsert"
    CREATE = "create"
    UPDATE = "update"


class Parents(StrEnum):
    """What happens to a variant whose parent is not there: the parent is made of it, or the row
    fails.
    """

    CREATE = "create"
    REQUIRE = "require"


@dataclass(frozen=True, slots=True)
class Options:
    """`empty`: what an empty cell means: the value stays, or is removed where it is optional."""

    kind: ImportKind
    policy: Policy = Policy.REJECT_FAILED_ROWS
    mode: Mode = Mode.UPSERT
    empty: Literal["keep", "clear"] = "keep"
    is_dry_run: bool = False
    parents: Parents = Parents.CREATE

    @property
    def first_stage(self) -> Stage:
        checks = self.is_dry_run or self.policy is Policy.REJECT_EVERYTHING
        return Stage.CHECKING if checks else Stage.WRITING


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`file`: its name in the spool folder. `name`: as the client called it."""

    file: str
    name: str | None
    media_type: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what became of them. In the stage `checking`: what would become of them."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    warnings: int = 0

    def plus(self, other: "Counts") -> "Counts":
        return Counts(
            self.read + other.read,
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.failed + other.failed,
            self.warnings + other.warnings,
        )

    @classmethod
    def total(cls, counts: "Iterable[Counts]") -> "Counts":
        rows = [(c.read, c.new, c.changed, c.unchanged, c.failed, c.warnings) for c in counts]
        return cls(*map(sum, zip(*rows, strict=True)))


@dataclass(frozen=True, slots=True)
class Progress:
    """`line`: the last line of the file that is done. `worked_ms`: real time spent on its rows."""

    stage: Stage
    counts: Counts = Counts()
    line: int = 0
    rows_total: int | None = None
    worked_ms: int = 0

    @property
    def rows_per_s(self) -> float | None:
        if not self.worked_ms or not self.counts.read:
            return None
        return self.counts.read / (self.worked_ms / 1000)

    @property
    def seconds_left(self) -> float | None:
        """None: not known."""
        rate = self.rows_per_s
        if rate is None or self.rows_total is None:
            return None
        return max(self.rows_total - self.counts.read, 0) / rate


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an import as a whole ended without doing its work."""

    code: str
    detail: Words
    fix: Words

    @classmethod
    def of(cls, error: AirlaneError) -> "Failure":
        return cls(error.code, words(error.text, **error.params), words(error.fix, **error.params))


@dataclass(frozen=True, slots=True)
class Columns:
    """What the header's columns are taken for. `targets`: header → field, "" for a column that is
    not read; those that somebody chose are in `chosen`. `samples`: some values of each column.
    `candidates`: header → targets of a column that can be several things.
    """

    names: tuple[str, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    samples: Mapping[str, list[str]] = field(default_factory=dict)
    candidates: Mapping[str, list[str]] = field(default_factory=dict)

    def to_json(self) -> JsonObject:
        return {
            "names": list(self.names),
            "targets": dict(self.targets),
            "chosen": dict(self.chosen),
            "constants": dict(self.constants),
            "samples": dict(self.samples),
            "candidates": dict(self.candidates),
        }

    @classmethod
    def from_json(cls, stored: JsonObject) -> "Columns":
        if not stored:
            return cls()
        return cls(
            tuple(stored["names"]),
            stored["targets"],
            stored["chosen"],
            stored["constants"],
            stored["samples"],
            stored.get("candidates", {}),  # imports of earlier versions have none
        )


@dataclass(frozen=True, slots=True)
class Import:
    """`attempt` counts the processes that worked on it; only the latest may write. `stuck`: how
    many of the last ones got no row done.

    `shape`: how the file is laid out, {} until it was opened. `same_file_as`: an earlier import of
    the same bytes with the same options that was done.
    """

    id: str
    merchant_id: str
    options: Options
    file: StoredFile
    state: State
    progress: Progress
    columns: Columns
    shape: JsonObject
    attempt: int
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failure: Failure | None = None
    same_file_as: str | None = None
    stuck: int = 0

    def mapped(self, chosen: Mapping[str, str], constants: Mapping[str, str]) -> "Import":
        """Queued again with columns that somebody has chosen. Raises ImportNotWaiting."""
        if self.state is not State.NEEDS_MAPPING:
            raise ImportNotWaiting(state=self.state.value)
        columns = replace(
            self.columns, chosen={**self.columns.chosen, **chosen}, constants=dict(constants)
        )
        return replace(self, columns=columns, state=State.QUEUED)

    def cancelled(self) -> "Import":
        """As it is after a request to cancel it. What has been written stays."""
        if self.state.is_final or self.state is State.CANCELLING:
            return self
        running = self.state is State.RUNNING
        return replace(self, state=State.CANCELLING if running else State.CANCELLED)


class ImportNotFound(NotFound):
    code = "catalog.import.not_found"
    text = Text("There is no such import.", "没有该导入任务。")


class ImportNotWaiting(Conflict):
    code = "catalog.import.not_waiting"
    text = Text(
        "The import is {state}; columns are chosen while it is needs_mapping.",
        "导入状态为 {state}，仅在 needs_mapping 时可以指定列。",
    )
    fix = Text("Send the file again to read it differently.", "如需更改，请重新上传文件。")


class ImportFileGone(Conflict):
    code = "catalog.import.file_gone"
    text = Text("The file of this import is not kept any more.", "该导入的文件已不再保存。")
    fix = Text("Send it again.", "请重新上传。")


class ImportRejected(Invalid):
    code = "catalog.import.rejected"
    text = Text(
        "{failed} rows have faults, so nothing was written (policy reject_everything).",
        "有 {failed} 行存在问题，未写入任何数据（策略 reject_everything）。",
    )
    fix = Text(
        "Correct the rows and send the file again, or use the policy reject_failed_rows.",
        "请更正后重新上传，或使用策略 reject_failed_rows。",
    )


class ImportCrashed(Invalid):
    code = "catalog.import.crashed"
    text = Text(
        "The import broke off {attempts} times near line {line}.",
        "导入在第 {line} 行附近中断 {attempts} 次。",
    )
    fix = Text(
        "Split the file; report the import's id if a small part breaks off, too.",
        "请拆分文件；若小文件仍中断，请提供导入编号。",
    )


class ImportFileMissing(Invalid):
    code = "catalog.import.file_missing"
    text = Text("The file of this import is not in the spool folder.", "导入文件不在暂存目录中。")
    fix = Text(
        "Send it again; all processes of catalog must share CATALOG_SPOOL_DIR.",
        "请重新上传；catalog 的所有进程须共用 CATALOG_SPOOL_DIR。",
    )


class ColumnTargetUnknown(Invalid):
    code = "catalog.import.target_unknown"
    text = Text(
        "{target} is not a field of {kind}, or its unit does not fit.",
        "{kind} 没有字段 {target}，或单位不适用。",
    )
    fix = Text(
        'Use one of the targets that GET …/columns lists, or "" to ignore the column. Units are'
        " written like @kg, @cm, @USD and @+08:00.",
        '请使用 GET …/columns 列出的字段，或用 "" 忽略该列。单位写法如 @kg、@cm、@USD、@+08:00。',
    )


class ColumnUnknown(Invalid):
    code = "catalog.import.column_unknown"
    text = Text("The file has no column {column}.", "文件没有“{column}”列。")
    fix = Text("Name it as GET …/columns does.", "列名请与 GET …/columns 一致。")
