"""What is known about one document: what left, and what was answered. What it amounts to is in
`fold`.
"""

from dataclasses import dataclass
from datetime import datetime

from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from services.customs.domain.receipts.retry import Retry


@dataclass(frozen=True, slots=True)
class MessageRefusal:
    """The message of an upload never reached the port: the way there does not take it, or it cannot
    be signed. `said`: in the words of whoever refused it.
    """

    at: datetime
    retry: Retry
    said: str


def message_refusal(
    at: datetime | None, retry: str | None, said: str | None
) -> MessageRefusal | None:
    """As it is stored. None: it was not refused. Older rows do not say as what."""
    if at is None:
        return None
    return MessageRefusal(at, Retry(retry) if retry else Retry.UNDELIVERABLE, said or "")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One upload of one part of a document. `number` counts the uploads of the document from 1; a
    part that did not go again with the others has none of that number. `version` is the document's
    content revision that it carried. `guid`: of the document's node, `message_guid`: of the
    message's root. `left_at`: when the message was handed to the port; None: it is composed, and
    has not left. `refusal`: why it never will. `nodes`: how many parts of documents the message
    holds. `is_key_trusted`: an operator has seen to the key since it signed the message.
    """

    part: int
    number: int
    version: int
    guid: str
    message_guid: str
    app_time: datetime
    left_at: datetime | None
    refusal: MessageRefusal | None = None
    nodes: int = 1
    is_key_trusted: bool = False


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """`receipts`: those of its key (of any part), and those of CEB900 about messages that its
    attempts left in. `replaces`: the id of the document that it is a corrected clone of.
    `is_dropped`: we took it back before anything left. `is_replaced`: others have taken its place,
    so it leaves no more. `about`: the id of the list that a
    cancellation or a return is about. `drawn_at`: when it was drawn up; None: at this moment.
    """

    id: str
    kind: DocumentKind
    key: DocumentKey
    version: int
    parts: int
    replaces: str | None
    is_dropped: bool
    attempts: tuple[Attempt, ...]
    receipts: tuple[Receipt, ...]
    about: str | None = None
    is_replaced: bool = False
    drawn_at: datetime | None = None
