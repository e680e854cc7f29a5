"""Events that customs publishes. Aggregate: declaration (`dec_…`), one per order's dossier."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.contracts.envelope import EventPayload
from shared.contracts.topics import CUSTOMS_DECLARATIONS

Channel = Literal["green", "blue", "yellow", "red"]


# How customs names the state of a declaration.
DeclarationStatus = Literal[
    "draft",
    "blocked",
    "validated",
    "queued",
    "signed",
    "transmitted",
    "staged",
    "declaring",
    "sent",
    "send_failed",
    "rejected_technical",
    "returned",
    "accepted",
    "manual_review",
    "inspection",
    "concluded",
    "released",
    "closed",
    "withdrawn",
    "cancelled",
    "cancel_requested",
]


class _DeclarationFacts(EventPayload):
    """What every declaration event carries. `at` is the instant of the fact, by customs' clock if a
    receipt caused it; `return_status` is then the receipt code (CEB604). `detail` has the words of
    whoever decided: customs' own, verbatim and mostly Chinese, or those of our check. `meaning`
    says in our words what they mean, by language (`en`, `zh-CN`)."""

    declaration_id: str
    order_id: str
    shipment_id: str | None
    merchant_id: str
    at: datetime
    status: str
    channel: Channel | None = None
    return_status: str | None = None
    detail: str | None = None
    meaning: dict[str, str] | None = None


class DeclarationSubmitted(_DeclarationFacts):
    """The export list (CEB603) was handed to the Single Window."""

    event_type: ClassVar[str] = "customs.declaration.submitted"
    topic: ClassVar[str] = CUSTOMS_DECLARATIONS


class DeclarationAccepted(_DeclarationFacts):
    """Receipt 120: customs has accepted the declaration."""

    event_type: ClassVar[str] = "customs.declaration.accepted"
    topic: ClassVar[str] = CUSTOMS_DECLARATIONS


class DeclarationInspection(_DeclarationFacts):
    """Receipt 300 (manual review) or 500 (inspection): held until customs decides."""

    event_type: ClassVar[str] = "customs.declaration.inspection"
    topic: ClassVar[str] = CUSTOMS_DECLARATIONS


class DeclarationBlocked(_DeclarationFacts):
    """Our own check before sending (the three-document match) found faults: nothing was sent."""

    event_type: ClassVar[str] = "customs.declaration.blocked"
    topic: ClassVar[str] = CUSTOMS_DECLARATIONS


class DeclarationScreened(_DeclarationFacts):
    """One of the security lanes screened the parcels. Loading needs screened *and* released."""

    event_type: ClassVar[str] = "customs.declaration.screened"
    topic: ClassVar[str] = CUSTOMS_DECLARATIONS

    lane: int
    passed: bool


class DeclarationReleased(_DeclarationFacts):
    """Receipt 800."""

    event_type: ClassVar[str] = "customs.declaration.released"
    topic: ClassVar[str] = CUSTOMS_DECLARATIONS


class DeclarationReturned(_DeclarationFacts):
    """Receipt 100: customs sent it back; `detail` says why. Fix and declare again."""

    event_type: ClassVar[str] = "customs.declaration.returned"
    topic: ClassVar[str] = CUSTOMS_DECLARATIONS


class DeclarationClosed(_DeclarationFacts):
    """Receipt 899, after the departure was reported: customs has closed the declaration."""

    event_type: ClassVar[str] = "customs.declaration.closed"
    topic: ClassVar[str] = CUSTOMS_DECLARATIONS


class DeclarationCancelRequested(_DeclarationFacts):
    """Customs has the export list and is to cancel it: until `cancelled` or `cancel_declined` the
    parcels are not to be loaded. Asked again after it declined, it is told again.
    """

    event_type: ClassVar[str] = "customs.declaration.cancel_requested"
    topic: ClassVar[str] = CUSTOMS_DECLARATIONS


class DeclarationCancelled(_DeclarationFacts):
    """Receipt 399 of CEB606: customs has cancelled the export list, as asked by CEB605."""

    event_type: ClassVar[str] = "customs.declaration.cancelled"
    topic: ClassVar[str] = CUSTOMS_DECLARATIONS


class DeclarationCancelDeclined(_DeclarationFacts):
    """Customs declined to cancel the export list (receipt 100 of CEB606), or the port refused
    CEB605 for good: the list stands as before; `detail` says why. Without `return_status` customs
    was not asked: it has closed the list.
    """

    event_type: ClassVar[str] = "customs.declaration.cancel_declined"
    topic: ClassVar[str] = CUSTOMS_DECLARATIONS


class DeclarationWithdrawn(_DeclarationFacts):
    """Somebody has taken the declaration back before customs had its list, or after customs sent it
    back; the order may stand. Nothing of it is sent any more.
    """

    event_type: ClassVar[str] = "customs.declaration.withdrawn"
    topic: ClassVar[str] = CUSTOMS_DECLARATIONS
