"""A document as it is kept, and what else is known about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.document import Attempt, DocumentFacts
from services.customs.domain.documents.kinds import RECEIPT_TYPE, DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.receipts.receipt import FORMAT_RECEIPT, DocumentKey, Receipt


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """As locked. `declaration_id` is None where the document covers many declarations (`covers`).
    `send_at`: when it may leave next, in real time; None: it is not to be sent. `send_parts`: which
    of its parts go then; None: all. `replaced_at`: since then others stand in its place.
    """

    id: str
    tenant_id: str
    declaration_id: str | None
    kind: DocumentKind
    party_code: str
    number: str
    version: int
    replaces: str | None
    about: str | None
    parts: int
    covers: tuple[str, ...]
    phase: DocumentPhase
    phase_at: datetime
    send_at: datetime | None
    send_parts: tuple[int, ...] | None
    attempts: int
    app_time: datetime | None
    submitted_at: datetime | None
    pre_no: str | None
    invt_no: str | None
    sum_no: str | None
    unknown_receipts: int
    illegal_receipts: int
    replaced_at: datetime | None
    created_at: datetime

    def answers(self, receipt: Receipt) -> bool:
        """Whether the receipt is about it, by the keys of the specification. JSON receipts and rows
        of earlier releases do not know the enterprise.
        """
        key = receipt.key
        return (
            RECEIPT_TYPE[self.kind] == receipt.message_type
            and key.number == self.number
            and (not key.party_code or not self.party_code or key.party_code == self.party_code)
        )


def stored_document(  # noqa: PLR0917 - a row's columns
    document_id: str,
    tenant_id: str,
    declaration_id: str | None,
    kind: str,
    party_code: str,
    number: str,
    version: int,
    replaces: str | None,
    about: str | None,
    parts: int,
    covers: list[str],
    phase: str,
    phase_at: datetime,
    send_at: datetime | None,
    send_parts: list[int] | None,
    attempts: int,
    app_time: datetime | None,
    submitted_at: datetime | None,
    pre_no: str | None,
    invt_no: str | None,
    sum_no: str | None,
    unknown_receipts: int,
    illegal_receipts: int,
    replaced_at: datetime | None,
    created_at: datetime,
) -> StoredDocument:
    """From the values of its row."""
    return StoredDocument(
        id=document_id,
        tenant_id=tenant_id,
        declaration_id=declaration_id,
        kind=DocumentKind(kind),
        party_code=party_code,
        number=number,
        version=version,
        replaces=replaces,
        about=about,
        parts=parts,
        covers=tuple(covers),
        phase=DocumentPhase(phase),
        phase_at=phase_at,
        send_at=send_at,
        send_parts=None if send_parts is None else tuple(send_parts),
        attempts=attempts,
        app_time=app_time,
        submitted_at=submitted_at,
        pre_no=pre_no,
        invt_no=invt_no,
        sum_no=sum_no,
        unknown_receipts=unknown_receipts,
        illegal_receipts=illegal_receipts,
        replaced_at=replaced_at,
        created_at=created_at,
    )


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that is to be kept. `send_at` None: it waits for others, or for a person."""

    id: str
    tenant_id: str
    declaration_id: str | None
    drawn: DrawnDocument
    covers: tuple[str, ...]
    phase: DocumentPhase
    send_at: datetime | None
    replaces: str | None = None
    about: str | None = None
    flight_id: str | None = None

    @property
    def facts(self) -> DocumentFacts:
        return DocumentFacts(
            id=self.id,
            kind=self.drawn.kind,
            key=DocumentKey(self.drawn.party_code, self.drawn.number),
            version=1,
            parts=len(self.drawn.parts),
            replaces=self.replaces,
            is_dropped=False,
            attempts=(),
            receipts=(),
            about=self.about,
        )


@dataclass(frozen=True, slots=True)
class DocumentHistory:
    """The attempts of documents by their ids, and receipts by the number that they name."""

    attempts: Mapping[str, tuple[Attempt, ...]] = field(default_factory=dict)
    receipts: Mapping[str, tuple[Receipt, ...]] = field(default_factory=dict)

    def facts_of(self, document: StoredDocument) -> DocumentFacts:
        attempts = self.attempts.get(document.id, ())
        answers = [one for one in self.receipts.get(document.number, ()) if document.answers(one)]
        for guid in dict.fromkeys(attempt.message_guid for attempt in attempts):
            refused = self.receipts.get(guid, ())
            answers += (one for one in refused if one.message_type == FORMAT_RECEIPT)
        return DocumentFacts(
            id=document.id,
            kind=document.kind,
            key=DocumentKey(document.party_code, document.number),
            version=document.version,
            parts=document.parts,
            replaces=document.replaces,
            is_dropped=document.phase is DocumentPhase.WITHDRAWN,
            attempts=attempts,
            receipts=tuple(answers),
            about=document.about,
            is_replaced=document.replaced_at is not None,
            drawn_at=document.created_at,
        )


def group_by_number(receipts: Iterable[Receipt]) -> dict[str, tuple[Receipt, ...]]:
    found: dict[str, list[Receipt]] = {}
    for receipt in receipts:
        found.setdefault(receipt.key.number, []).append(receipt)
    return {number: tuple(about) for number, about in found.items()}


def numbers_of(
    documents: Iterable[StoredDocument], attempts: Mapping[str, tuple[Attempt, ...]]
) -> list[str]:
    """The numbers under which receipts about these documents are kept."""
    numbers = {document.number for document in documents}
    numbers |= {one.message_guid for tried in attempts.values() for one in tried}
    return sorted(numbers)
