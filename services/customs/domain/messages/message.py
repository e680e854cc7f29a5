"""A message to the Single Window: up to 100 documents, written out once and kept as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.customs.domain.messages.document import Document
from services.customs.domain.messages.kinds.kind import MessageKind
from services.customs.domain.messages.numbering import new_guid
from services.customs.domain.messages.parties import Parties
from services.customs.domain.messages.writer import UNSIGNED_NOTE, write_message


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """`declaration_ids`: the declarations it is about, `documents`: how many documents it holds."""

    guid: str
    message_type: str
    documents: int
    declaration_ids: tuple[str, ...]
    body: str
    note: str


def compose(
    kind: MessageKind,
    documents: Sequence[Document],
    declaration_ids: Sequence[str],
    *,
    parties: Parties,
) -> OutgoingMessage:
    guid = new_guid()
    transfer = {
        "copCode": parties.declarant.code,
        "copName": parties.declarant.name,
        "dxpMode": "DXP",
        "dxpId": parties.dxp_id,
        "note": UNSIGNED_NOTE,
    }
    return OutgoingMessage(
        guid=guid,
        message_type=kind.message_type,
        documents=len(documents),
        declaration_ids=tuple(declaration_ids),
        body=write_message(kind, guid=guid, documents=documents, transfer=transfer),
        note=UNSIGNED_NOTE,
    )
