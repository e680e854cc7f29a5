"""How documents that wait go into messages: every part that goes becomes a node with a guid and an
appTime of its own, and up to 100 nodes of one kind share a message.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.phases import ENTERED, DocumentPhase
from services.customs.domain.documents.sending import next_app_time
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.kinds.kind import DOCUMENTS_PER_MESSAGE_MAX, MessageKind
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.message import OutgoingMessage, compose, transfer_of
from services.customs.domain.messages.numbering import new_guid
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.senders import Sender
from services.customs.domain.messages.values import compact_time

# The port or customs has the document.
_HELD: Final = ENTERED | {DocumentPhase.STAGED, DocumentPhase.DECLARING, DocumentPhase.SENT}
_CHANGE: Final = "2"  # appType of a document whose content is revised under its number


@dataclass(frozen=True, slots=True)
class DueDocument:
    """A document that may leave. `attempts`: how often it was uploaded, `app_time`: of the last
    time, `heard_at`: the returnTime of its last receipt. `phase`: where it stands. `covers`: the
    declarations it is about. `nodes_max`: how many parts of documents its message may hold, at most
    as many as any message. `send_parts`: which of its parts go; None: all. `sender`: whose client
    it leaves by; None: the park's.
    """

    id: str
    tenant_id: str
    kind: DocumentKind
    version: int
    attempts: int
    app_time: datetime | None
    heard_at: datetime | None
    phase: DocumentPhase
    covers: tuple[str, ...]
    parts: tuple[Document, ...]
    nodes_max: int = DOCUMENTS_PER_MESSAGE_MAX
    send_parts: tuple[int, ...] | None = None
    sender: Sender | None = None

    @property
    def parts_going(self) -> list[tuple[int, Document]]:
        """With their numbers."""
        parts = enumerate(self.parts, start=1)
        return [one for one in parts if self.send_parts is None or one[0] in self.send_parts]

    @property
    def is_change(self) -> bool:
        """The port refuses to change what it does not have: what customs has returned, or the port
        has refused, is new there.
        """
        return self.version > 1 and self.phase in _HELD

    @property
    def agent(self) -> Party | None:
        """Who declares it, if the document says so. Its certificate has to sign the message."""
        head = self.parts[0].head
        code, name = head.get("agentCode"), head.get("agentName")
        return Party(code, name) if code and name else None


@dataclass(frozen=True, slots=True)
class Upload:
    """One part of a document on its way, in the message `message_guid`."""

    tenant_id: str
    document_id: str
    part: int
    number: int
    version: int
    guid: str
    message_guid: str
    app_time: datetime


# A part of a document, and its number.
_Node = tuple[DueDocument, int, Document]


@dataclass(frozen=True, slots=True)
class Composed:
    """A message, and the uploads in it. `holder`: whose certificate may sign it."""

    message: OutgoingMessage
    sender: Sender
    holder: Party
    uploads: tuple[Upload, ...]


# Whether a message of this kind gets a signature of this party.
Signs = Callable[[MessageKind, Party], bool]


def compose_uploads(
    due: Sequence[DueDocument], *, park: Sender, signs: Signs, now: datetime
) -> tuple[Composed, ...]:
    """`due`: documents of one kind. `park`: by whose client those leave that name no other. The
    documents of a message have one sender, one declarant and one size of messages.
    """
    kind = KINDS[MESSAGE_TYPE[due[0].kind]]
    groups: dict[tuple[Sender, Party, int], list[_Node]] = {}
    for document in due:
        sender = document.sender or park
        group = (sender, document.agent or sender.party, document.nodes_max)
        nodes = groups.setdefault(group, [])
        nodes += ((document, number, part) for number, part in document.parts_going)
    return tuple(
        _message(
            nodes[at : at + size],
            kind=kind,
            sender=sender,
            holder=holder,
            is_signed=signs(kind, holder),
            now=now,
        )
        for (sender, holder, size), nodes in groups.items()
        for at in range(0, len(nodes), size)
    )


def _message(
    nodes: Sequence[_Node],
    *,
    kind: MessageKind,
    sender: Sender,
    holder: Party,
    is_signed: bool,
    now: datetime,
) -> Composed:
    guid = new_guid()
    uploads, documents = [], []
    for due, number, part in nodes:
        app_time = next_app_time(due.app_time, now, heard=due.heard_at)
        upload = Upload(
            tenant_id=due.tenant_id,
            document_id=due.id,
            part=number,
            number=due.attempts + 1,
            version=due.version,
            guid=new_guid(),
            message_guid=guid,
            app_time=app_time,
        )
        uploads.append(upload)
        documents.append(_node(part, upload, is_change=due.is_change))
    message = compose(
        kind,
        documents,
        guid=guid,
        declaration_ids=tuple(dict.fromkeys(one for due, _, _ in nodes for one in due.covers)),
        transfer=transfer_of(sender, is_signed=is_signed),
    )
    return Composed(message, sender, holder, tuple(uploads))


def _node(part: Document, upload: Upload, *, is_change: bool) -> Document:
    head = {**part.head, "guid": upload.guid, "appTime": compact_time(upload.app_time)}
    if is_change:
        head["appType"] = _CHANGE
    return Document(head, part.lines)
