"""Enterprises and their registrations at customs: stored once, named by every message.

A registration has versions. None is ever rewritten: a change is a new version, which replaces the
older ones from its own first day. So on any day one version of each applies, and a declaration can
say which one it named.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.customs.domain.messages.parties import (
    WORD_WITHOUT_CODE,
    Party,
    PartyRole,
    is_customs_code,
    is_uscc,
)
from services.customs.domain.registrations.errors import (
    LedgerWithoutArea,
    PartyCodeMissing,
    UsccWrong,
    ValidityEmpty,
)
from shared.kernel.errors import FieldProblem


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is stated of an enterprise.

    `name` is the Chinese one, exactly as registered. `districts`: where it acts, four digits each;
    None: everywhere. `certificate_no` is that of the card it signs with, `dxp_id` the address of
    its client, `ems_no` the number of its bonded ledger. `valid_to` is the first day on which it no
    longer counts; days are those of China. `as_of`: when `source` said so.
    """

    name: str
    name_en: str | None
    customs_code: str | None
    uscc: str | None
    roles: tuple[PartyRole, ...]
    districts: tuple[str, ...] | None
    certificate_no: str | None
    dxp_id: str | None
    ems_no: str | None
    valid_from: date
    valid_to: date | None
    source: str
    as_of: date
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Registration:
    """One version. `tenant_id` is the merchant's, or that of the park."""

    id: str
    tenant_id: str
    version: int
    stated: Particulars
    recorded_at: datetime

    def is_valid_on(self, day: date) -> bool:
        stated = self.stated
        return stated.valid_from <= day and (stated.valid_to is None or day < stated.valid_to)

    def acts_in(self, district: str) -> bool:
        return self.stated.districts is None or district in self.stated.districts

    def party(self, role: PartyRole) -> Party:
        """As messages name it: by its customs code, else its USCC, else the word that the role has
        for an enterprise without a code.
        """
        stated = self.stated
        code = stated.customs_code or stated.uscc
        return Party(code or WORD_WITHOUT_CODE[role], stated.name)


def in_order(roles: Iterable[PartyRole]) -> tuple[PartyRole, ...]:
    """Each once, in the order in which PartyRole has them."""
    given = set(roles)
    return tuple(role for role in PartyRole if role in given)


# Since before there was an export list: enterprises of the settings count on every day.
_ALWAYS: Final = date(2000, 1, 1)


def seeded(
    party: Party,
    roles: Iterable[PartyRole],
    *,
    dxp_id: str | None,
    as_of: date,
    is_made_up: bool,
) -> Particulars:
    """An enterprise of the settings. Its code says of which kind it is."""
    code = party.code
    return Particulars(
        name=party.name,
        name_en=None,
        customs_code=code if is_customs_code(code) else None,
        uscc=code if is_uscc(code) else None,
        roles=in_order(roles),
        districts=None,
        certificate_no=None,
        dxp_id=dxp_id,
        ems_no=None,
        valid_from=_ALWAYS,
        valid_to=None,
        source="settings CUSTOMS_…_CODE and CUSTOMS_…_NAME",
        as_of=as_of,
        synthetic=is_made_up,
    )


def problems_of(stated: Particulars) -> list[FieldProblem]:
    """What is wrong with it, each with its place."""
    found = []
    if stated.uscc is not None and not is_uscc(stated.uscc):
        found.append(UsccWrong.at("/uscc", uscc=stated.uscc))
    if stated.customs_code is None and stated.uscc is None:
        bound = [role.value for role in stated.roles if role not in WORD_WITHOUT_CODE]
        if bound:
            found.append(PartyCodeMissing.at("/uscc", roles=", ".join(bound)))
    if stated.valid_to is not None and stated.valid_to <= stated.valid_from:
        found.append(ValidityEmpty.at("/valid_to", valid_to=stated.valid_to.isoformat()))
    if stated.ems_no is not None and PartyRole.AREA not in stated.roles:
        found.append(LedgerWithoutArea.at("/ems_no"))
    return found
