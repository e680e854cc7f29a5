"""Findings of a list that is to say something else than what customs has."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from services.customs.domain.declarations.agreeing import contradictions
from services.customs.domain.declarations.documents import OrderDocument
from services.customs.domain.declarations.dossier import DossierFile
from services.customs.domain.declarations.drawing.dossier import draw_up
from services.customs.domain.declarations.findings import Finding
from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.document import Attempt
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.stored import DocumentHistory
from services.customs.domain.receipts.receipt import DocumentKey
from tests.support.customs import NOW, RULEBOOK, a_line, a_waybill, an_order
from tests.support.dossiers import NUMBER, a_dossier, a_list, a_receipt

ORDER: Final = an_order()
DEARER: Final = an_order(a_line(1, unit_price_minor=300), a_line(2))
ONE_LINE_LESS: Final = an_order(a_line(1))
IN_OTHER_WORDS: Final = an_order(a_line(1, title="Candle holder"), a_line(2))


def drawn_order(order: OrderDocument) -> DrawnDocument:
    sends_order = replace(RULEBOOK, sends_before=(DocumentKind.ORDER,))
    drawn = draw_up(order, a_waybill(order), cop_no=NUMBER, rulebook=sends_order, now=NOW)
    return next(one for one in drawn.documents if one.kind is DocumentKind.ORDER)


def found_of(newer: OrderDocument, *codes: str, version: int = 1) -> tuple[Finding, ...]:
    """Customs has ORDER, as far as it has said `codes` of it. `version`: of the content kept."""
    drawn = drawn_order(ORDER)
    document = a_list(
        uploads=1,
        id="doc_order",
        kind=DocumentKind.ORDER,
        party_code=drawn.party_code,
        number=drawn.number,
        version=version,
    )
    key = DocumentKey(drawn.party_code, drawn.number)
    receipts = tuple(
        a_receipt(code, after_s=n, message_type="CEB304", key=key)
        for n, code in enumerate(codes, start=1)
    )
    attempts = {document.id: (Attempt(1, 1, 1, "G", "M", NOW, NOW),)}
    history = DocumentHistory(attempts, {drawn.number: receipts})
    contents = {document.id: drawn.parts}
    file = DossierFile(a_dossier(), (document,), history, contents=contents)
    return contradictions(file, (drawn_order(newer),))


AT_CUSTOMS: Final[Mapping[str, tuple[tuple[Finding, ...], str]]] = {
    "differs_at_customs": (found_of(DEARER, "120"), "/ceb303/lines/0/price"),
    "older_at_customs": (found_of(DEARER, "120", version=2), "/ceb303"),
}
