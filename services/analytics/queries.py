"""The park's figures as queries over the facts. Definitions in words: `domain.kpi`.

Every statement has one row per group: `day`, `market`, `belt` (NULL where not divided by), `extra`
(currency or status) and `value`. A merchant's figures count its own rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import Boolean, Date, Text, bindparam, func, select, text

from services.analytics.domain.kpi import DIMENSIONS, PARK_TIME_ZONE, KpiDefinition
from services.analytics.tables import progress
from shared.db import Reader, Statement
from shared.kernel.identity import PARK
from shared.kernel.money import Money


@dataclass(frozen=True)
class KpiFilter:
    """What to look at, and what to divide by."""

    day: date | None = None
    market: str | None = None
    belt: str | None = None
    group_by: frozenset[str] = frozenset()

    @property
    def dimensions(self) -> frozenset[str]:
        """What a figure must be divisible by to answer this."""
        given = {name for name in DIMENSIONS if getattr(self, name) is not None}
        return self.group_by | given


@dataclass(frozen=True)
class Kpi:
    """One figure. Counts are whole numbers, money is decimal text, the rest is measured."""

    name: str
    value: int | float | str
    unit: str
    dimensions: dict[str, str]

    @property
    def key(self) -> str:
        return "|".join((self.name, *(f"{k}={v}" for k, v in self.dimensions.items()), self.unit))


def _local(column: str) -> str:
    """SQL for the park's calendar day of an instant."""
    return f"CAST({column} AT TIME ZONE '{PARK_TIME_ZONE}' AS date)"


def _figure(
    table: str,
    value: str,
    *,
    on: str,
    where: str,
    dimensions: Sequence[str] = DIMENSIONS,
    extra: str = "CAST(NULL AS text)",
) -> Statement:
    """`on` is the instant that puts a row on a day; `value` an aggregate over rows f of `table`."""
    columns = {"day": _local(on), "market": "t.market", "belt": "t.belt"}
    types: dict[str, Any] = {"day": Date, "market": Text, "belt": Text}
    # A day is shown as text: PostgreSQL knows days that Python cannot read (10000-01-01).
    shown = columns | {"day": f"to_char({columns['day']}, 'YYYY-MM-DD')"}
    groups = [
        f"CASE WHEN :by_{name} THEN {shown[name]} END AS g_{name}"
        if name in dimensions
        else f"CAST(NULL AS text) AS g_{name}"
        for name in DIMENSIONS
    ]
    filters = [f"(:{name} IS NULL OR {columns[name]} = :{name})" for name in dimensions]
    filters.append(f"(:tenant = '{PARK}' OR t.tenant_id = :tenant)")
    bound = [bindparam(name, type_=types[name]) for name in dimensions]
    bound += [bindparam(f"by_{name}", type_=Boolean) for name in dimensions]
    bound.append(bindparam("tenant", type_=Text))
    return Statement(
        text(
            "SELECT g_day AS day, g_market AS market, g_belt AS belt, g_extra AS extra,"  # noqa: S608
            f" {value} AS value"
            f" FROM (SELECT t.*, {', '.join(groups)}, {extra} AS g_extra"
            f" FROM analytics.{table} t WHERE {' AND '.join([where, *filters])}) AS f"
            " GROUP BY g_day, g_market, g_belt, g_extra"
        ).bindparams(*bound)
    )


_ACCEPTED_AT: Final = "least(t.placed_at, t.backordered_at)"
_WAIT_S: Final = "CAST(extract(epoch FROM f.released_at - f.submitted_at) AS double precision)"
_TONNES: Final = "CAST(sum({weight_g}) AS double precision) / 1000000"


def _clearance(share: str) -> Statement:
    return _figure(
        "order_fact",
        f"percentile_cont({share}) WITHIN GROUP (ORDER BY {_WAIT_S})",
        on="t.released_at",
        where="t.submitted_at IS NOT NULL AND t.released_at IS NOT NULL",
    )


def _flights(value: str, *, from_park: bool) -> Statement:
    origin = "t.mode = 'air' AND t.origin = :airport" if from_park else "t.mode = 'air'"
    return _figure("flight_fact", value, on="t.departed_at", where=origin, dimensions=("day",))


_FIGURES: Final[dict[str, Statement]] = {
    "trade_volume": _figure(
        "order_fact",
        "CAST(sum(f.total_minor) AS bigint)",
        on="t.placed_at",
        where="t.placed_at IS NOT NULL AND t.cancelled_at IS NULL",
        extra="t.currency",
    ),
    "orders": _figure(
        "order_fact", "count(*)", on=_ACCEPTED_AT, where=f"{_ACCEPTED_AT} IS NOT NULL"
    ),
    "orders_by_status": _figure(
        "order_fact",
        "count(*)",
        on=_ACCEPTED_AT,
        where=f"{_ACCEPTED_AT} IS NOT NULL",
        extra="t.state",
    ),
    "clearance_time_p50": _clearance("0.5"),
    "clearance_time_p95": _clearance("0.95"),
    "next_day_share": _figure(
        "order_fact",
        "CAST(count(*) FILTER (WHERE"
        f" {_local('f.delivered_at')} <= {_local('f.placed_at')} + 1) AS double precision)"
        " / count(*)",
        on="t.delivered_at",
        where="t.delivered_at IS NOT NULL AND t.placed_at IS NOT NULL",
    ),
    "tonnes_shipped": _figure(
        "order_fact",
        _TONNES.format(weight_g="f.departed_weight_g"),
        on="t.departed_at",
        where="t.departed_at IS NOT NULL",
    ),
    "companies": _figure(
        "merchant_fact", "count(*)", on="t.registered_at", where="true", dimensions=("belt",)
    ),
    "offices": _figure(
        "merchant_fact",
        "count(*)",
        on="t.registered_at",
        where="t.has_office",
        dimensions=("belt",),
    ),
    "tonnes": _flights(_TONNES.format(weight_g="f.gross_weight_g"), from_park=True),
    "tonnes_all_legs": _flights(_TONNES.format(weight_g="f.gross_weight_g"), from_park=False),
    "flights_departed": _flights("count(*)", from_park=True),
    "routes_flown": _flights("count(DISTINCT f.flight_number)", from_park=True),
}
_NEWEST: Final = Statement(select(func.max(progress.c.newest_at)))
# What the fourth column of a row is called where it is not a unit.
_EXTRA: Final = {"orders_by_status": "status"}
_ZERO_IF_NONE: Final = frozenset({"orders", "t", "companies", "flights", "routes"})


async def newest_event_at(reader: Reader) -> datetime | None:
    """The business instant up to which events were counted; None before the first."""
    newest: datetime | None = await reader.fetch_value(_NEWEST)
    return newest


async def list_kpis(
    reader: Reader, *, kpis: Sequence[KpiDefinition], asked: KpiFilter, airport: str
) -> list[Kpi]:
    """Sorted by `Kpi.key`. A figure that does not exist (no clearance yet) is left out."""
    found: list[Kpi] = []
    for kpi in kpis:
        params: dict[str, Any] = {"tenant": reader.tenant}
        for name in sorted(kpi.dimensions):
            params |= {name: getattr(asked, name), f"by_{name}": name in asked.group_by}
        if kpi.name in _AT_THE_PARK:
            params["airport"] = airport
        rows = await reader.fetch_all(_FIGURES[kpi.name], **params)
        found += [made for row in rows if (made := _kpi(kpi, row, asked)) is not None]
        if not rows and not asked.group_by and kpi.unit in _ZERO_IF_NONE:
            found += _nothing(kpi, asked)
    return sorted(found, key=lambda kpi: kpi.key)


_AT_THE_PARK: Final = frozenset({"tonnes", "flights_departed", "routes_flown"})


def _nothing(kpi: KpiDefinition, asked: KpiFilter) -> list[Kpi]:
    if kpi.name in _EXTRA or kpi.unit is None:
        return []
    zero = 0.0 if kpi.unit == "t" else 0
    return [Kpi(name=kpi.name, value=zero, unit=kpi.unit, dimensions=_given(asked))]


def _kpi(kpi: KpiDefinition, row: Record, asked: KpiFilter) -> Kpi | None:
    value, extra = row["value"], row["extra"]
    if value is None or (extra is None and (kpi.unit is None or kpi.name in _EXTRA)):
        return None
    dimensions = _given(asked)
    for name in DIMENSIONS:
        if name in asked.group_by:
            dimensions[name] = row[name] or "unknown"
    if kpi.name in _EXTRA:
        dimensions[_EXTRA[kpi.name]] = extra
    if kpi.unit is None:
        amount = Money(value, extra).amount
        return Kpi(name=kpi.name, value=amount, unit=extra, dimensions=dimensions)
    return Kpi(name=kpi.name, value=value, unit=kpi.unit, dimensions=dimensions)


def _given(asked: KpiFilter) -> dict[str, str]:
    given = {name: getattr(asked, name) for name in DIMENSIONS}
    return {name: str(value) for name, value in given.items() if value is not None}
