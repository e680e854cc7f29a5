"""The enterprises that messages name, their codes and what they do.

A code is a customs registration number of 10 characters, or a unified social credit code of 18
(GB 32100-2015). Two elements have a word for an enterprise without any: see NO_PLATFORM_CODE and
OWNER_NOT_REGISTERED.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

# How codes look. Only `is_uscc` knows whether a check character is right.
CUSTOMS_CODE_PATTERN: Final = r"^[0-9]{4}[0-9A-Z]{6}$"
USCC_PATTERN: Final = r"^[0-9A-HJ-NPQRTUWXY]{18}$"
_CUSTOMS_CODE: Final = re.compile(CUSTOMS_CODE_PATTERN, re.ASCII)

# ebpCode of a platform abroad that has no code in China.
NO_PLATFORM_CODE: Final = "无"
# ownerCode of a maker or consignor that is not registered at customs.
OWNER_NOT_REGISTERED: Final = "NO"


class PartyRole(StrEnum):
    """What an enterprise does, and the elements that name it."""

    OWNER = "owner"  # ownerCode: makes or consigns the goods
    FIRM = "ecommerce_firm"  # ebcCode: sells them
    PLATFORM = "ecommerce_platform"  # ebpCode: took the order
    LOGISTICS = "logistics"  # logisticsCode: issues the house waybill
    DECLARANT = "declarant"  # agentCode: declares, and signs
    OPERATOR = "site_operator"  # operatorCode: runs the supervised site
    AREA = "area_enterprise"  # iacCode: keeps the bonded ledger of a special area
    PAYMENT = "payment_firm"  # payCode: received the payment


# What is written for an enterprise that has no code. The other roles need one.
WORD_WITHOUT_CODE: Final[Mapping[PartyRole, str]] = {
    PartyRole.PLATFORM: NO_PLATFORM_CODE,
    PartyRole.OWNER: OWNER_NOT_REGISTERED,
}


@dataclass(frozen=True)
class Party:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class UsedRegistration:
    """The version of a registration that a declaration names in a role."""

    role: PartyRole
    registration_id: str
    version: int


@dataclass(frozen=True)
class Parties:
    """The enterprises that the messages of one declaration name.

    `declarant` declares (agentCode) and owns the client that messages leave by, with the address
    `dxp_id`; `merchant` sells (ebcCode); `platform` took the order (ebpCode); `carrier` issues the
    house waybill (logisticsCode). `owner` makes or consigns the goods: the merchant, if it is None.
    None of the others means that the declaration does not need it, or that nobody is registered.
    `ems_no` is the number of the bonded ledger of `area`. `dxp_ids` are the addresses of those that
    have a client of their own. `used` says which registrations these are.
    """

    declarant: Party
    merchant: Party
    platform: Party
    carrier: Party
    dxp_id: str
    customs_code: str
    port_code: str
    owner: Party | None = None
    operator: Party | None = None
    area: Party | None = None
    ems_no: str | None = None
    payment: Party | None = None
    dxp_ids: Mapping[PartyRole, str] = field(default_factory=dict)
    used: tuple[UsedRegistration, ...] = ()

    @property
    def consignor(self) -> Party:
        """ownerCode and ownerName."""
        return self.owner or self.merchant

    def of(self, role: PartyRole) -> Party | None:
        """The enterprise of a role; None if there is none."""
        named = {
            PartyRole.OWNER: self.consignor,
            PartyRole.FIRM: self.merchant,
            PartyRole.PLATFORM: self.platform,
            PartyRole.LOGISTICS: self.carrier,
            PartyRole.DECLARANT: self.declarant,
            PartyRole.OPERATOR: self.operator,
            PartyRole.AREA: self.area,
            PartyRole.PAYMENT: self.payment,
        }
        return named[role]

    def dxp_id_of(self, role: PartyRole) -> str | None:
        """The address of the role's own client; None if it has none."""
        return self.dxp_id if role is PartyRole.DECLARANT else self.dxp_ids.get(role)


def nobody(customs_code: str, port_code: str) -> Parties:
    """Of a declaration whose enterprises cannot be named."""
    unnamed = Party("", "")
    return Parties(unnamed, unnamed, unnamed, unnamed, "", customs_code, port_code)


@dataclass(frozen=True)
class SiteParties:
    """The park's enterprises that reports about goods name, on a day, and the address of the
    declarant's client. `operator` None: nobody is registered as the operator of the site.
    `dxp_ids`: of those that have a client of their own. `sent_as`: the role whose client a message
    leaves by, by its type, where that is not the declarant.
    """

    declarant: Party
    carrier: Party
    dxp_id: str
    customs_code: str
    operator: Party | None = None
    dxp_ids: Mapping[PartyRole, str] = field(default_factory=dict)
    sent_as: Mapping[str, PartyRole] = field(default_factory=dict)

    def of(self, role: PartyRole) -> Party | None:
        """The enterprise of a role; None if there is none, or reports do not name it."""
        named = {
            PartyRole.DECLARANT: self.declarant,
            PartyRole.LOGISTICS: self.carrier,
            PartyRole.OPERATOR: self.operator,
        }
        return named.get(role)

    def dxp_id_of(self, role: PartyRole) -> str | None:
        """The address of the role's own client; None if it has none."""
        return self.dxp_id if role is PartyRole.DECLARANT else self.dxp_ids.get(role)


class Clients(Protocol):
    """Enterprises by their roles, and the addresses of their clients."""

    def of(self, role: PartyRole) -> Party | None: ...
    def dxp_id_of(self, role: PartyRole) -> str | None: ...


class Declarants(Protocol):
    """The declarant and the address of its client."""

    @property
    def declarant(self) -> Party: ...
    @property
    def dxp_id(self) -> str: ...


def credit_code_check_character(body: str) -> str:
    """The 18th character for the first 17. Raises ValueError on a character that is not allowed."""
    total = sum(
        weight * _ALPHABET.index(character)
        for weight, character in zip(_WEIGHTS, body, strict=True)
    )
    return _ALPHABET[(31 - total % 31) % 31]


def is_uscc(code: str) -> bool:
    """Whether it is a unified social credit code with the right check character."""
    if len(code) != 18 or not all(character in _ALPHABET for character in code):
        return False
    return credit_code_check_character(code[:17]) == code[17]


def is_customs_code(code: str) -> bool:
    """Whether it has the form of a registration at customs: four digits of a district, then six
    digits or capitals. It has no check character.
    """
    return _CUSTOMS_CODE.fullmatch(code) is not None


def is_party_code(code: str) -> bool:
    return is_uscc(code) or is_customs_code(code)
