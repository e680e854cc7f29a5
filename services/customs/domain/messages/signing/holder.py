"""Whether a certificate is that of the party a document names. Customs refuses a declaration whose
agentCode or agentName is not the certificate's, so we do it first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.signing.certificate import Certificate


@dataclass(frozen=True, slots=True)
class HolderDifference:
    """`of_party` stands in the document, `of_certificate` on the card."""

    field: Literal["code", "name"]
    of_party: str
    of_certificate: str


def holder_differences(certificate: Certificate, party: Party) -> tuple[HolderDifference, ...]:
    """Empty: the certificate is the party's, as far as it can tell (it may not name a code)."""
    found = []
    if certificate.is_code_of_holder(party.code) is False:
        found.append(HolderDifference("code", party.code, certificate.holder_code or ""))
    if certificate.holder_name != party.name:
        found.append(HolderDifference("name", party.name, certificate.holder_name))
    return tuple(found)


def strangers(certificate: Certificate, parties: Iterable[Party]) -> tuple[Party, ...]:
    """Those of a message's parties (agentCode and agentName of each document, copCode and copName
    of BaseTransfer) that the certificate does not belong to, each once.
    """
    return tuple(
        party for party in dict.fromkeys(parties) if holder_differences(certificate, party)
    )
