"""Dossiers with their documents, uploads and receipts, as the rules of declarations take them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.customs.domain.declarations.documents import OrderDocument, Waybill
from services.customs.domain.declarations.dossier import Dossier, DossierFile
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.work import Work, work_of_new
from services.customs.domain.documents.document import Attempt
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.stored import DocumentHistory, NewDocument, StoredDocument
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from tests.support.customs import NOW, PARTIES, a_subject, a_waybill, an_order

ORDER = an_order()
NUMBER = "AL" + "0" * 26
LIST_ID = "doc_1"


def a_dossier(
    phase: Phase = Phase.DRAFT,
    order: OrderDocument | None = ORDER,
    waybill: Waybill | None = a_waybill(ORDER),
    **changes: Any,
) -> Dossier:
    dossier = Dossier(
        subject=a_subject(),
        cop_no=NUMBER,
        list_id=None,
        phase=phase,
        status=phase,
        phase_at=NOW,
        channel=None,
        order=order,
        waybill=waybill,
        is_unroutable=False,
        cancelled_at=None,
        cancel_reason=None,
        cancel_request=None,
        cut_off_at=None,
        findings=(),
        repairs=(),
        rulebook=None,
        announced=(),
        version=3,
        work=_work(phase, order, waybill),
    )
    return replace(dossier, **changes)


def _work(phase: Phase, order: OrderDocument | None, waybill: Waybill | None) -> Work | None:
    if phase is Phase.BLOCKED:
        return Work("correction", "merchant", None)
    return work_of_new(
        has_order=order is not None, has_waybill=waybill is not None, is_unroutable=False
    )


def a_list(*, uploads: int = 0, **changes: Any) -> StoredDocument:
    document = StoredDocument(
        id=LIST_ID,
        tenant_id="mer_1",
        declaration_id=a_subject().id,
        kind=DocumentKind.LIST,
        party_code=PARTIES.declarant.code,
        number=NUMBER,
        version=1,
        replaces=None,
        about=None,
        parts=1,
        covers=(a_subject().id,),
        phase=DocumentPhase.QUEUED,
        phase_at=NOW,
        send_at=NOW if not uploads else None,
        send_parts=None,
        attempts=uploads,
        app_time=NOW if uploads else None,
        submitted_at=NOW if uploads else None,
        pre_no=None,
        invt_no=None,
        sum_no=None,
        unknown_receipts=0,
        illegal_receipts=0,
        replaced_at=None,
        created_at=NOW,
    )
    return replace(document, **changes)


def stored(new: NewDocument, **changes: Any) -> StoredDocument:
    """As it is in the database once it was inserted."""
    document = a_list(
        id=new.id,
        tenant_id=new.tenant_id,
        declaration_id=new.declaration_id,
        kind=new.drawn.kind,
        party_code=new.drawn.party_code,
        number=new.drawn.number,
        replaces=new.replaces,
        about=new.about,
        covers=new.covers,
        phase=new.phase,
        send_at=new.send_at,
    )
    return replace(document, **changes)


def a_receipt(status: str, *, after_s: float = 60, info: str = "", **changes: Any) -> Receipt:
    receipt = Receipt(
        message_type="CEB604",
        key=DocumentKey(PARTIES.declarant.code, NUMBER),
        return_status=status,
        return_time=NOW + timedelta(seconds=after_s),
        return_info=info,
    )
    return replace(receipt, **changes)


def a_file(
    dossier: Dossier | None = None,
    *receipts: Receipt,
    uploads: int = 0,
    left_at: datetime | None = NOW,
    list_changes: dict[str, Any] | None = None,
) -> DossierFile:
    """A dossier whose list was drawn up, and uploaded that many times."""
    dossier = dossier or a_dossier(Phase.QUEUED)
    attempts = tuple(
        Attempt(1, n, 1, f"GUID-{n}", f"MESSAGE-{n}", NOW + timedelta(seconds=n - 1), left_at)
        for n in range(1, uploads + 1)
    )
    return DossierFile(
        replace(dossier, list_id=LIST_ID),
        (a_list(uploads=uploads, **(list_changes or {})),),
        DocumentHistory({LIST_ID: attempts}, {NUMBER: receipts}),
    )
