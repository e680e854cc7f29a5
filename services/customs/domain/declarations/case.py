"""What the state of a declaration is made from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.kinds import DocumentKind


class Match(StrEnum):
    """Of our own check, before anything is sent."""

    DRAFT = "draft"  # a document is missing
    BLOCKED = "blocked"  # the check found faults
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Case:
    """`documents`: all of the declaration, in the order in which they were made. `predecessors`:
    the kinds that customs must have accepted before the list is sent, by the regime.
    `cancel_asked_at`: the order was cancelled.
    """

    match: Match
    matched_at: datetime
    documents: tuple[DocumentFacts, ...]
    predecessors: frozenset[DocumentKind] = frozenset()
    cancel_asked_at: datetime | None = None
