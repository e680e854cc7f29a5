"""Promises and their grades, as REST clients see them."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from services.routing.queries.promises import GradeCounts


class FaultCountsOut(BaseModel):
    """How many promises each of them broke; `unknown`: no recorded fact says who."""

    merchant: int
    customs: int
    park: int
    carrier: int
    last_mile: int
    unknown: int


class PromiseGradeOut(BaseModel):
    """`store` and `carrier` null: all of them. Store `unknown`: it is not known. A promise over
    several carriers counts for each of them.

    `kept_share` is of those that were due and not cancelled in time. `late_…_min`: minutes late of
    what was delivered late; what is `overdue` has not been delivered. `ungraded`: due a moment ago.
    `flown_as_planned_share` is Cargo iQ's: on or before the last planned flight, at most 12 h late.
    """

    store: str | None = Field(examples=["DE"])
    carrier: str | None = Field(examples=["EH"])
    due: int
    kept: int
    late: int
    overdue: int
    void: int
    ungraded: int
    kept_share: float | None = Field(examples=[0.97])
    late_p50_min: int | None
    late_p90_min: int | None
    late_max_min: int | None
    faults: FaultCountsOut
    flown_as_planned_share: float | None

    @classmethod
    def of(cls, counts: GradeCounts) -> "PromiseGradeOut":
        return cls.model_construct(
            store=(counts.store or "unknown") if counts.is_one_store else None,
            carrier=counts.carrier,
            due=counts.due,
            kept=counts.kept,
            late=counts.late,
            overdue=counts.overdue,
            void=counts.void,
            ungraded=counts.ungraded,
            kept_share=counts.kept_share,
            late_p50_min=counts.late_p50_min,
            late_p90_min=counts.late_p90_min,
            late_max_min=counts.late_max_min,
            faults=FaultCountsOut.model_construct(
                merchant=counts.merchant,
                customs=counts.customs,
                park=counts.park,
                carrier=counts.carriers,
                last_mile=counts.last_mile,
                unknown=counts.unknown,
            ),
            flown_as_planned_share=counts.flown_as_planned_share,
        )


class PromiseGradesOut(BaseModel):
    """Promises that were due from `due_from` on and before `due_to`."""

    due_from: datetime
    due_to: datetime
    grades: list[PromiseGradeOut]


def grades_csv(grades: Sequence[PromiseGradeOut]) -> bytes:
    """The same as a table, the counts of faults as `fault_…`; what is null is an empty cell."""
    rows = [
        {key: value for key, value in grade.model_dump().items() if key != "faults"}
        | {f"fault_{name}": number for name, number in grade.faults.model_dump().items()}
        for grade in grades
    ]
    columns = [
        *(name for name in PromiseGradeOut.model_fields if name != "faults"),
        *(f"fault_{name}" for name in FaultCountsOut.model_fields),
    ]
    lines = [columns, *([_cell(row[column]) for column in columns] for row in rows)]
    return "".join(",".join(line) + "\r\n" for line in lines).encode()


def _cell(value: object) -> str:
    """Codes and numbers: none of them needs quotes."""
    return "" if value is None else str(value)
