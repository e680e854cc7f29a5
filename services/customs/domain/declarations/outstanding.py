"""What a declaration still needs, by its state: what, whose move, what to do, and until when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from services.customs.domain.declarations import missing as words
from services.customs.domain.declarations.phase import ENTERED, Phase
from services.customs.domain.declarations.state import DeclarationState
from services.customs.domain.declarations.steps import Step
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.receipts.meanings import MEANING_OF_RETRY
from services.customs.domain.receipts.retry import Retry
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
    """`by`: after that the parcel misses its flight; None: nothing depends on it."""

    code: str
    owner: words.Owner
    detail: Text
    remedy: Text
    by: datetime | None


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
_RECEIPT_606: Final = words.Missing(
    "receipt_606",
    "customs",
    Text("Customs' decision on the cancellation.", "海关对撤销申请的决定。"),
    Text("Wait for customs; do not load the parcel.", "请等待海关决定，包裹勿装机。"),
)


# What there is to be said of each code alone: of a fault, only its receipt says more.
WORDS: Final[Mapping[str, words.Missing]] = MappingProxyType(
    {
        one.code: one
        for one in (
            *(one for one in vars(words).values() if isinstance(one, words.Missing)),
            _CANCELLATION,
            _LIST_NUMBER,
            _ANSWER,
            _RECEIPT_606,
            words.Missing(
                "repair",
                "park",
                Text("A successful upload: the port refused it.", "成功上传：口岸拒收。"),
                Text("See its last receipt.", "请查看最近一条回执。"),
            ),
        )
    }
)


def words_of(code: str) -> words.Missing:
    """Of what a declaration waits for, by its code."""
    if code.startswith(_ACCEPTED):
        return _predecessor(DocumentKind(code.removeprefix(_ACCEPTED)))
    return WORDS[code]


def outstanding(state: DeclarationState, goods: Goods) -> tuple[Outstanding, ...]:
    """In the order in which it will come. Empty: nothing more to come."""
    if state.status in (Phase.CLOSED, Phase.WITHDRAWN):
        return ()
    if state.status is Phase.CANCELLED:
        again = [words.REDECLARE] if Step.CLONE in state.allowed else []
        return tuple(_due(one, goods.cut_off_at) for one in again)
    if state.status is Phase.CANCEL_REQUESTED:
        return tuple(_due(one, None) for one in _cancelling(state))
    before = [_due(one, goods.cut_off_at) for one in _before_departure(state, goods)]
    return (*before, *(_due(one, None) for one in _after_departure(state, goods)))


def _due(item: words.Missing, by: datetime | None) -> Outstanding:
    return Outstanding(item.code, item.owner, item.detail, item.remedy, by)


def _cancelling(state: DeclarationState) -> Iterator[words.Missing]:
    if state.phase not in ENTERED:
        yield _ANSWER
        return
    cancellation = state.documents[state.cancellation_id] if state.cancellation_id else None
    if cancellation is None and not state.needs_cancellation:
        yield _LIST_NUMBER
    if cancellation is not None and cancellation.retry is not None:
        yield _fault(cancellation.retry)
    elif cancellation is None or cancellation.is_unsent:
        yield _CANCELLATION
    yield _RECEIPT_606


def _before_departure(state: DeclarationState, goods: Goods) -> Iterator[words.Missing]:
    sources = list(_sources(state, goods))
    yield from sources
    if sources:
        return
    yield from _customs(state)
    if state.status is Phase.RETURNED:
        return
    if not goods.is_screened:
        yield words.RECHECK if goods.is_held else words.SCREENING
    if not goods.has_departed:
        yield words.DEPARTURE


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


def _customs(state: DeclarationState) -> Iterator[words.Missing]:
    current = state.current
    if state.status is Phase.RETURNED:
        yield words.REDECLARE
        return
    if current is not None and current.retry is not None:
        yield _fault(current.retry)
    elif state.status is Phase.QUEUED:
        yield from (_predecessor(kind) for kind in sorted(state.waits_for))
        yield words.TRANSMISSION
    if state.phase in (Phase.MANUAL_REVIEW, Phase.INSPECTION):
        yield words.DECISION
    elif state.phase not in ENTERED:
        yield words.RECEIPT_120
    if state.phase is not Phase.RELEASED:
        yield words.RECEIPT_800


def _fault(retry: Retry) -> words.Missing:
    meaning = MEANING_OF_RETRY[retry]
    return words.Missing("repair", meaning.owner, meaning.text, meaning.remedy)


def _predecessor(kind: DocumentKind) -> words.Missing:
    message = MESSAGE_TYPE[kind]
    return words.Missing(
        f"{_ACCEPTED}{kind.value}",
        "customs",
        Text(f"Customs' acceptance of the {kind.value} ({message}).", f"海关接受 {message}。"),
        Text("Wait for its receipt; the list follows by itself.", "请等待其回执，清单将自动发送。"),
    )


def _after_departure(state: DeclarationState, goods: Goods) -> Iterator[words.Missing]:
    if state.status in (Phase.RETURNED, Phase.DRAFT, Phase.BLOCKED):
        return
    if not goods.is_departure_reported:
        yield words.DEPARTURE_REPORT
    yield words.RECEIPT_899
