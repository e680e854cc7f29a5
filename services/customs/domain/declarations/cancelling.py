"""Taking a declaration back: withdrawn where customs does not have its list, else customs is asked
to cancel it with a CEB605.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict

from services.customs.domain.declarations.upload import upload_values
from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.stored import NewDocument, StoredDocument
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.numbering import cop_no, guid_text
from shared.kernel.ids import new_id

REASON_CHARACTERS_MAX: Final = 1000
_NO_REASON: Final = "订单取消"
_ANY_GUID: Final = guid_text("0" * 32)
# What a cancellation says as its list does.
_OF_LIST: Final = ("customsCode", "agentCode", "agentName", "ebcCode", "ebcName")


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """Somebody wants the declaration taken back, although its order stands. It is open until
    customs has cancelled the list or declined to. `by`: the client who asked.
    """

    at: datetime
    reason: str
    by: str


class CancelRequestJson(TypedDict):
    at: str
    reason: str
    by: str


def cancel_request_to_json(request: CancelRequest) -> CancelRequestJson:
    return {"at": request.at.isoformat(), "reason": request.reason, "by": request.by}


def cancel_request_from_json(stored: CancelRequestJson) -> CancelRequest:
    return CancelRequest(datetime.fromisoformat(stored["at"]), stored["reason"], stored["by"])


def reason_text(reason: str | None) -> str:
    """As CEB605 has room for it: one line of at most 1000 characters, never empty."""
    return " ".join((reason or "").split())[:REASON_CHARACTERS_MAX].strip() or _NO_REASON


def draw_up_cancellation(
    of: StoredDocument,
    head: Mapping[str, str],
    *,
    pre_no: str | None,
    invt_no: str,
    reason: str | None,
    now: datetime,
) -> NewDocument:
    """CEB605 (edition 202205, table InvtCancel) about the list `of`, under a number of its own.
    `head`: of the list as it was sent; `pre_no`, `invt_no`: customs' numbers of the list.
    """
    document_id = new_id("doc")
    number = cop_no(document_id)
    values = upload_values(_ANY_GUID, now) | {name: head.get(name) for name in _OF_LIST}
    values |= {
        "copNo": number,
        "preNo": pre_no,
        "invtNo": invt_no,
        "reason": reason_text(reason),
    }
    part = Document(values, ())
    return NewDocument(
        id=document_id,
        tenant_id=of.tenant_id,
        declaration_id=of.declaration_id,
        drawn=DrawnDocument(DocumentKind.CANCELLATION, of.party_code, number, (part,)),
        covers=of.covers,
        phase=DocumentPhase.QUEUED,
        send_at=None,
        about=of.id,
    )
