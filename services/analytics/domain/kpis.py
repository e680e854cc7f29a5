"""The figures: their names, their units, and the dimensions by which they can be divided.

A day is a calendar day of the park (Asia/Shanghai). Each definition says which instant puts
something on a day. `queries.kpis` computes the figures.
"""

from dataclasses import dataclass
from typing import Final

from shared.kernel.errors import Forbidden, Invalid, Text

PARK_TIME_ZONE: Final = "Asia/Shanghai"
DIMENSIONS: Final = ("day", "market", "belt")
_BY_ORDER: Final = frozenset(DIMENSIONS)


class UnknownKpi(Invalid):
    code = "analytics.kpi.unknown"
    text = Text("There is no figure {name}.", "没有名为 {name} 的指标。")
    fix = Text("There are: {known}.", "可用指标：{known}。")


class KpiNotDivisible(Invalid):
    code = "analytics.kpi.not_divisible"
    text = Text("{name} cannot be divided by {dimension}.", "{name} 不能按 {dimension} 细分。")
    fix = Text("It can be divided by: {possible}.", "可按以下维度细分：{possible}。")


class KpiOfThePark(Forbidden):
    code = "analytics.kpi.of_the_park"
    text = Text("{name} is a figure of the whole park.", "{name} 属于园区整体指标。")
    fix = Text(
        "Ask for tonnes_shipped or another figure of your own.",
        "请查询 tonnes_shipped 等自有指标。",
    )


@dataclass(frozen=True, slots=True)
class KpiDefinition:
    """`unit` is None where it is a currency, which differs by row."""

    name: str
    unit: str | None
    dimensions: frozenset[str]
    meaning: str
    is_of_the_park: bool = False


KPIS: Final[dict[str, KpiDefinition]] = {
    kpi.name: kpi
    for kpi in (
        KpiDefinition(
            "trade_volume",
            None,
            _BY_ORDER,
            "Value of the orders placed and not cancelled, by currency, on the day of placing.",
        ),
        KpiDefinition(
            "orders", "orders", _BY_ORDER, "Orders accepted, back-ordered ones included."
        ),
        KpiDefinition(
            "orders_by_status", "orders", _BY_ORDER, "The same, by the status they have now."
        ),
        KpiDefinition(
            "clearance_time_p50",
            "s",
            _BY_ORDER,
            "Median time from the first submission to release, on the day of release.",
        ),
        KpiDefinition("clearance_time_p95", "s", _BY_ORDER, "95th percentile of the same times."),
        KpiDefinition(
            "next_day_share",
            "ratio",
            _BY_ORDER,
            "Of the shipments delivered, the share delivered no later than the calendar day after"
            " the order was placed; on the day of delivery.",
        ),
        KpiDefinition(
            "tonnes_shipped",
            "t",
            _BY_ORDER,
            "Gross weight of the shipments that left the park, on the day of departure.",
        ),
        KpiDefinition("companies", "companies", frozenset({"belt"}), "Merchants registered."),
        KpiDefinition(
            "offices", "companies", frozenset({"belt"}), "Merchants with an office on site."
        ),
        KpiDefinition(
            "tonnes",
            "t",
            frozenset({"day"}),
            "Weight aboard the flights that departed from the park's airport.",
            is_of_the_park=True,
        ),
        KpiDefinition(
            "tonnes_all_legs",
            "t",
            frozenset({"day"}),
            "Weight aboard every flight that departed, counted once per leg.",
            is_of_the_park=True,
        ),
        KpiDefinition(
            "flights_departed",
            "flights",
            frozenset({"day"}),
            "Flights that departed from the park's airport.",
            is_of_the_park=True,
        ),
        KpiDefinition(
            "routes_flown",
            "routes",
            frozenset({"day"}),
            "Different flight numbers among these flights.",
            is_of_the_park=True,
        ),
    )
}


def chosen_kpis(
    names: tuple[str, ...], *, needed: frozenset[str], is_park: bool
) -> list[KpiDefinition]:
    """The figures to compute: those named, or, without names, all that the dimensions fit.

    Raises UnknownKpi, KpiNotDivisible or KpiOfThePark for a named figure that cannot be given.
    """
    for name in names:
        if name not in KPIS:
            raise UnknownKpi(pointer="/query/name", name=name, known=", ".join(KPIS))
    if not names:
        return [
            kpi
            for kpi in KPIS.values()
            if needed <= kpi.dimensions and (is_park or not kpi.is_of_the_park)
        ]
    for kpi in (KPIS[name] for name in names):
        if kpi.is_of_the_park and not is_park:
            raise KpiOfThePark(name=kpi.name)
        for dimension in sorted(needed - kpi.dimensions):
            raise KpiNotDivisible(
                pointer="/query/group_by",
                name=kpi.name,
                dimension=dimension,
                possible=", ".join(sorted(kpi.dimensions)),
            )
    return [KPIS[name] for name in dict.fromkeys(names)]
