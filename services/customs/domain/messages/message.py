"""A message to the Single Window: up to 100 documents, written out once and kept as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.customs.domain.messages.document import Document, Values
from services.customs.domain.messages.kinds.kind import MessageKind
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


def transfer_of(parties: Parties) -> Values:
    """BaseTransfer: the client that messages leave by is the declarant's."""
    return {
        "copCode": parties.declarant.code,
        "copName": parties.declarant.name,
        "dxpMode": "DXP",
        "dxpId": parties.dxp_id,
        "note": UNSIGNED_NOTE,
    }


def compose(
    kind: MessageKind,
    documents: Sequence[Document],
    *,
    guid: str,
    declaration_ids: Sequence[str],
    transfer: Values,
) -> OutgoingMessage:
    return OutgoingMessage(
        guid=guid,
        message_type=kind.message_type,
        documents=len(documents),
        declaration_ids=tuple(declaration_ids),
        body=write_message(kind, guid=guid, documents=documents, transfer=transfer),
        note=UNSIGNED_NOTE,
    )
