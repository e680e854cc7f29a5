"""The documents of a dossier, drawn up from the order and the house waybill."""

from collections.abc import Iterable, Mapping
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
from services.customs.domain.declarations.match import check_list, predecessor_findings
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.numbering import guid_text
from services.customs.domain.messages.senders import sender_of

# Takes the place of the guid that an upload will have.
_ANY_GUID: Final = guid_text("0" * 32)

# Which declaration has an order number at customs, by platform and number.
Takers = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class DrawnDossier:
    """`documents`, in the order in which they are sent, is empty where a finding forbids it."""

    findings: tuple[Finding, ...]
    documents: tuple[DrawnDocument, ...]


def draw_up(
    order: OrderDocument, waybill: Waybill, *, cop_no: str, rulebook: Rulebook, now: datetime
) -> DrawnDossier:
    """What the match finds, and the documents with every field as it will be sent."""
    parties = rulebook.parties
    export = draw_up_list(order, waybill, cop_no=cop_no, rulebook=rulebook)
    document = export_list_document(export, guid=_ANY_GUID, app_time=now, parties=parties)
    findings = check_list(order, waybill, export, document, rulebook)
    if errors_of(findings):
        return DrawnDossier(findings, ())
    before = _before(export, waybill, rulebook=rulebook, now=now)
    findings = (*findings, *_findings_before(before, export, rulebook))
    if errors_of(findings):
        return DrawnDossier(findings, ())
    sender = sender_of(MESSAGE_TYPE[DocumentKind.LIST], rulebook.plan, parties)
    drawn = DrawnDocument(DocumentKind.LIST, parties.declarant.code, cop_no, (document,), sender)
    return DrawnDossier(findings, (*before, drawn))


def _before(
    export: ExportList, waybill: Waybill, *, rulebook: Rulebook, now: datetime
) -> tuple[DrawnDocument, ...]:
    """What we send before the list. There is no source of payments yet."""
    parties, plan = rulebook.parties, rulebook.plan
    found = []
    for kind in rulebook.sends_before:
        if kind is DocumentKind.ORDER:
            document = order_document(export, guid=_ANY_GUID, app_time=now, parties=parties)
            party, number = export.platform, export.order_no
        elif kind is DocumentKind.WAYBILL:
            document = waybill_document(
                waybill, export, guid=_ANY_GUID, app_time=now, parties=parties
            )
            party, number = parties.carrier, waybill.house_waybill
        else:
            continue
        sender = sender_of(MESSAGE_TYPE[kind], plan, parties)
        found.append(DrawnDocument(kind, party.code, number, (document,), sender))
    return tuple(found)


def _findings_before(
    drawn: tuple[DrawnDocument, ...], export: ExportList, rulebook: Rulebook
) -> tuple[Finding, ...]:
    found = [
        finding
        for one in drawn
        for part in one.parts
        for finding in predecessor_findings(KINDS[MESSAGE_TYPE[one.kind]], part)
    ]
    if DocumentKind.PAYMENT in rulebook.sends_before:
        params = {"mode": export.terms.mode}
        found.append(Finding("customs.match.payment_missing", params, "/payment"))
    return tuple(found)


def order_number_finding(
    declaration_id: str | None, documents: Iterable[DrawnDocument], takers: Takers
) -> Finding | None:
    """Customs knows an order by its platform and number, and receipts name nothing else: another
    order must not have both (V13).
    """
    for one in documents:
        taker = takers.get((one.party_code, one.number))
        if one.kind is DocumentKind.ORDER and taker is not None and taker != declaration_id:
            params = {"order_no": one.number, "platform": one.party_code}
            return Finding(
                "customs.match.order_number_taken", params, pointer="/order/order_number"
            )
    return None
