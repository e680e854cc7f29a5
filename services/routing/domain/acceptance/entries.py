"""One thing that rules speak of, dangerous goods or a handling code, against the rules of a day.

Says what bars it and which limits hold, without words: `wording.py` has those.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.routing.domain.acceptance.goods import Consignment, DangerousGood
from services.routing.domain.acceptance.rules import (
    ANY,
    AcceptanceRule,
    RulesOfDay,
    applying,
    least,
)
from services.routing.domain.network.records import VEHICLE_KINDS, VehicleKind
from shared.kernel.errors import Text


class Bar(StrEnum):
    """Why a leg does not take it."""

    NO_RULE = "no_rule"
    FORBIDDEN = "forbidden"
    WITHDRAWN = "withdrawn"
    NET_WEIGHT = "net_weight"
    STATE_OF_CHARGE = "state_of_charge"


@dataclass(frozen=True, slots=True)
class Entry:
    """`good`: what is declared of it. `rules`: those of the day that it can fall under, and
    `sections` the same by what it can be packed under; a handling code without dangerous goods has
    one section without a name. What the regulations have withdrawn is none of them.
    `sections_left`: of the packing instruction of a withdrawn section.
    """

    name: Text
    rules: tuple[AcceptanceRule, ...]
    sections: Mapping[str, Sequence[AcceptanceRule]]
    good: DangerousGood | None = None
    sections_left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """`sections`: what it can be packed under; several: which one is not known."""

    bar: Bar | None
    net_g_max: int | None = None
    state_of_charge_pct_max: int | None = None
    sections: tuple[str, ...] = ()


def entries_of(day: RulesOfDay, consignment: Consignment) -> list[Entry]:
    """Dangerous goods first. A handling code of dangerous goods that are declared, too, adds
    nothing; without them it stands for all goods that have it.
    """
    declared = [_of_good(day, good) for good in dict.fromkeys(consignment.dangerous_goods or ())]
    covered = {rule.handling_code for entry in declared for rule in entry.rules}
    codes = [of_code(day, code) for code in sorted(consignment.all_handling_codes - covered)]
    return declared + codes


def _of_good(day: RulesOfDay, good: DangerousGood) -> Entry:
    rules = tuple(
        rule
        for rule in day.by_un_number.get(good.un_number, ())
        if good.packing_instruction in (None, rule.packing_instruction)
        and good.section in (None, rule.section)
    )
    return Entry(_name(good), rules, _sections(rules), good, _sections_left(day, rules))


def of_code(day: RulesOfDay, code: str) -> Entry:
    rules = day.by_dangerous_code.get(code) or day.by_handling_code.get(code, ())
    name = Text(f"{code} goods", f" {code} 货物")
    return Entry(name, rules, _sections(rules), sections_left=_sections_left(day, rules))


def _sections(rules: Iterable[AcceptanceRule]) -> dict[str, list[AcceptanceRule]]:
    """Sections of several packing instructions are named with these."""
    several = len({rule.packing_instruction for rule in rules}) > 1
    found: dict[str, list[AcceptanceRule]] = defaultdict(list)
    withdrawn = set()
    for rule in rules:
        name = f"{rule.packing_instruction} {rule.section}" if several else rule.section
        found[name].append(rule)
        if rule.verdict == "withdrawn":
            withdrawn.add(name)
    return {name: rows for name, rows in found.items() if name not in withdrawn}


def _sections_left(day: RulesOfDay, rules: Iterable[AcceptanceRule]) -> tuple[str, ...]:
    packing = {(r.un_number, r.packing_instruction) for r in rules if r.verdict == "withdrawn"}
    return tuple(
        sorted(
            {
                rule.section
                for un_number, instruction in packing
                for rule in day.by_un_number[un_number]
                if rule.packing_instruction == instruction and rule.verdict != "withdrawn"
            }
        )
    )


def _name(good: DangerousGood) -> Text:
    if good.packing_instruction is None:
        return Text(good.un_number, f" {good.un_number} ")
    en, zh = f"PI {good.packing_instruction}", f"包装说明 {good.packing_instruction}"
    if good.section is not None:
        en, zh = f"{en}, section {good.section}", f"{zh} 第 {good.section} 部分"
    return Text(f"{good.un_number} ({en})", f" {good.un_number}（{zh}）")


def judge(entry: Entry, carrier: str, kind: VehicleKind) -> Finding:
    """What is declared too little can be packed under several sections: it goes where all of them
    go, within the limits of each. A section that the regulations have withdrawn is none of them,
    unless it is the one that was declared.
    """
    if not entry.sections:
        return Finding(Bar.WITHDRAWN if entry.rules else Bar.NO_RULE)
    names = tuple(entry.sections)
    limits: list[AcceptanceRule] = []
    for rules in entry.sections.values():
        bar, allowing = _allowing(rules, carrier, kind)
        if bar is not None:
            return Finding(bar, sections=names)
        limits += allowing
    found = Finding(
        None,
        least([rule.net_g_max for rule in limits]),
        least([rule.state_of_charge_pct_max for rule in limits]),
        names,
    )
    return _within_limits(found, entry.good)


def _allowing(
    rules: Iterable[AcceptanceRule], carrier: str, kind: VehicleKind
) -> tuple[Bar | None, list[AcceptanceRule]]:
    """The rules that allow it, each of which may set a limit; or why none does."""
    here = applying(rules, carrier, kind)
    if any(rule.verdict == "forbidden" for rule in here):
        return Bar.FORBIDDEN, []
    allowing = [rule for rule in here if rule.verdict == "allowed"]
    return (None if allowing else Bar.NO_RULE), allowing


def _within_limits(found: Finding, good: DangerousGood | None) -> Finding:
    """What is not declared is no bar: a condition says what has to be declared."""
    net_g = good.net_g_per_package if good else None
    charge_pct = good.state_of_charge_pct if good else None
    bar = None
    if _exceeds(net_g, found.net_g_max):
        bar = Bar.NET_WEIGHT
    elif _exceeds(charge_pct, found.state_of_charge_pct_max):
        bar = Bar.STATE_OF_CHARGE
    return Finding(bar, found.net_g_max, found.state_of_charge_pct_max, found.sections)


def _exceeds(value: int | None, limit: int | None) -> bool:
    return value is not None and limit is not None and value > limit


def kinds_taking(entry: Entry) -> list[VehicleKind]:
    """The kinds of vehicles that take it as it is, by the rules for all carriers."""
    return [kind for kind in VEHICLE_KINDS if judge(entry, ANY, kind).bar is None]
