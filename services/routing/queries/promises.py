"""Reads for screens: how promises were kept, counted over all merchants."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.db import INSTANT, TEXT, Reader, sql


@dataclass(frozen=True, slots=True)
class GradeCounts:
    """Of promises that were due. `store` None: all stores, or where `is_one_store` the promises of
    which the store is not known. `carrier` None: all carriers; a promise over several carriers
    counts for each of them.

    `late_…_min`: minutes late of what was delivered late. `ungraded`: due a moment ago. `carriers`:
    broken by a carrier; of one carrier those that it broke itself.
    """

    store: str | None
    is_one_store: bool
    carrier: str | None
    due: int
    kept: int
    late: int
    overdue: int
    void: int
    ungraded: int
    late_p50_min: int | None
    late_p90_min: int | None
    late_max_min: int | None
    merchant: int
    customs: int
    park: int
    carriers: int
    last_mile: int
    unknown: int
    flown_as_planned: int
    not_flown_as_planned: int

    @property
    def kept_share(self) -> float | None:
        """Of those that were not cancelled in time; what is overdue is not kept. None: of none."""
        return _share(self.kept, self.kept + self.late + self.overdue)

    @property
    def flown_as_planned_share(self) -> float | None:
        """Of those whose arrival at the gateway was reported."""
        return _share(self.flown_as_planned, self.flown_as_planned + self.not_flown_as_planned)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


_COUNTS: Final = sql(
    """
    WITH due AS (
        SELECT store, carriers, grade, late_min, fault, fault_carrier, flown_as_planned
        FROM routing.promise_grades
        WHERE due_at >= :due_from AND due_at < :due_to
          AND (:store IS NULL OR store = :store)
          AND (:carrier IS NULL OR :carrier = ANY(carriers))
    ), counted AS (
        SELECT CAST(NULL AS text) AS carrier, due.* FROM due WHERE :carrier IS NULL
        UNION ALL
        SELECT one.carrier, due.* FROM due CROSS JOIN unnest(due.carriers) AS one(carrier)
        WHERE :carrier IS NULL OR one.carrier = :carrier
    )
    SELECT store, grouping(store) = 0 AS is_one_store, carrier, count(*) AS due,
        count(*) FILTER (WHERE grade = 'kept') AS kept,
        count(*) FILTER (WHERE grade = 'late') AS late,
        count(*) FILTER (WHERE grade = 'overdue') AS overdue,
        count(*) FILTER (WHERE grade = 'void') AS void,
        count(*) FILTER (WHERE grade = 'open') AS ungraded,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY late_min) AS late_p50_min,
        percentile_disc(0.9) WITHIN GROUP (ORDER BY late_min) AS late_p90_min,
        max(late_min) AS late_max_min,
        count(*) FILTER (WHERE fault = 'merchant') AS merchant,
        count(*) FILTER (WHERE fault = 'customs') AS customs,
        count(*) FILTER (WHERE fault = 'park') AS park,
        count(*) FILTER (WHERE fault = 'carrier'
            AND (carrier IS NULL OR fault_carrier IS NULL OR fault_carrier = carrier)) AS carriers,
        count(*) FILTER (WHERE fault = 'last_mile') AS last_mile,
        count(*) FILTER (WHERE fault = 'unknown') AS unknown,
        count(*) FILTER (WHERE flown_as_planned) AS flown_as_planned,
        count(*) FILTER (WHERE NOT flown_as_planned) AS not_flown_as_planned
    FROM counted
    GROUP BY GROUPING SETS ((carrier), (store, carrier))
    ORDER BY is_one_store, store NULLS LAST, carrier NULLS FIRST
    """,
    GradeCounts,
    store=TEXT,
    carrier=TEXT,
    due_from=INSTANT,
    due_to=INSTANT,
)


async def count_grades(
    reader: Reader,
    *,
    store: str | None,
    carrier: str | None,
    due_from: datetime,
    due_to: datetime,
) -> list[GradeCounts]:
    """Of promises due from `due_from` on and before `due_to`: for all stores and for each, for all
    carriers and for each.
    """
    return await reader.fetch_all(
        _COUNTS, store=store, carrier=carrier, due_from=due_from, due_to=due_to
    )
