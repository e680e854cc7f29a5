"""Which messages the park sends itself, and as whom.

Each message names its sender in BaseTransfer: copCode and copName of the enterprise whose client it
leaves by, and the address (dxpId) of that client. By default all leave by the declarant's. A park
whose logistics firm has a client of its own lets waybills leave by that one. Who may send what is
data with its source: reference/senders.csv.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from services.customs.domain.messages.parties import (
    Clients,
    Declarants,
    Party,
    PartyRole,
    SiteParties,
)
from shared.kernel.errors import Conflict, Text

_COLUMNS: Final = ("message_type", "headed_by", "sent_by", "source")


class SenderWithoutClient(Conflict):
    code = "customs.party.no_client"
    text = Text(
        "{message_type} is sent as the {role}, but no such enterprise with a client is registered.",
        "{message_type} 应以 {role} 身份发送，但没有已登记且具有传输客户端的相应企业。",
    )
    fix = Text(
        "Enter the dxp_id of its registration, or let the declarant send this message.",
        "请在其登记中填写 dxp_id，或改由申报单位发送该报文。",
    )


@dataclass(frozen=True, slots=True)
class Sender:
    """BaseTransfer: copCode, copName and dxpId."""

    party: Party
    dxp_id: str

    @classmethod
    def of_declarant(cls, parties: Declarants) -> Self:
        return cls(parties.declarant, parties.dxp_id)


@dataclass(frozen=True, slots=True)
class SenderRule:
    """`headed_by`: the role whose code heads the node. `sent_by`: the roles that may send it."""

    headed_by: PartyRole
    sent_by: frozenset[PartyRole]


@dataclass(frozen=True, slots=True)
class SendingPlan:
    """`sends`: the message types that the park sends itself ("CEB603"). `senders`: as whom, where
    that is not the declarant.
    """

    sends: frozenset[str]
    senders: Mapping[str, PartyRole]

    def role_of(self, message_type: str) -> PartyRole:
        return self.senders.get(message_type, PartyRole.DECLARANT)


def parse_sender_rules(text: str) -> dict[str, SenderRule]:
    """By message type, from the CSV `message_type,headed_by,sent_by,source`; roles in `sent_by` are
    separated by blanks. Raises ValueError for a bad row.
    """
    rules: dict[str, SenderRule] = {}
    for row in csv.DictReader(io.StringIO(text)):
        if tuple(row) != _COLUMNS or row["message_type"] in rules or not row["source"]:
            raise ValueError(f"senders: bad row {row}")
        sent_by = frozenset(PartyRole(one) for one in row["sent_by"].split())
        rules[row["message_type"]] = SenderRule(PartyRole(row["headed_by"]), sent_by)
    return rules


def sending_plan(sends: str, senders: str, rules: Mapping[str, SenderRule]) -> SendingPlan:
    """The plan of two settings: `303,603` and `505:logistics,303:ecommerce_platform`.

    Raises ValueError, in words, for a message that does not exist or a role that may not send it.
    """
    own = frozenset(_message_type(one, rules) for one in _parts(sends))
    chosen: dict[str, PartyRole] = {}
    for pair in _parts(senders):
        number, _, role = pair.partition(":")
        message_type = _message_type(number, rules)
        allowed = rules[message_type].sent_by | {PartyRole.DECLARANT}
        if role not in allowed or message_type in chosen:
            raise ValueError(f"{pair}: once each, and one of {', '.join(sorted(allowed))}")
        chosen[message_type] = PartyRole(role)
    return SendingPlan(own, chosen)


def _parts(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _message_type(number: str, rules: Mapping[str, SenderRule]) -> str:
    message_type = f"CEB{number.strip().removeprefix('CEB')}"
    if message_type not in rules:
        raise ValueError(f"{number}: no message that can be sent")
    return message_type


def find_sender(message_type: str, plan: SendingPlan, parties: Clients) -> Sender | None:
    """None: nobody in the role of the plan has a client."""
    role = plan.role_of(message_type)
    party, dxp_id = parties.of(role), parties.dxp_id_of(role)
    return None if party is None or dxp_id is None else Sender(party, dxp_id)


def sender_of(message_type: str, plan: SendingPlan, parties: Clients) -> Sender:
    """Raises SenderWithoutClient: a message must not leave by a client that is another's."""
    sender = find_sender(message_type, plan, parties)
    if sender is None:
        role = plan.role_of(message_type).value
        raise SenderWithoutClient(message_type=message_type, role=role)
    return sender


def find_site_sender(message_type: str, site: SiteParties) -> Sender | None:
    """Of a report about goods. None: nobody in the role has a client."""
    return find_sender(message_type, SendingPlan(frozenset(), site.sent_as), site)


def site_sender(message_type: str, site: SiteParties) -> Sender:
    """Of a report about goods. Raises SenderWithoutClient."""
    return sender_of(message_type, SendingPlan(frozenset(), site.sent_as), site)
