"""Which enterprises a declaration names: the merchant's own, the park's where the regime allows it,
or findings.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from services.customs.domain.messages.parties import (
    Parties,
    Party,
    PartyRole,
    SiteParties,
    UsedRegistration,
)
from services.customs.domain.regimes.regime import PartyRule, Regime, Whose
from services.customs.domain.registrations.findings import Owner, PartyFinding
from services.customs.domain.registrations.registration import Registration

_NO_CHOICE: Final[Mapping[PartyRole, str]] = MappingProxyType({})
_ALL_BY_DECLARANT: Final[Mapping[str, PartyRole]] = MappingProxyType({})
_MISSING: Final[Mapping[Whose, tuple[str, Owner]]] = {
    Whose.OWN: ("customs.party.own_missing", "merchant"),
    Whose.OWN_OR_PARK: ("customs.party.missing", "merchant"),
    Whose.PARK: ("customs.party.park_missing", "park"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """`customs_code`: the district that the list is declared to; `port_code`: where goods leave."""

    customs_code: str
    port_code: str


@dataclass(frozen=True, slots=True)
class _Question:
    own: Sequence[Registration]
    parks: Sequence[Registration]
    regime: Regime
    day: date
    place: Place
    choice: Mapping[PartyRole, str]

    def sides(self, whose: Whose) -> Iterator[tuple[Owner, Sequence[Registration]]]:
        """In the order of preference."""
        if whose is not Whose.PARK:
            yield "merchant", self.own
        if whose is not Whose.OWN:
            yield "park", self.parks

    def finding(
        self,
        code: str,
        owner: Owner,
        role: PartyRole,
        registration: Registration | None = None,
        **params: str,
    ) -> PartyFinding:
        known = {"mode": self.regime.mode, "day": self.day.isoformat()}
        if registration is not None:
            known |= {"registration_id": registration.id, "name": registration.stated.name}
        return PartyFinding(code, owner, role, known | params)


def parties_for(
    own: Sequence[Registration],
    parks: Sequence[Registration],
    regime: Regime,
    day: date,
    *,
    place: Place,
    choice: Mapping[PartyRole, str] = _NO_CHOICE,
) -> Parties | tuple[PartyFinding, ...]:
    """The enterprises of a merchant's declaration on a day in China, or all that is missing.

    `own` and `parks`: of each registration the version that applies on the day, valid or not.
    `choice`: the id of the registration to take in a role, where several could be.
    """
    asked = _Question(own, parks, regime, day, place, choice)
    found: dict[PartyRole, Registration] = {}
    findings: list[PartyFinding] = []
    for rule in regime.parties:
        answer = _resolve(asked, rule)
        if isinstance(answer, PartyFinding):
            findings.append(answer)
        elif answer is not None:
            found[rule.role] = answer
    findings += _incomplete(asked, found)
    return tuple(findings) or _parties(asked, found)


# Whom reports about goods name. Their rules are the same in every mode: the park's own.
_OF_SITE: Final = frozenset({PartyRole.DECLARANT, PartyRole.LOGISTICS, PartyRole.OPERATOR})


def site_parties(
    parks: Sequence[Registration],
    regime: Regime,
    day: date,
    *,
    place: Place,
    sent_as: Mapping[str, PartyRole] = _ALL_BY_DECLARANT,
) -> SiteParties | tuple[PartyFinding, ...]:
    """The park's enterprises for reports about goods on a day in China, or all that is missing.
    `parks` as in `parties_for`; `sent_as`: the role whose client a message leaves by, by its type.
    """
    asked = _Question((), parks, regime, day, place, _NO_CHOICE)
    found: dict[PartyRole, Registration] = {}
    findings: list[PartyFinding] = []
    for rule in regime.parties:
        if rule.role in _OF_SITE:
            answer = _resolve(asked, rule)
            if isinstance(answer, PartyFinding):
                findings.append(answer)
            elif answer is not None:
                found[rule.role] = answer
    findings += _incomplete(asked, found)
    if findings:
        return tuple(findings)
    declarant, operator = found[PartyRole.DECLARANT], found.get(PartyRole.OPERATOR)
    assert declarant.stated.dxp_id is not None, "else there is a finding"
    return SiteParties(
        declarant=declarant.party(PartyRole.DECLARANT),
        carrier=found[PartyRole.LOGISTICS].party(PartyRole.LOGISTICS),
        dxp_id=declarant.stated.dxp_id,
        customs_code=place.customs_code,
        operator=None if operator is None else operator.party(PartyRole.OPERATOR),
        dxp_ids={
            role: one.stated.dxp_id for role, one in found.items() if one.stated.dxp_id is not None
        },
        sent_as=sent_as,
    )


def _resolve(asked: _Question, rule: PartyRule) -> Registration | PartyFinding | None:
    """None: nobody, and the role may stay empty."""
    passed_over: list[tuple[Owner, Registration]] = []
    for owner, side in asked.sides(rule.whose):
        for role in (rule.role, rule.stands_in):
            able = [one for one in side if role in one.stated.roles]
            if chosen := [one for one in able if one.id == asked.choice.get(rule.role)]:
                able = chosen
            fit = [
                one
                for one in able
                if one.is_valid_on(asked.day) and one.acts_in(asked.place.customs_code)
            ]
            if len(fit) > 1:
                names = ", ".join(sorted(one.stated.name for one in fit))
                last = max(fit, key=lambda one: one.id)
                return asked.finding("customs.party.ambiguous", owner, rule.role, last, names=names)
            if fit:
                return fit[0]
            passed_over += [(owner, one) for one in able]
    return _nobody(asked, rule, passed_over) if rule.is_required else None


def _nobody(
    asked: _Question, rule: PartyRule, passed_over: Sequence[tuple[Owner, Registration]]
) -> PartyFinding:
    """Why there is nobody: the nearest registration does not do, or there is none."""
    if not passed_over:
        code, owner = _MISSING[rule.whose]
        return asked.finding(code, owner, rule.role)
    owner, nearest = passed_over[0]
    if nearest.is_valid_on(asked.day):
        district = asked.place.customs_code
        code = "customs.party.other_district"
        return asked.finding(code, owner, rule.role, nearest, district=district)
    ends = nearest.stated.valid_to
    return asked.finding(
        "customs.party.not_valid",
        owner,
        rule.role,
        nearest,
        valid_from=nearest.stated.valid_from.isoformat(),
        valid_to="…" if ends is None else ends.isoformat(),
    )


def _incomplete(
    asked: _Question, found: Mapping[PartyRole, Registration]
) -> Iterator[PartyFinding]:
    """What a registration lacks for its role."""
    declarant, area = found.get(PartyRole.DECLARANT), found.get(PartyRole.AREA)
    if declarant is not None and declarant.stated.dxp_id is None:
        yield asked.finding("customs.party.no_dxp_id", "park", PartyRole.DECLARANT, declarant)
    if area is not None and area.stated.ems_no is None:
        owner: Owner = "merchant" if area in asked.own else "park"
        yield asked.finding("customs.party.no_ledger", owner, PartyRole.AREA, area)


def _parties(asked: _Question, found: Mapping[PartyRole, Registration]) -> Parties:
    def party(role: PartyRole) -> Party | None:
        return found[role].party(role) if role in found else None

    def required(role: PartyRole) -> Party:
        return found[role].party(role)

    area, dxp_id = found.get(PartyRole.AREA), found[PartyRole.DECLARANT].stated.dxp_id
    assert dxp_id is not None, "else there is a finding"
    return Parties(
        declarant=required(PartyRole.DECLARANT),
        merchant=required(PartyRole.FIRM),
        platform=required(PartyRole.PLATFORM),
        carrier=required(PartyRole.LOGISTICS),
        dxp_id=dxp_id,
        customs_code=asked.place.customs_code,
        port_code=asked.place.port_code,
        owner=party(PartyRole.OWNER),
        operator=party(PartyRole.OPERATOR),
        area=party(PartyRole.AREA),
        ems_no=None if area is None else area.stated.ems_no,
        payment=party(PartyRole.PAYMENT),
        dxp_ids={
            role: one.stated.dxp_id for role, one in found.items() if one.stated.dxp_id is not None
        },
        used=tuple(UsedRegistration(role, one.id, one.version) for role, one in found.items()),
    )
