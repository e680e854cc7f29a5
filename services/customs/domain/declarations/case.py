"""What the state of a declaration is made from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.customs.domain.declarations.findings import Finding, errors_of
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.kinds import DocumentKind


class Match(StrEnum):
    """Of our own check, before anything is sent."""

    DRAFT = "draft"  # a document is missing
    BLOCKED = "blocked"  # the check found faults
    COMPLETE = "complete"


# Taken to customs before the list, and of no use without it. Where the list has to wait for them,
# they are drawn up with it.
BEFORE_LIST: Final = (DocumentKind.ORDER, DocumentKind.PAYMENT, DocumentKind.WAYBILL)


def match_of(list_id: str | None, findings: Sequence[Finding]) -> Match:
    """Of a dossier as it stands."""
    if errors_of(findings):
        return Match.BLOCKED
    return Match.COMPLETE if list_id else Match.DRAFT


def predecessors_of(documents: Iterable[DocumentFacts]) -> frozenset[DocumentKind]:
    return frozenset(one.kind for one in documents if one.kind in BEFORE_LIST)


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
