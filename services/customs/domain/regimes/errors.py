"""Modes and days that the table of regimes does not know, one class per broken rule."""

from shared.kernel.errors import Invalid, Text


class RegimeUnknown(Invalid):
    code = "customs.regime.unknown"
    text = Text(
        "There is no supervision mode {mode} on {day}.", "{day} 没有监管方式 {mode} 的规则。"
    )
    fix = Text(
        "Modes of that day: {modes}. If the mode exists, the park adds it to the table with its"
        " source.",
        "当日可用的监管方式：{modes}。如确有该方式，请园区依据官方来源补充规则表。",
    )


class DistrictUnknown(Invalid):
    code = "customs.regime.district_unknown"
    text = Text(
        "Nothing is known about the customs district {district} on {day}.",
        "没有海关关区 {district} 在 {day} 的规则。",
    )
    fix = Text(
        "The park adds the district to the table with its source.",
        "请园区依据官方来源补充关区规则表。",
    )
