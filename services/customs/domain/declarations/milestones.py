"""Facts about the lists of a declaration that others are told, each once.

A fact is remembered by its name and the number of the list: a declaration whose list is returned
twice, under two numbers, was returned twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from services.customs.domain.declarations.case import Case
from services.customs.domain.declarations.phase import ENTERED, Phase
from services.customs.domain.declarations.state import DeclarationState
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.receipts.receipt import Receipt
from shared.kernel.errors import Text

SUBMITTED: Final = "submitted"
_DECLINED: Final = "cancel_declined"
_CANCELLED: Final = "cancelled"
_REQUESTED: Final = "cancel_requested"
_WITHDRAWN: Final = "withdrawn"
_CLOSED: Final = Text(
    "Customs has closed the export list: it can no longer be cancelled.",
    "海关已结关，出口清单不能再撤销。",
)
_FACTS: Final = MappingProxyType(
    {
        DocumentKind.LIST: {
            "100": "returned",
            "120": "accepted",
            "300": "manual_review",
            "500": "inspection",
            "800": "released",
            "899": "closed",
        },
        DocumentKind.CANCELLATION: {"399": _CANCELLED, "100": _DECLINED},
    }
)


@dataclass(frozen=True, slots=True)
class Milestone:
    """`name`: what to remember it by. `receipt`: which said so, if one did; else `why`, if there is
    anything to say.
    """

    name: str
    fact: str
    document_id: str
    at: datetime
    receipt: Receipt | None = None
    why: Text | None = None


def new_milestones(
    case: Case, state: DeclarationState, announced: Sequence[str]
) -> tuple[Milestone, ...]:
    """Those that are not in `announced`, by their instants. `announced` may have the plain names of
    facts as well; they stand for the first list. What customs is asked comes last.
    """
    lists = [one for one in case.documents if one.kind is DocumentKind.LIST]
    known = set(announced)
    known |= {f"{name}:{one.key.number}" for one in lists[:1] for name in known if ":" not in name}
    found: dict[str, Milestone] = {}
    for document in case.documents:
        for one in _milestones(document, state):
            if one.name not in known:
                found.setdefault(one.name, one)
    if (declined := _too_late(state)) and declined.name not in known:
        found[declined.name] = declined
    told = sorted(found.values(), key=lambda one: one.at)
    requested = _requested(state, [*announced, *(one.name for one in told)])
    # The answer to an earlier request may be later by customs' clock, but this one is open.
    return (*told, requested) if requested is not None else tuple(told)


def withdrawn(state: DeclarationState, announced: Sequence[str]) -> Milestone | None:
    """It was taken back, and nobody was told. There is no way on from that, so it happens once."""
    name = f"{_WITHDRAWN}:1"
    if state.status is not Phase.WITHDRAWN or name in announced:
        return None
    return Milestone(name, _WITHDRAWN, state.list_id or "", state.status_at)


def _requested(state: DeclarationState, told: Sequence[str]) -> Milestone | None:
    """Customs has the list and is asked to cancel it, or will be, and nobody was told since it last
    answered. `told`: names, in the order in which others heard of them.
    """
    is_open = state.status is Phase.CANCEL_REQUESTED and state.phase in ENTERED
    if not is_open or state.list_id is None:
        return None
    facts = [name.partition(":")[0] for name in told]
    of_cancelling = [one for one in facts if one in (_REQUESTED, _DECLINED, _CANCELLED)]
    if of_cancelling and of_cancelling[-1] == _REQUESTED:
        return None
    name = f"{_REQUESTED}:{facts.count(_REQUESTED) + 1}"
    return Milestone(name, _REQUESTED, state.list_id, state.status_at)


def _too_late(state: DeclarationState) -> Milestone | None:
    """Nobody at customs is asked any more, so the answer is ours."""
    if state.too_late_since is None or state.list_id is None:
        return None
    name = f"{_DECLINED}:{state.list_id}"
    return Milestone(name, _DECLINED, state.list_id, state.too_late_since, why=_CLOSED)


def _milestones(document: DocumentFacts, state: DeclarationState) -> Iterator[Milestone]:
    number = document.key.number
    left = [one.left_at for one in document.attempts if one.left_at is not None]
    if document.kind is DocumentKind.LIST and left:
        yield Milestone(f"{SUBMITTED}:{number}", SUBMITTED, document.id, min(left))
    is_of_another = document.about not in (None, state.list_id)
    if document.kind is DocumentKind.CANCELLATION and is_of_another:
        return  # that list does not count, so nothing becomes of the declaration
    facts = _FACTS.get(document.kind, {})
    for receipt in state.documents[document.id].moves:
        fact = facts.get(receipt.return_status)
        if fact is not None:
            name = f"{fact}:{number}"
            yield Milestone(name, fact, document.id, receipt.return_time, receipt)
    declined = state.declined
    if document.id == state.cancellation_id and declined and declined.return_status not in facts:
        name = f"{_DECLINED}:{number}"
        yield Milestone(name, _DECLINED, document.id, declined.return_time, declined)
