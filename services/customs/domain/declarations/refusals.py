"""Documents that the port refused or customs returned: what was refused, why, whose move it is and
what to do. What each code means is in `receipts.meanings`; which party mends a document, and how it
is sent again, depends on its kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from services.customs.domain.declarations.missing import DECISION, REDECLARE, Missing, Owner
from services.customs.domain.declarations.steps import REFUSED_FOR_DATA
from services.customs.domain.documents.document import DocumentFacts, MessageRefusal
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.phases import FAILED, DocumentPhase
from services.customs.domain.documents.state import DocumentState
from services.customs.domain.documents.uploads import is_port_answer
from services.customs.domain.receipts.meanings import MEANING_OF_RETRY, Meaning, meaning_of
from services.customs.domain.receipts.receipt import Receipt
from services.customs.domain.receipts.retry import Retry
from shared.kernel.errors import Text

# Customs has stopped: what it decides next is not known.
_HELD: Final = frozenset({DocumentPhase.DETAINED, DocumentPhase.SUSPENDED})
_REFUSED: Final = FAILED | _HELD | {DocumentPhase.RETURNED}


@dataclass(frozen=True, slots=True)
class Refusal:
    """`retry`: the kind of the fault of an upload; None: it is customs' own word. `receipt`: which
    says so; None: it is not kept, or it was not the port that refused. `of_message`: then the way
    there did.
    """

    document_id: str
    kind: DocumentKind
    number: str
    phase: DocumentPhase
    retry: Retry | None
    receipt: Receipt | None
    of_message: MessageRefusal | None = None

    @property
    def code(self) -> str:
        """Under which it is listed among what a declaration waits for."""
        if self.phase in _HELD:
            return DECISION.code
        if self.kind is DocumentKind.LIST:
            return REPAIR if self.retry else REDECLARE.code
        if self.kind is DocumentKind.CANCELLATION:
            is_over = self.retry is None or self.retry in REFUSED_FOR_DATA
            return CANCELLATION_DECLINED if is_over else REPAIR
        return f"{REFUSED}{self.kind}"

    @property
    def meaning(self) -> Meaning:
        if self.retry is not None:
            return MEANING_OF_RETRY[self.retry]
        receipt_type = self.receipt.message_type if self.receipt else ""
        status = self.receipt.return_status if self.receipt else "100"
        return meaning_of(status, message_type=receipt_type)

    @property
    def owner(self) -> Owner:
        if self._is_of_content:
            return _MENDS[self.kind]
        return self.meaning.owner

    @property
    def detail(self) -> Text:
        return _named(self.kind, self.meaning.text)

    @property
    def remedy(self) -> Text:
        return _REMEDIES[self.kind] if self._is_of_content else self.meaning.remedy

    @property
    def _is_of_content(self) -> bool:
        is_returned = self.phase is DocumentPhase.RETURNED and self.retry is None
        return is_returned or self.retry is Retry.DATA

    @property
    def missing(self) -> Missing:
        return Missing(self.code, self.owner, self.detail, self.remedy)


def refusal_of(facts: DocumentFacts, state: DocumentState) -> Refusal | None:
    """None: it is neither refused nor returned, or new content of it waits to be sent. A change
    that was refused counts, too, although customs has the document as it was before.
    """
    if state.is_unsent or (state.phase not in _REFUSED and state.retry is None):
        return None
    receipt = state.last if state.phase in _REFUSED else _last_refusal(state)
    return Refusal(
        facts.id,
        facts.kind,
        facts.key.number,
        state.phase,
        state.retry,
        receipt=None if state.refusal else receipt,
        of_message=state.refusal,
    )


def _last_refusal(state: DocumentState) -> Receipt | None:
    answers = [one for one in state.moves if is_port_answer(one)]
    return max(answers, key=lambda one: one.return_time, default=None)


def words_of_refused(code: str) -> Missing | None:
    """What there is to be said of such a code alone; its receipt says more. None: it is another."""
    if code == REPAIR:
        return _SOME_REFUSAL
    if code == CANCELLATION_DECLINED:
        return _general(DocumentKind.CANCELLATION, code)
    if not code.startswith(REFUSED):
        return None
    return _general(DocumentKind(code.removeprefix(REFUSED)), code)


REFUSED: Final = "refused_"
REPAIR: Final = "repair"
CANCELLATION_DECLINED: Final = "cancellation_declined"
_SOME_REFUSAL: Final = Missing(
    REPAIR,
    "park",
    Text("A successful upload: the port refused it.", "成功上传：口岸拒收。"),
    Text("See its last receipt.", "请查看最近一条回执。"),
)


def _general(kind: DocumentKind, code: str) -> Missing:
    said = Text("Refused, or returned by customs.", "被拒收或海关退单。")
    return Missing(code, _MENDS[kind], _named(kind, said), _REMEDIES[kind])


def _named(kind: DocumentKind, text: Text) -> Text:
    """Which document it is, then what was said of it."""
    name = NAMES[kind]
    message = MESSAGE_TYPE[kind]
    return Text(f"{name.en} ({message}): {text.en}", f"{name.zh}（{message}）：{text.zh}")


NAMES: Final[Mapping[DocumentKind, Text]] = MappingProxyType(
    {
        DocumentKind.ORDER: Text("The order", "订单"),
        DocumentKind.PAYMENT: Text("The payment", "收款单"),
        DocumentKind.WAYBILL: Text("The house waybill", "运单"),
        DocumentKind.LIST: Text("The export list", "出口清单"),
        DocumentKind.CANCELLATION: Text("The cancellation", "撤销申请单"),
        DocumentKind.ARRIVAL: Text("The arrival", "运抵单"),
        DocumentKind.BILL: Text("The master bill", "清单总分单"),
        DocumentKind.DEPARTURE: Text("The departure", "离境单"),
        DocumentKind.RETURN: Text("The return", "退货申请单"),
        DocumentKind.TALLY: Text("The tally of the return", "退货入仓单"),
        DocumentKind.SUMMARY: Text("The summary", "汇总申请单"),
    }
)
# Who has the data of the document.
_MENDS: Final[Mapping[DocumentKind, Owner]] = MappingProxyType(
    {
        DocumentKind.ORDER: "merchant",
        DocumentKind.PAYMENT: "merchant",
        DocumentKind.WAYBILL: "logistics",
        DocumentKind.LIST: "merchant",
        DocumentKind.CANCELLATION: "park",
        DocumentKind.ARRIVAL: "park",
        DocumentKind.BILL: "park",
        DocumentKind.DEPARTURE: "park",
        DocumentKind.RETURN: "merchant",
        DocumentKind.TALLY: "park",
        DocumentKind.SUMMARY: "park",
    }
)
# How it gets to customs again, once its content is right.
_REMEDIES: Final[Mapping[DocumentKind, Text]] = MappingProxyType(
    {
        DocumentKind.ORDER: Text(
            "Read the receipt's text and correct the data by repair, or the order itself: it is"
            " sent again under its number, and the list follows.",
            "请查看回执内容，更正数据或更正订单；系统将以原编号重新发送，随后发送清单。",
        ),
        DocumentKind.PAYMENT: Text(
            "Read the receipt's text, and have the payment firm send it again, corrected.",
            "请查看回执内容，由支付企业更正后重新发送。",
        ),
        DocumentKind.WAYBILL: Text(
            "Read the receipt's text and clear it up with the carrier. It is sent again under its"
            " number by repair, or once the booking is corrected, and the list follows.",
            "请查看回执内容并与物流企业核实；更正数据或更正订舱后，"
            "系统将以原编号重新发送，随后发送清单。",
        ),
        DocumentKind.LIST: REDECLARE.remedy,
        DocumentKind.CANCELLATION: Text(
            "Read the receipt's text; the list goes on as before. If the reason still holds, ask"
            " again by cancel.",
            "请查看回执内容，清单按原状态继续；如仍需撤销，请再次申请撤销。",
        ),
        DocumentKind.ARRIVAL: Text(
            "Read the receipt's text, then report the arrival again by POST /v1/arrivals, or"
            " have it drawn up anew by POST /v1/documents:resend.",
            "请查看回执内容，更正后通过 POST /v1/arrivals 重新上报运抵，"
            "或通过 POST /v1/documents:resend 重新生成。",
        ),
        DocumentKind.BILL: Text(
            "Read the receipt's text, then bind the lists again by POST /v1/bills.",
            "请查看回执内容，更正后通过 POST /v1/bills 重新绑定清单。",
        ),
        DocumentKind.DEPARTURE: Text(
            "Read the receipt's text and clear up what is wrong; POST /v1/documents:resend then has"
            " the report drawn up anew.",
            "请查看回执内容并更正，再通过 POST /v1/documents:resend 重新生成离境单。",
        ),
        DocumentKind.RETURN: Text(
            "Read the receipt's text, then apply again by POST /v1/returns; one that the port"
            " refused is named in replaces.",
            "请查看回执内容，更正后通过 POST /v1/returns 重新申请；"
            "被口岸拒收的须在 replaces 中注明。",
        ),
        DocumentKind.TALLY: Text(
            "Read the receipt's text, then report the parcel again by tally.",
            "请查看回执内容，更正后通过 tally 重新报告包裹。",
        ),
        DocumentKind.SUMMARY: Text(
            "Read the receipt's text, then apply again by POST /v1/summaries; one that the port"
            " refused is named in replaces.",
            "请查看回执内容，更正后通过 POST /v1/summaries 重新申请；"
            "被口岸拒收的须在 replaces 中注明。",
        ),
    }
)
