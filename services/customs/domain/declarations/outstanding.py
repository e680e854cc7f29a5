"""What a declaration still needs, by its state: what, whose move, what to do, and until when."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from services.customs.domain.declarations import missing as words
from services.customs.domain.declarations.phase import ENTERED, Phase
from services.customs.domain.declarations.refusals import (
    CANCELLATION_DECLINED,
    Refusal,
    words_of_refused,
)
from services.customs.domain.declarations.state import DeclarationState
from services.customs.domain.declarations.steps import Step
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from shared.kernel.errors import Text


@dataclass(frozen=True, slots=True)
class Goods:
    """What the state does not know: the sources of the list, and the parcel. `is_held`: a screening
    failed and none has passed since. `cut_off_at`: of the booked flight.
    """

    has_order: bool = True
    has_waybill: bool = True
    is_unroutable: bool = False
    is_screened: bool = False
    is_held: bool = False
    has_departed: bool = False
    is_departure_reported: bool = False
    cut_off_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outstanding:
    """`by`: after that the parcel misses its flight; None: nothing depends on it. `refusal`: what
    was refused, if that is why. `is_beside`: it does not hold up the list itself.
    """

    code: str
    owner: words.Owner
    detail: Text
    remedy: Text
    by: datetime | None
    refusal: Refusal | None = None
    is_beside: bool = False


# What there is to be said, and the refusal that it is about.
_Item = tuple[words.Missing, Refusal | None]


_ACCEPTED: Final = "accepted_"
_CANCELLATION: Final = words.Missing(
    "cancellation",
    "us",
    Text("The cancellation CEB605.", "撤销申请单 CEB605。"),
    Text("Nothing: it leaves with the next message.", "无需操作，将随下一报文发送。"),
)
_LIST_NUMBER: Final = words.Missing(
    "invt_no",
    "customs",
    Text("The number of the list, without which it cannot be cancelled.", "清单编号（撤销所需）。"),
    Text("Wait for customs' receipt that gives it.", "请等待海关回执返回清单编号。"),
)
_ANSWER: Final = words.Missing(
    "receipt_of_upload",
    "customs",
    Text("The answer to the list that is under way.", "在途清单的回执。"),
    Text(
        "Wait: the list is withdrawn or cancelled by what it says.",
        "请等待，将依据回执撤回或撤销清单。",
    ),
)
_WITHDRAWAL: Final = words.Missing(
    _ANSWER.code,
    "us",
    Text("The message that the list is in: it has not left.", "清单所在报文：尚未发出。"),
    Text(
        "Nothing: it leaves, and by the answer the list is withdrawn or cancelled.",
        "无需操作：报文发出后，将依据回执撤回或撤销清单。",
    ),
)
_RECEIPT_606: Final = words.Missing(
    "receipt_606",
    "customs",
    Text("Customs' decision on the cancellation.", "海关对撤销申请的决定。"),
    Text("Wait for customs; do not load the parcel.", "请等待海关决定，包裹勿装机。"),
)


_LEAVES: Final[Mapping[str, DocumentKind]] = MappingProxyType(
    {
        words.TRANSMISSION.code: DocumentKind.LIST,
        _ANSWER.code: DocumentKind.LIST,
        _CANCELLATION.code: DocumentKind.CANCELLATION,
        words.DEPARTURE_REPORT.code: DocumentKind.DEPARTURE,
    }
)

# What there is to be said of each code alone.
WORDS: Final[Mapping[str, words.Missing]] = MappingProxyType(
    {
        one.code: one
        for one in (
            *(one for one in vars(words).values() if isinstance(one, words.Missing)),
            _CANCELLATION,
            _LIST_NUMBER,
            _ANSWER,
            _RECEIPT_606,
        )
    }
)


def words_of(code: str) -> words.Missing:
    """Of what a declaration waits for, by its code."""
    if code.startswith(_ACCEPTED):
        return _predecessor(DocumentKind(code.removeprefix(_ACCEPTED)))
    return words_of_refused(code) or WORDS[code]


def kind_to_leave(code: str) -> DocumentKind | None:
    """Of the document that has to leave first; None: nothing has to."""
    if code.startswith(_ACCEPTED):
        return DocumentKind(code.removeprefix(_ACCEPTED))
    return _LEAVES.get(code)


def outstanding(
    state: DeclarationState, goods: Goods, shared: Iterable[Refusal] = ()
) -> tuple[Outstanding, ...]:
    """In the order in which it will come; what was refused besides, before what it holds up. Empty:
    nothing more to come. `shared`: refusals of documents for many declarations.
    """
    beside = [one for one in (*state.refusals, *shared) if one.kind in _BESIDE]
    after = [one for one in beside if one.kind not in _BEFORE_RELEASE]
    return (
        *(_due((words.SECOND_LIST, None), None) for _ in state.surplus),
        *(_due((words.SECOND_RETURN, None), None) for _ in state.second_returns),
        *(_beside(one) for one in beside if one.kind in _BEFORE_RELEASE),
        *_own(state, goods),
        *(_beside(one) for one in after),
        *(_beside(one) for one in state.refusals if _is_declined(one, state)),
        *_closing(state, goods),
    )


# They neither keep the list from being sent nor from being released, as far as we can tell.
_BESIDE: Final = frozenset(
    {
        DocumentKind.ARRIVAL,
        DocumentKind.BILL,
        DocumentKind.DEPARTURE,
        DocumentKind.RETURN,
        DocumentKind.TALLY,
        DocumentKind.SUMMARY,
    }
)
# In some districts customs releases nothing that has not arrived.
_BEFORE_RELEASE: Final = frozenset({DocumentKind.ARRIVAL})
_OVER: Final = (Phase.CLOSED, Phase.WITHDRAWN, Phase.CANCELLED)


def _is_declined(refusal: Refusal, state: DeclarationState) -> bool:
    return refusal.code == CANCELLATION_DECLINED and state.status not in _OVER


def _own(state: DeclarationState, goods: Goods) -> Iterator[Outstanding]:
    """Until the flight has left."""
    if state.status in (Phase.CLOSED, Phase.WITHDRAWN):
        return
    if state.status is Phase.CANCELLED:
        if Step.CLONE in state.allowed:
            yield _due((words.REDECLARE, None), goods.cut_off_at)
    elif state.status is Phase.CANCEL_REQUESTED:
        yield from (_due(one, None) for one in _cancelling(state))
    else:
        yield from (_due(one, goods.cut_off_at) for one in _before_departure(state, goods))


def _closing(state: DeclarationState, goods: Goods) -> Iterator[Outstanding]:
    if state.status not in (*_OVER, Phase.CANCEL_REQUESTED):
        yield from (_due((one, None), None) for one in _after_departure(state, goods))


def _due(item: _Item, by: datetime | None) -> Outstanding:
    said, refusal = item
    return Outstanding(said.code, said.owner, said.detail, said.remedy, by, refusal)


def _beside(refusal: Refusal) -> Outstanding:
    said = refusal.missing
    return Outstanding(
        said.code, said.owner, said.detail, said.remedy, None, refusal, is_beside=True
    )


def _refusal_of(state: DeclarationState, kind: DocumentKind) -> Refusal | None:
    return next((one for one in state.refusals if one.kind is kind), None)


def _refused(refusal: Refusal) -> _Item:
    return refusal.missing, refusal


def _cancelling(state: DeclarationState) -> Iterator[_Item]:
    if state.phase not in ENTERED:
        yield (_WITHDRAWAL if state.phase is Phase.QUEUED else _ANSWER), None
        return
    cancellation = state.documents[state.cancellation_id] if state.cancellation_id else None
    refusal = _refusal_of(state, DocumentKind.CANCELLATION)
    if cancellation is None and not state.needs_cancellation:
        yield _LIST_NUMBER, None
    if refusal is not None and refusal.retry is not None:
        yield _refused(refusal)
    elif cancellation is None or cancellation.is_unsent:
        yield _CANCELLATION, None
    yield _RECEIPT_606, None


def _before_departure(state: DeclarationState, goods: Goods) -> Iterator[_Item]:
    sources = list(_sources(state, goods))
    yield from ((one, None) for one in sources)
    if sources:
        return
    yield from _customs(state)
    if state.phase is Phase.RETURNED:
        return
    if not goods.is_screened:
        yield (words.RECHECK if goods.is_held else words.SCREENING), None
    if not goods.has_departed:
        yield words.DEPARTURE, None


def _sources(state: DeclarationState, goods: Goods) -> Iterator[words.Missing]:
    """What the list is made from. Once it has left, its sources are no longer asked for."""
    if state.status not in (Phase.DRAFT, Phase.BLOCKED):
        return
    if not goods.has_order:
        yield words.ORDER
    if not goods.has_waybill:
        yield words.ROUTE if goods.is_unroutable else words.WAYBILL
    if state.status is Phase.BLOCKED and goods.has_order and goods.has_waybill:
        yield words.CORRECTION


def _customs(state: DeclarationState) -> Iterator[_Item]:
    refusal = _refusal_of(state, DocumentKind.LIST)
    if state.phase is Phase.RETURNED:
        yield words.REDECLARE, refusal
        return
    if refusal is not None and refusal.retry is not None:
        yield _refused(refusal)
    elif Phase.QUEUED in (state.status, state.phase):
        refused = {kind: _refusal_of(state, kind) for kind in sorted(state.waits_for)}
        yield from (_refused(one) for one in refused.values() if one is not None)
        waiting = (kind for kind, one in refused.items() if one is None)
        yield from ((_predecessor(kind, has_left=_has_left(state, kind)), None) for kind in waiting)
        yield words.TRANSMISSION, None
    if state.phase in (Phase.MANUAL_REVIEW, Phase.INSPECTION):
        yield words.DECISION, None
    elif state.phase not in ENTERED:
        yield words.RECEIPT_120, None
    if state.phase is not Phase.RELEASED:
        yield words.RECEIPT_800, None


def _has_left(state: DeclarationState, kind: DocumentKind) -> bool:
    """Or it is not for us to send."""
    phase = state.phase_before.get(kind)
    return phase is not DocumentPhase.QUEUED


def _predecessor(kind: DocumentKind, *, has_left: bool = True) -> words.Missing:
    message = MESSAGE_TYPE[kind]
    if not has_left:
        return words.Missing(
            f"{_ACCEPTED}{kind.value}",
            "us",
            Text(f"The transmission of the {kind.value} ({message}).", f"发送 {message}。"),
            Text(
                "Nothing: it leaves with the next message, and the list once customs has it.",
                "无需操作：将随下一报文发送，海关接受后发送清单。",
            ),
        )
    return words.Missing(
        f"{_ACCEPTED}{kind.value}",
        "customs",
        Text(f"Customs' acceptance of the {kind.value} ({message}).", f"海关接受 {message}。"),
        Text("Wait for its receipt; the list follows by itself.", "请等待其回执，清单将自动发送。"),
    )


def _after_departure(state: DeclarationState, goods: Goods) -> Iterator[words.Missing]:
    if state.phase is Phase.RETURNED or state.status in (Phase.DRAFT, Phase.BLOCKED):
        return
    if not goods.is_departure_reported:
        yield words.DEPARTURE_REPORT
    yield words.RECEIPT_899
