"""The figures as queries over the facts; `domain.kpis` defines them in words.

Every statement gives one row per group. A merchant's figures count its own rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.analytics.domain.kpis import DIMENSIONS, PARK_TIME_ZONE, KpiDefinition
from shared.db import (
    BOOLEAN,
    DAY,
    TEXT,
    Reader,
    SqlType,
    Statement,
    Window,
    sql,
)
from shared.kernel.identity import PARK
from shared.kernel.money import Money


@dataclass(frozen=True, slots=True)
class KpiFilter:
    """What to count (None: everything), and what to divide the figures by."""

    day: date | None = None
    market: str | None = None
    belt: str | None = None
    group_by: frozenset[str] = frozenset()

    @property
    def dimensions(self) -> frozenset[str]:
        """The dimensions that a figure must have to answer this."""
        given = {name for name in DIMENSIONS if getattr(self, name) is not None}
        return self.group_by | given


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure. Counts are whole numbers, money is decimal text, the rest is measured."""

    name: str
    value: int | float | str
    unit: str
    dimensions: dict[str, str]

    @property
    def key(self) -> str:
        return "|".join((self.name, *(f"{k}={v}" for k, v in self.dimensions.items()), self.unit))


@dataclass(frozen=True, slots=True)
class _Group:
    """A row of a figure's statement. A dimension is None where the figure is not divided by it, or
    where it is not known. `extra` is the currency or the status.
    """

    day: str | None
    market: str | None
    belt: str | None
    extra: str | None
    value: int | float | None


def _local(column: str) -> str:
    """SQL for the park's calendar day of an instant."""
    return f"CAST({column} AT TIME ZONE '{PARK_TIME_ZONE}' AS date)"


_TYPES: Final[dict[str, SqlType]] = {"day": DAY, "market": TEXT, "belt": TEXT}


def _figure(
    table: str,
    value: str,
    *,
    on: str,
    where: str,
    dimensions: Sequence[str] = DIMENSIONS,
    extra: str = "CAST(NULL AS text)",
    at_the_park: bool = False,
) -> Statement[_Group]:
    """`on` is the instant that puts a row on a day; `value` an aggregate over rows f of `table`.
    `at_the_park`: only what happened at the park's own airport.
    """
    columns = {"day": _local(on), "market": "t.market", "belt": "t.belt"}
    # A day is shown as text: PostgreSQL knows days that Python cannot read (10000-01-01).
    shown = columns | {"day": f"to_char({columns['day']}, 'YYYY-MM-DD')"}
    groups = [
        f"CASE WHEN :by_{name} THEN {shown[name]} END AS g_{name}"
        if name in dimensions
        else f"CAST(NULL AS text) AS g_{name}"
        for name in DIMENSIONS
    ]
    # One statement for all filters, unlike a `Listing`: an aggregate reads most of its table in any
    # case, so a plan for each combination would gain little.
    conditions = [
        where,
        *(f"(:{name} IS NULL OR {columns[name]} = :{name})" for name in dimensions),
    ]
    conditions.append(f"(:tenant = '{PARK}' OR t.tenant_id = :tenant)")
    types = {name: _TYPES[name] for name in dimensions} | {
        f"by_{name}": BOOLEAN for name in dimensions
    }
    if at_the_park:
        conditions.append("t.origin = :airport")
        types["airport"] = TEXT
    return sql(
        "SELECT g_day AS day, g_market AS market, g_belt AS belt, g_extra AS extra,"  # noqa: S608
        f" {value} AS value"
        f" FROM (SELECT t.*, {', '.join(groups)}, {extra} AS g_extra"
        f" FROM analytics.{table} t WHERE {' AND '.join(conditions)}) AS f"
        " GROUP BY g_day, g_market, g_belt, g_extra",
        _Group,
        tenant=TEXT,
        **types,
    )


_ACCEPTED_AT: Final = "least(t.placed_at, t.backordered_at)"
_WAIT_S: Final = "CAST(extract(epoch FROM f.released_at - f.submitted_at) AS double precision)"
_TONNES: Final = "CAST(sum({weight_g}) AS double precision) / 1000000"


def _clearance(share: str) -> Statement[_Group]:
    return _figure(
        "order_fact",
        f"percentile_cont({share}) WITHIN GROUP (ORDER BY {_WAIT_S})",
        on="t.released_at",
        where="t.submitted_at IS NOT NULL AND t.released_at IS NOT NULL",
    )


def _flights(value: str, *, at_the_park: bool = True) -> Statement[_Group]:
    return _figure(
        "flight_fact",
        value,
        on="t.departed_at",
        where="t.mode = 'air'",
        dimensions=("day",),
        at_the_park=at_the_park,
    )


_FIGURES: Final[dict[str, Statement[_Group]]] = {
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
    "tonnes": _flights(_TONNES.format(weight_g="f.gross_weight_g")),
    "tonnes_all_legs": _flights(_TONNES.format(weight_g="f.gross_weight_g"), at_the_park=False),
    "flights_departed": _flights("count(*)"),
    "routes_flown": _flights("count(DISTINCT f.flight_number)"),
}
_AT_THE_PARK: Final = frozenset({"tonnes", "flights_departed", "routes_flown"})
_NEWEST: Final = sql("SELECT max(newest_at) FROM analytics.progress", datetime)
# The dimension that `extra` is, where it is not the unit.
_EXTRA: Final = {"orders_by_status": "status"}
_ZERO_IF_NONE: Final = frozenset({"orders", "t", "companies", "flights", "routes"})


async def newest_event_at(reader: Reader) -> datetime | None:
    """The business instant up to which events were counted; None before the first."""
    return await reader.fetch_value(_NEWEST)


async def list_kpis(
    reader: Reader,
    window: Window,
    *,
    kpis: Sequence[KpiDefinition],
    asked: KpiFilter,
    airport: str,
) -> list[Kpi]:
    """Sorted by `Kpi.key`. A figure that does not exist (no clearance yet) is left out."""
    found: list[Kpi] = []
    for kpi in kpis:
        values: dict[str, object] = {"tenant": reader.tenant}
        for name in kpi.dimensions:
            values |= {name: getattr(asked, name), f"by_{name}": name in asked.group_by}
        if kpi.name in _AT_THE_PARK:
            values["airport"] = airport
        groups = await reader.fetch_all(_FIGURES[kpi.name], **values)
        found += [made for group in groups if (made := _kpi(kpi, group, asked)) is not None]
        if not groups and not asked.group_by and kpi.unit in _ZERO_IF_NONE:
            found += _nothing(kpi, asked)
    if window.after is not None:
        (after,) = window.after
        found = [kpi for kpi in found if kpi.key > str(after)]
    return sorted(found, key=lambda kpi: kpi.key)[: window.rows_max]


def _nothing(kpi: KpiDefinition, asked: KpiFilter) -> list[Kpi]:
    if kpi.name in _EXTRA or kpi.unit is None:
        return []
    zero = 0.0 if kpi.unit == "t" else 0
    return [Kpi(name=kpi.name, value=zero, unit=kpi.unit, dimensions=_given(asked))]


def _kpi(kpi: KpiDefinition, group: _Group, asked: KpiFilter) -> Kpi | None:
    if group.value is None:
        return None
    dimensions = _given(asked)
    for name in DIMENSIONS:
        if name in asked.group_by:
            dimensions[name] = getattr(group, name) or "unknown"
    if kpi.name in _EXTRA:
        if group.extra is None:
            return None
        dimensions[_EXTRA[kpi.name]] = group.extra
    if kpi.unit is not None:
        return Kpi(name=kpi.name, value=group.value, unit=kpi.unit, dimensions=dimensions)
    if group.extra is None:
        return None
    amount = Money(int(group.value), group.extra).amount
    return Kpi(name=kpi.name, value=amount, unit=group.extra, dimensions=dimensions)


def _given(asked: KpiFilter) -> dict[str, str]:
    given = {name: getattr(asked, name) for name in DIMENSIONS}
    return {name: str(value) for name, value in given.items() if value is not None}
