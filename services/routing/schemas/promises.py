"""Promises and their grades, as REST clients see them."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from services.routing.domain.promises.shares import RegionShares, Share
from services.routing.domain.promises.table import PromiseTable, StoreShares
from services.routing.queries.promises import GradeCounts

_PLACES = 10_000


class FaultCountsOut(BaseModel):
    """How many promises each of them broke; `unknown`: no recorded fact says who. In the row of one
    carrier, `carrier` are those that it broke itself, and not another one on the way.
    """

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


class ShareOut(BaseModel):
    """The share of ready times, from 0 to 1, rounded down. `next_day`: there by the end of the
    calendar day after the one on which goods are ready at the park, each day by the calendar of its
    place.
    """

    next_day: float = Field(examples=[0.31])
    within_48h: float

    @classmethod
    def of(cls, share: Share) -> "ShareOut":
        return cls.model_construct(
            next_day=int(share.next_day * _PLACES) / _PLACES,
            within_48h=int(share.within_48h * _PLACES) / _PLACES,
        )


class RegionPromiseOut(BaseModel):
    """`gateway`: goods are available at the airport. `door`: they are delivered, after import
    clearance and the last mile. `gateways`: the airports that the region is delivered from and
    that can be reached in that time; empty: none.
    """

    region: str = Field(examples=["DE"])
    gateways: list[str]
    gateway: ShareOut
    door: ShareOut

    @classmethod
    def of(cls, shares: RegionShares) -> "RegionPromiseOut":
        return cls.model_construct(
            region=shares.region,
            gateways=list(shares.gateways),
            gateway=ShareOut.of(shares.gateway),
            door=ShareOut.of(shares.door),
        )


class StorePromiseOut(BaseModel):
    """`region` is where an address without a known postal code lies, `best` and `worst` those of
    all the regions of the country. null: nothing is delivered to that country.
    """

    store: str = Field(examples=["DE"])
    country: str
    open_to_chinese_sellers: bool
    region: RegionPromiseOut | None
    best: RegionPromiseOut | None
    worst: RegionPromiseOut | None

    @classmethod
    def of(cls, store: StoreShares) -> "StorePromiseOut":
        return cls.model_construct(
            store=store.store,
            country=store.country,
            open_to_chinese_sellers=store.is_open,
            region=_region(store.region),
            best=_region(store.best),
            worst=_region(store.worst),
        )


def _region(shares: RegionShares | None) -> RegionPromiseOut | None:
    return None if shares is None else RegionPromiseOut.of(shares)


class PromisesOut(BaseModel):
    """Of goods that get ready from `ready_from` on and before `ready_to`. `as_of`: when it was
    worked out; `timetable_version` and `change_no`: from which timetable.
    """

    as_of: datetime
    ready_from: datetime
    ready_to: datetime
    timetable_version: str
    change_no: int
    stores: list[StorePromiseOut]

    @classmethod
    def of(cls, table: PromiseTable, stores: Sequence[StoreShares]) -> "PromisesOut":
        version, change_no = table.state
        return cls.model_construct(
            as_of=table.as_of,
            ready_from=table.as_of,
            ready_to=table.ready_to,
            timetable_version=version,
            change_no=change_no,
            stores=[StorePromiseOut.of(store) for store in stores],
        )
