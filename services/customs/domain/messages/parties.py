"""The enterprises that messages name, and their codes: a unified social credit code of 18
characters (GB 32100-2015), or a customs registration number of 10.
"""

import re
from dataclasses import dataclass
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_REGISTRATION: Final = re.compile(r"^[0-9]{4}[0-9A-Z]{6}$", re.ASCII)


@dataclass(frozen=True)
class Party:
    code: str
    name: str


@dataclass(frozen=True)
class Parties:
    """The enterprises every export list of this park names.

    `declarant` declares (agentCode) and owns the client the messages leave by; `merchant` sells
    and consigns (ebcCode, ownerCode); `platform` took the order (ebpCode); `carrier` issues the
    house waybill (logisticsCode). One set serves the whole park.
    """

    declarant: Party
    merchant: Party
    platform: Party
    carrier: Party
    dxp_id: str
    customs_code: str
    port_code: str


def credit_code_check_character(body: str) -> str:
    """The 18th character for the first 17. Raises ValueError on a character that is not allowed."""
    total = sum(
        weight * _ALPHABET.index(character)
        for weight, character in zip(_WEIGHTS, body, strict=True)
    )
    return _ALPHABET[(31 - total % 31) % 31]


def is_party_code(code: str) -> bool:
    if len(code) == 18 and all(character in _ALPHABET for character in code):
        return credit_code_check_character(code[:17]) == code[17]
    return _REGISTRATION.match(code) is not None
