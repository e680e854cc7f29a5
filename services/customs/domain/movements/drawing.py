"""A document that is about many parcels: one number, in parts where it has too many lines."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final, TypeVar

from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.messages.document import Values
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.numbering import cop_no
from services.customs.domain.messages.parts import split
from services.customs.domain.messages.senders import Sender
from shared.kernel.identity import PARK_TENANT
from shared.kernel.ids import new_id

P = TypeVar("P")

# No schema limits them: that many lines keep a part well below the largest message.
LINES_PER_PART_MAX: Final = 500
_PREFIX: Final = {
    DocumentKind.ARRIVAL: "AR",
    DocumentKind.BILL: "BL",
    DocumentKind.DEPARTURE: "DP",
}


def draw_up(
    kind: DocumentKind,
    head: Values,
    lines: Sequence[Values],
    *,
    party_code: str,
    sender: Sender,
    covers: Sequence[str],
    flight_id: str | None,
    real_now: datetime,
) -> NewDocument:
    """It may leave at once. `head`: what is special to it; `covers`: declarations."""
    document_id = new_id("doc")
    number = cop_no(document_id, prefix=_PREFIX[kind])
    parts = split(
        KINDS[MESSAGE_TYPE[kind]],
        {"appType": "1", "appStatus": "2", "copNo": number, **head},
        lines,
        per_part=LINES_PER_PART_MAX,
        guid=lambda: "",  # every upload gives another one
    )
    return NewDocument(
        id=document_id,
        tenant_id=PARK_TENANT,
        declaration_id=None,
        drawn=DrawnDocument(kind, party_code, number, parts, sender),
        covers=tuple(covers),
        phase=DocumentPhase.QUEUED,
        send_at=real_now,
        flight_id=flight_id,
    )


def grouped(parcels: Sequence[P], key: Callable[[P], tuple[str, ...]]) -> list[tuple[P, ...]]:
    """In the order of their keys; of each group in the order given."""
    return [tuple(group) for _, group in groupby(sorted(parcels, key=key), key=key)]
