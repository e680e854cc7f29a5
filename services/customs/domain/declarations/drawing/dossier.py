"""The documents of a dossier, drawn up from the order and the house waybill."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.documents import OrderDocument, Waybill
from services.customs.domain.declarations.drawing.order import order_document
from services.customs.domain.declarations.drawing.waybill import waybill_document
from services.customs.domain.declarations.export_list import (
    ExportList,
    draw_up_list,
    export_list_document,
)
from services.customs.domain.declarations.findings import Finding, errors_of
from services.customs.domain.declarations.match import check_list
from services.customs.domain.declarations.match_fields import predecessor_findings
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.numbering import guid_text
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.senders import find_sender, sender_of

# Takes the place of the guid that an upload will have.
_ANY_GUID: Final = guid_text("0" * 32)

# Which declaration has an order number at customs, by platform and number.
Takers = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class DrawnDossier:
    """`documents`, in the order in which they are sent, is empty where a finding forbids it.
    `order_number`: the platform and the number that customs will know the order by; None: somebody
    else sends it.
    """

    findings: tuple[Finding, ...]
    documents: tuple[DrawnDocument, ...]
    order_number: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A document with its number and the enterprise that gave it."""

    kind: DocumentKind
    party: Party
    number: str
    content: Document


def draw_up(
    order: OrderDocument, waybill: Waybill, *, cop_no: str, rulebook: Rulebook, now: datetime
) -> DrawnDossier:
    """What the match finds, all at once, and the documents with every field as it will be sent."""
    parties = rulebook.parties
    export = draw_up_list(order, waybill, cop_no=cop_no, rulebook=rulebook)
    document = export_list_document(export, guid=_ANY_GUID, app_time=now, parties=parties)
    before = _before(export, waybill, rulebook=rulebook, now=now)
    found = check_list(order, waybill, export, document, rulebook)
    found = (*found, *_findings_before(before, found, export, rulebook))
    found = (*found, *_without_client((*rulebook.sends_before, DocumentKind.LIST), rulebook))
    is_sent = DocumentKind.ORDER in rulebook.sends_before
    order_number = (export.platform.code, export.order_no) if is_sent else None
    if errors_of(found):
        return DrawnDossier(found, (), order_number)
    drawn = (*before, _Drawn(DocumentKind.LIST, parties.declarant, cop_no, document))
    return DrawnDossier(found, tuple(_ready(one, rulebook) for one in drawn), order_number)


def _ready(drawn: _Drawn, rulebook: Rulebook) -> DrawnDocument:
    """With its sender. That there is one was found before."""
    sender = sender_of(MESSAGE_TYPE[drawn.kind], rulebook.plan, rulebook.parties)
    return DrawnDocument(drawn.kind, drawn.party.code, drawn.number, (drawn.content,), sender)


def _without_client(kinds: Iterable[DocumentKind], rulebook: Rulebook) -> Iterator[Finding]:
    """Of messages that nobody can send: which they are is the park's own setting. Where enterprises
    cannot be named, that is told instead.
    """
    for message_type in () if rulebook.unnamed else [MESSAGE_TYPE[one] for one in kinds]:
        if find_sender(message_type, rulebook.plan, rulebook.parties) is None:
            role = rulebook.plan.role_of(message_type).value
            params = {"message_type": message_type, "role": role}
            yield Finding("customs.party.no_client", params, mover="park")


def _before(
    export: ExportList, waybill: Waybill, *, rulebook: Rulebook, now: datetime
) -> tuple[_Drawn, ...]:
    """What we send before the list. There is no source of payments yet."""
    parties = rulebook.parties
    found = []
    for kind in rulebook.sends_before:
        if kind is DocumentKind.ORDER:
            document = order_document(export, guid=_ANY_GUID, app_time=now, parties=parties)
            found.append(_Drawn(kind, export.platform, export.order_no, document))
        elif kind is DocumentKind.WAYBILL:
            document = waybill_document(
                waybill, export, guid=_ANY_GUID, app_time=now, parties=parties
            )
            found.append(_Drawn(kind, parties.carrier, waybill.house_waybill, document))
    return tuple(found)


def _findings_before(
    drawn: tuple[_Drawn, ...],
    found: tuple[Finding, ...],
    export: ExportList,
    rulebook: Rulebook,
) -> tuple[Finding, ...]:
    """`found`: of the list."""
    more = [
        finding
        for one in drawn
        for finding in predecessor_findings(KINDS[MESSAGE_TYPE[one.kind]], one.content, found)
    ]
    if DocumentKind.PAYMENT in rulebook.sends_before:
        params = {"mode": export.terms.mode}
        more.append(Finding("customs.match.payment_missing", params, "/payment"))
    return tuple(more)


def order_number_finding(
    declaration_id: str | None, order_number: tuple[str, str] | None, takers: Takers
) -> Finding | None:
    """Customs knows an order by its platform and number, and receipts name nothing else: another
    order must not have both (V13).
    """
    if order_number is None or takers.get(order_number, declaration_id) == declaration_id:
        return None
    platform, number = order_number
    params = {"order_no": number, "platform": platform}
    return Finding("customs.match.order_number_taken", params, pointer="/order/order_number")
