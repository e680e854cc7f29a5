"""Supervision modes: what the law asks of an export list on a day. All of it is data with a source;
reference/regimes*.csv have it, and `table` reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.parties import PartyRole
from services.customs.domain.regimes.errors import DistrictUnknown, RegimeUnknown
from shared.kernel.money import Money

Mode = str  # tradeMode of CEB603: four digits
# tradeMode and orderType are two vocabularies: E consumers, B businesses, W overseas warehouses.
OrderType = Literal["E", "B", "W"]
# A: simplified declaration; B: the list is declared by a summary (CEB701).
StatisticsFlag = Literal["A", "B"]
Basis = Literal["sourced", "derived", "general"]


class Condition(StrEnum):
    """What must be true of the goods or the place before a statistics flag may be used."""

    NO_LICENCE = "no_licence"
    NO_EXPORT_DUTY = "no_export_duty"
    NO_REFUND = "no_refund"
    NO_INSPECTION = "no_inspection"
    PILOT_ZONE = "pilot_zone"


class Whose(StrEnum):
    """Whose registration a role may be filled with."""

    OWN = "own"  # the merchant's
    OWN_OR_PARK = "own_or_park"  # the park's, if the merchant has none
    PARK = "park"


@dataclass(frozen=True, slots=True)
class Period:
    """Days in China; `valid_to` is the first day on which it no longer applies, None: it does."""

    valid_from: date
    valid_to: date | None

    def __contains__(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def overlaps(self, other: "Period") -> bool:
        return (other.valid_to is None or self.valid_from < other.valid_to) and (
            self.valid_to is None or other.valid_from < self.valid_to
        )


@dataclass(frozen=True, slots=True)
class Source:
    """`basis`: sourced from a text that is named, derived from one, or general knowledge."""

    basis: Basis
    text: str


@dataclass(frozen=True, slots=True)
class StatisticsRule:
    """`hs_digits`: how many digits of gcode count; the rest is padded with zeros."""

    flag: StatisticsFlag
    hs_digits: int
    conditions: frozenset[Condition]
    source: Source

    def unmet(self, met: frozenset[Condition]) -> frozenset[Condition]:
        """The conditions that keep the flag from being used. What is not known to be met is not."""
        return self.conditions - met


@dataclass(frozen=True, slots=True)
class PartyRule:
    """`stands_in`: the role that serves where nobody is registered in this one. A role that is not
    `is_required` stays empty where nobody is.
    """

    role: PartyRole
    whose: Whose
    stands_in: PartyRole | None
    is_required: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Relief:
    """Goods that were exported in `exported` come back free of import duty and tax, if they are
    unchanged and come within so many months. Not for food.
    """

    exported: Period
    within_months: int
    source: Source


@dataclass(frozen=True, slots=True)
class Regime:
    """A supervision mode as it is on a day.

    `value_cap`: the highest value of one list; None: no cap is known.
    `predecessors` must be with customs before the list. `version` changes with the content, and
    with nothing else: a declaration stores it.
    """

    mode: Mode
    period: Period
    order_type: OrderType
    value_cap: Money | None
    predecessors: tuple[DocumentKind, ...]
    return_mode: Mode
    statistics: tuple[StatisticsRule, ...]
    parties: tuple[PartyRule, ...]
    source: Source
    version: str

    @property
    def needs_payment(self) -> bool:
        """Whether a receipt of payment (CEB403) comes before the list."""
        return DocumentKind.PAYMENT in self.predecessors

    def statistics_rule(self, flag: str) -> StatisticsRule | None:
        """None: the mode does not know this flag."""
        return next((one for one in self.statistics if one.flag == flag), None)

    def party_rule(self, role: PartyRole) -> PartyRule | None:
        return next((one for one in self.parties if one.role is role), None)


@dataclass(frozen=True, slots=True)
class District:
    """The order of movements in a customs district. `code`: four digits, the first two, or `*`."""

    code: str
    period: Period
    arrival_before_release: bool  # CEB507 comes before the list is released
    bill_before_departure: bool  # CEB607 comes before CEB509
    flight_in_list: bool  # False: CEB607 may bring the flight and the master waybill later
    is_loaded_after_inspection: bool  # goods enter loose, and are consolidated once inspected
    source: Source


@dataclass(frozen=True, slots=True)
class RegimeTables:
    """All rows, by mode and by district, each in the order of their days."""

    regimes: Mapping[Mode, tuple[Regime, ...]]
    districts: Mapping[str, tuple[District, ...]]
    reliefs: Mapping[Mode, tuple[Relief, ...]]
    version: str

    def regime_on(self, mode: Mode, day: date) -> Regime:
        """Raises RegimeUnknown."""
        for regime in self.regimes.get(mode, ()):
            if day in regime.period:
                return regime
        modes = ", ".join(one.mode for one in self.regimes_on(day)) or "–"
        raise RegimeUnknown(mode=mode, day=day.isoformat(), modes=modes)

    def regimes_on(self, day: date) -> list[Regime]:
        """In the order of their modes."""
        return [
            regime
            for mode in sorted(self.regimes)
            for regime in self.regimes[mode]
            if day in regime.period
        ]

    def district_on(self, code: str, day: date) -> District:
        """The row of the district itself, else of its first two digits, else of all (`*`).

        Raises DistrictUnknown.
        """
        for key in (code, code[:2], "*"):
            for district in self.districts.get(key, ()):
                if day in district.period:
                    return district
        raise DistrictUnknown(district=code, day=day.isoformat())

    def relief_for(self, mode: Mode, exported_on: date) -> Relief | None:
        """What returned goods are free of, by the mode they left under; None: there is none."""
        found = self.reliefs.get(mode, ())
        return next((one for one in found if exported_on in one.exported), None)
