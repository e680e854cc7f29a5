"""Reads the tables of regimes: five CSV files. Every row has its days, its basis and its source.

A row that cannot be right stops the process when it starts: ValueError names it.
"""

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final, TypeVar, cast

from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.parties import PartyRole
from services.customs.domain.regimes.regime import (
    Basis,
    Condition,
    District,
    Mode,
    OrderType,
    PartyRule,
    Period,
    Regime,
    RegimeTables,
    Relief,
    Source,
    StatisticsFlag,
    StatisticsRule,
    Whose,
)
from shared.kernel.money import Money

T = TypeVar("T")
Row = Mapping[str, str]

# Every export list names these.
_NAMED_ALWAYS: Final = frozenset(
    (
        PartyRole.OWNER,
        PartyRole.FIRM,
        PartyRole.PLATFORM,
        PartyRole.LOGISTICS,
        PartyRole.DECLARANT,
    )
)
_BASES: Final = ("sourced", "derived", "general")
_FLAGS: Final = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class RegimeFiles:
    """The text of each file."""

    regimes: str
    statistics: str
    parties: str
    districts: str
    reliefs: str


def parse_regimes(files: RegimeFiles) -> RegimeTables:
    """Raises ValueError for a malformed row, and for rows of one mode whose days overlap."""
    statistics = _by_key(files.statistics, "mode", _statistics_rule)
    parties = _by_key(files.parties, "mode", _party_rule)

    def regime(row: Row) -> tuple[Period, Regime]:
        period, mode = _period(row), row["mode"]
        within = _within(statistics.get(mode, ()), period), _within(parties.get(mode, ()), period)
        return period, _regime(row, period, *within)

    regimes = _by_key(files.regimes, "mode", regime)
    districts = _by_key(files.districts, "district", _district)
    _check_days(regimes)
    _check_days(districts)
    texts = (files.regimes, files.statistics, files.parties, files.districts, files.reliefs)
    return RegimeTables(
        regimes=_values(regimes),
        districts=_values(districts),
        reliefs=_values(_by_key(files.reliefs, "mode", _relief)),
        version=_digest(texts),
    )


def _by_key(
    text: str, key: str, read: Callable[[Row], tuple[Period, T]]
) -> dict[str, list[tuple[Period, T]]]:
    found: dict[str, list[tuple[Period, T]]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(text)):
        try:
            found[row[key]].append(read(row))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"regimes: bad row {row}: {error}") from error
    for dated in found.values():
        dated.sort(key=lambda one: one[0].valid_from)
    return found


def _values(found: Mapping[str, list[tuple[Period, T]]]) -> dict[str, tuple[T, ...]]:
    return {key: tuple(value for _, value in dated) for key, dated in found.items()}


def _within(dated: Iterable[tuple[Period, T]], period: Period) -> tuple[T, ...]:
    """Rules that hold on all days of the period. Raises ValueError for those that begin or end
    inside it: then the period has two contents, and needs two rows.
    """
    found = []
    for other, rule in dated:
        if not other.overlaps(period):
            continue
        ends = other.valid_to
        if other.valid_from > period.valid_from or (
            ends is not None and (period.valid_to is None or ends < period.valid_to)
        ):
            raise ValueError(f"{rule} begins or ends inside of {period}")
        found.append(rule)
    return tuple(found)


def _check_days(found: Mapping[str, list[tuple[Period, T]]]) -> None:
    for key, dated in found.items():
        if any(one.overlaps(other) for (one, _), (other, _) in combinations(dated, 2)):
            raise ValueError(f"regimes: two rows of {key} hold on the same day")


def _regime(
    row: Row,
    period: Period,
    statistics: tuple[StatisticsRule, ...],
    parties: tuple[PartyRule, ...],
) -> Regime:
    mode: Mode = row["mode"]
    if len(mode) != 4 or not statistics or not parties or row["order_type"] not in {"E", "B", "W"}:
        raise ValueError("a mode of four digits, E, B or W, with statistics flags and parties")
    if not {one.role for one in parties if one.is_required} >= _NAMED_ALWAYS:
        raise ValueError("a list names its owner, firm, platform, logistics firm and declarant")
    flags, roles = [one.flag for one in statistics], [one.role for one in parties]
    if len({*flags}) < len(flags) or len({*roles}) < len(roles):
        raise ValueError("two rules of one flag or of one role on the same day")
    cap = row["value_cap_cny"]
    predecessors = tuple(DocumentKind(one) for one in row["predecessors"].split())
    content = (
        row["order_type"],
        cap,
        predecessors,
        row["return_mode"],
        sorted((one.flag, one.hs_digits, sorted(one.conditions)) for one in statistics),
        sorted((one.role, one.whose, str(one.stands_in), one.is_required) for one in parties),
    )
    return Regime(
        mode=mode,
        period=period,
        order_type=cast("OrderType", row["order_type"]),
        value_cap=Money.parse(cap, "CNY") if cap else None,
        predecessors=predecessors,
        return_mode=row["return_mode"],
        statistics=statistics,
        parties=parties,
        source=_source(row),
        version=f"{mode}/{period.valid_from}/{_digest([repr(content)])}",
    )


def _statistics_rule(row: Row) -> tuple[Period, StatisticsRule]:
    digits = int(row["hs_digits"])
    if row["flag"] not in {"A", "B"} or digits not in {4, 6, 8, 10}:
        raise ValueError("flag A or B, and 4, 6, 8 or 10 digits")
    conditions = frozenset(Condition(one) for one in row["conditions"].split())
    flag = cast("StatisticsFlag", row["flag"])
    return _period(row), StatisticsRule(flag, digits, conditions, _source(row))


def _party_rule(row: Row) -> tuple[Period, PartyRule]:
    stands_in = PartyRole(row["stands_in"]) if row["stands_in"] else None
    rule = PartyRule(
        role=PartyRole(row["role"]),
        whose=Whose(row["whose"]),
        stands_in=stands_in,
        is_required=_FLAGS[row["required"]],
        source=_source(row),
    )
    return _period(row), rule


def _district(row: Row) -> tuple[Period, District]:
    period = _period(row)
    return period, District(
        code=row["district"],
        period=period,
        arrival_before_release=_FLAGS[row["arrival_before_release"]],
        bill_before_departure=_FLAGS[row["bill_before_departure"]],
        flight_in_list=_FLAGS[row["flight_in_list"]],
        is_loaded_after_inspection=_FLAGS[row["loaded_after_inspection"]],
        source=_source(row),
    )


def _relief(row: Row) -> tuple[Period, Relief]:
    period = _period(row)
    return period, Relief(period, int(row["within_months"]), _source(row))


def _period(row: Row) -> Period:
    ends = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    period = Period(date.fromisoformat(row["valid_from"]), ends)
    if ends is not None and ends <= period.valid_from:
        raise ValueError("it ends before it begins")
    return period


def _source(row: Row) -> Source:
    if row["basis"] not in _BASES or not row["source"]:
        raise ValueError("every row has a basis and a source")
    return Source(cast("Basis", row["basis"]), row["source"])


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
