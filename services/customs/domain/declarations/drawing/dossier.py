"""The documents of a dossier, drawn up from the order and the house waybill."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.documents import OrderDocument, Waybill
from services.customs.domain.declarations.export_list import draw_up_list, export_list_document
from services.customs.domain.declarations.findings import Finding, errors_of
from services.customs.domain.declarations.match import check_list
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.numbering import guid_text

# Takes the place of the guid that an upload will have.
_ANY_GUID: Final = guid_text("0" * 32)


@dataclass(frozen=True, slots=True)
class DrawnDossier:
    """`documents` is empty where a finding forbids to send them."""

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
    drawn = DrawnDocument(DocumentKind.LIST, parties.declarant.code, cop_no, (document,))
    return DrawnDossier(findings, (drawn,))
