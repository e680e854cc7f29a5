"""The dossier of an order with all that is known about it, as locked, and a change to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from services.customs.domain.declarations.announcements import Announcement, Subject
from services.customs.domain.declarations.cancelling import CancelRequest
from services.customs.domain.declarations.clocks import Running
from services.customs.domain.declarations.documents import OrderDocument, Waybill
from services.customs.domain.declarations.findings import Finding
from services.customs.domain.declarations.first_pass import FirstDecision
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.repairing import KeptRepair
from services.customs.domain.declarations.work import Work
from services.customs.domain.documents.changing import DocumentChange, RedrawnDocument
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.state import Channel
from services.customs.domain.documents.stored import DocumentHistory, NewDocument, StoredDocument
from services.customs.domain.messages.document import Document

NO_CONTENTS: Final[Mapping[str, tuple[Document, ...]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Dossier:
    """A declaration with what it is made from. `list_id`: the list that counts, None: there is none
    yet. `cop_no`: its number, or the one it will have. `cancelled_at`, `cancel_reason`: of the
    order. `announced`: the names of the facts that were announced.
    """

    subject: Subject
    cop_no: str
    list_id: str | None
    phase: Phase
    status: Phase
    phase_at: datetime
    channel: Channel | None
    order: OrderDocument | None
    waybill: Waybill | None
    is_unroutable: bool
    cancelled_at: datetime | None
    cancel_reason: str | None
    cancel_request: CancelRequest | None
    cut_off_at: datetime | None
    findings: tuple[Finding, ...]
    repairs: tuple[KeptRepair, ...]
    rulebook: str | None
    announced: tuple[str, ...]
    version: int
    work: Work | None = None
    running: Running | None = None

    @property
    def unwanted_since(self) -> datetime | None:
        """The last wish: the order was cancelled, or somebody takes the declaration back."""
        request = self.cancel_request
        wishes = (self.cancelled_at, request.at if request else None)
        return max((at for at in wishes if at is not None), default=None)


@dataclass(frozen=True, slots=True)
class DossierFile:
    """A dossier, the documents that were drawn up from it, and what became of them. `heads`: what
    the lists that customs is to cancel say in their heads, by document. `contents`: of documents
    before the list that have left, as far as they may be drawn up anew.
    """

    dossier: Dossier
    documents: tuple[StoredDocument, ...]
    history: DocumentHistory
    heads: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    contents: Mapping[str, tuple[Document, ...]] = field(default_factory=dict)

    @property
    def current_list(self) -> StoredDocument | None:
        list_id = self.dossier.list_id
        return next((one for one in self.documents if one.id == list_id), None)

    @property
    def facts(self) -> tuple[DocumentFacts, ...]:
        return tuple(self.history.facts_of(one) for one in self.documents)


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """Where the parcel of a declaration is. `is_queued`: it is in the queue of a lane.
    `is_reported`: the report of its departure has left. `running`: the clock of the goods.
    """

    is_queued: bool
    is_screened: bool
    is_held: bool = False
    arrived_at: datetime | None = None
    departed_at: datetime | None = None
    is_reported: bool = False
    running: Running | None = None

    @property
    def has_departed(self) -> bool:
        return self.departed_at is not None


@dataclass(frozen=True, slots=True)
class DossierChange:
    """A declaration afterwards. `is_matched`: its documents were drawn up by this change.
    `joins_queue`, `leaves_queue`: what its parcel does. `work`: what it waits for; `running`: the
    clock of its list, `goods_running`: of its goods, which is to be saved if it `has_new_clock`;
    `stopped`: those that ran before. `first`: what customs has just decided for the first time.
    """

    declaration_id: str
    phase: Phase
    status: Phase
    phase_at: datetime
    channel: Channel | None
    list_id: str | None
    cop_no: str
    findings: tuple[Finding, ...]
    repairs: tuple[KeptRepair, ...]
    rulebook: str | None
    is_matched: bool
    cancel_request: CancelRequest | None
    announced: tuple[str, ...]
    version: int
    is_new_status: bool
    announcements: tuple[Announcement, ...]
    new_documents: tuple[NewDocument, ...]
    redrawn: tuple[RedrawnDocument, ...]
    documents: tuple[DocumentChange, ...]
    joins_queue: bool
    leaves_queue: bool
    work: Work | None = None
    running: Running | None = None
    goods_running: Running | None = None
    has_new_clock: bool = False
    stopped: tuple[Running, ...] = ()
    first: FirstDecision | None = None


def files_of(
    dossiers: Sequence[Dossier],
    documents: Iterable[StoredDocument],
    history: DocumentHistory,
    heads: Mapping[str, Mapping[str, str]],
    contents: Mapping[str, tuple[Document, ...]] = NO_CONTENTS,
) -> list[DossierFile]:
    """In the order of the dossiers."""
    own: dict[str, list[StoredDocument]] = {}
    for document in documents:
        if document.declaration_id is not None:
            own.setdefault(document.declaration_id, []).append(document)
    return [
        DossierFile(dossier, tuple(own.get(dossier.subject.id, ())), history, heads, contents)
        for dossier in dossiers
    ]
