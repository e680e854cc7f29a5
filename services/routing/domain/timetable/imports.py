"""The import of a timetable file: what was sent, how far it has come, what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.kernel.errors import AirlaneError, Invalid, NotFound, Text
from shared.kernel.words import Words, words

ATTEMPTS_MAX: Final = 5
"""A file at which the process dies every time is not tried for ever."""
FAULTS_KEPT_MAX: Final = 10_000


class ImportMode(StrEnum):
    """`merge`: flights of the file are added and changed. `replace`: besides, flights of the
    carriers that the file names, in its period, that are not in it are cancelled.
    """

    MERGE = "merge"
    REPLACE = "replace"


class ImportStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self in (ImportStatus.DONE, ImportStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Counts:
    """Schedules of the file and flights by what became of them.

    Only flights of the days that can be booked exist: those of later days are made as days pass.
    """

    schedules_new: int = 0
    schedules_unchanged: int = 0
    flights_new: int = 0
    flights_changed: int = 0
    flights_cancelled: int = 0

    def plus(self, other: "Counts") -> "Counts":
        return Counts(
            self.schedules_new + other.schedules_new,
            self.schedules_unchanged + other.schedules_unchanged,
            self.flights_new + other.flights_new,
            self.flights_changed + other.flights_changed,
            self.flights_cancelled + other.flights_cancelled,
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nothing was taken of a file, or no more of it."""

    code: str
    detail: Words
    fix: Words

    @classmethod
    def of(cls, error: AirlaneError) -> "Failure":
        return cls(error.code, words(error.text, **error.params), words(error.fix, **error.params))


@dataclass(frozen=True, slots=True)
class TimetableImport:
    """`rows`, and how many rows failed, are None until the file was read.

    `done_through`: the last flight number that is done, "" before the first. `attempts`: how often
    it was begun without getting any further. `faults` counts all that was found, also what is not
    kept.
    """

    id: str
    mode: ImportMode
    status: ImportStatus
    sha256: str
    bytes: int
    rows: int | None
    rows_failed: int | None
    done_through: str
    counts: Counts
    faults: int
    attempts: int
    failure: Failure | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    def is_answer_to(self, *, mode: ImportMode, sha256: str) -> bool:
        """Whether the same file sent again could not come to anything else, if nothing was imported
        since.
        """
        return (
            (self.mode, self.sha256) == (mode, sha256)
            and self.status is not ImportStatus.FAILED
            and self.faults == 0
        )


class TimetableImportNotFound(NotFound):
    code = "routing.timetable_import.not_found"
    text = Text("There is no such import of a timetable.", "没有该时刻表导入任务。")
    fix = Text(
        "POST /v1/timetable-imports answers with the address of the one that it has made.",
        "POST /v1/timetable-imports 的响应中有导入任务的地址。",
    )


class TimetableImportBrokeOff(Invalid):
    code = "routing.timetable_import.broke_off"
    text = Text(
        "The import broke off {attempts} times after flight number {done_through}.",
        "导入在航班号 {done_through} 之后中断 {attempts} 次。",
    )
    fix = Text(
        "What comes before it is applied. Send the rest in smaller files, and report the import's"
        " id.",
        "此前的内容已生效。请将其余部分拆分后重新提交，并提供导入编号。",
    )
