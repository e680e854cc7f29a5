"""Messages of the port, as operators see them, and the answer to one that has just come."""

import base64
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Annotated

from pydantic import BaseModel, Field

from services.customs.domain.inbound.message import (
    PARSER_VERSION,
    ChosenMessages,
    InboundSource,
    InboundStatus,
    RawMessage,
    Reading,
    Reason,
    reason_of,
)
from services.customs.domain.messages.problems import problem_text
from services.customs.domain.receipts.errors import ReceiptUnmatched
from services.customs.domain.receipts.receipt import Receipt
from services.customs.domain.receipts.summary_result import SummaryResult
from services.customs.queries.inbound import InboundView, InboundViewWithRaw
from services.customs.use_cases.receipts import RecordedReceipt
from services.customs.use_cases.summaries import RecordedResult
from shared.documents.fields import AnyInstant, Body, TrueOrFalse
from shared.kernel.errors import AirlaneError, Locale, known_kinds
from shared.kernel.instants import EARLIEST, LATEST
from shared.kernel.json import JsonObject

# Parameters of reasons that are clauses of our own: each has its Chinese.
_PROBLEMS = frozenset({"problem", "reason"})


class ReasonOut(BaseModel):
    """Why a message, or one of its entries, is refused."""

    code: str = Field(description="Stable.", examples=["customs.message.not_readable"])
    detail: str
    fix: str
    entry: int | None = Field(
        description="Position of the first entry that is refused, from 0; null: the whole message."
    )

    @classmethod
    def of(cls, reason: Reason, locale: Locale) -> "ReasonOut":
        kind = _kind_of(reason.code)
        params: dict[str, object] = {
            name: problem_text(said) if name in _PROBLEMS else said
            for name, said in reason.params.items()
        }
        return cls(
            code=reason.code,
            detail=kind.text.render(locale, params),
            fix=kind.fix.render(locale, params),
            entry=reason.entry,
        )


@cache
def _kind_of(code: str) -> type[AirlaneError]:
    return next((kind for kind in known_kinds() if kind.code == code), AirlaneError)


class ReceivedReceiptOut(BaseModel):
    """What became of one entry of the message."""

    index: int = Field(description="Position in the message, from 0.")
    status: str = Field(
        description="new; known: it came before; unmatched: kept, the document that it answers is"
        " not known here; refused: the entry cannot be read.",
        examples=["new"],
    )
    id: str | None = Field(default=None, description="Of the receipt that is stored.")
    message_type: str | None = Field(default=None, examples=["CEB604"])
    number: str | None = Field(default=None, description="Of the document that it answers.")
    return_status: str | None = Field(default=None, examples=["120"])
    reason: ReasonOut | None = None


class ReceivedOut(BaseModel):
    """The message is kept as it came; `receipts` are its entries, in their order."""

    digest: str = Field(description="SHA-256 of the bytes: names the message.")
    status: InboundStatus = Field(
        description="read; partly: some entries are refused; refused: nothing could be read;"
        " stored: kept, and read later."
    )
    message_type: str | None = None
    reason: ReasonOut | None = None
    receipts: list[ReceivedReceiptOut]

    @classmethod
    def of(
        cls,
        message: RawMessage,
        reading: Reading,
        recorded: Iterable[RecordedReceipt | RecordedResult],
        locale: Locale,
    ) -> "ReceivedOut":
        following = iter(recorded)
        return cls(
            digest=message.digest,
            status=reading.status,
            message_type=reading.head.message_type,
            reason=None if reading.reason is None else ReasonOut.of(reading.reason, locale),
            receipts=[
                _refused(place, entry, locale)
                if isinstance(entry, AirlaneError)
                else _kept(place, entry, next(following), locale)
                for place, entry in enumerate(reading.entries)
            ],
        )

    @classmethod
    def stored(cls, message: RawMessage) -> "ReceivedOut":
        """Kept, but it could not be applied."""
        return cls(
            digest=message.digest,
            status=InboundStatus.STORED,
            message_type=message.head.message_type,
            receipts=[],
        )


def _kept(
    place: int,
    entry: Receipt | SummaryResult,
    recorded: RecordedReceipt | RecordedResult,
    locale: Locale,
) -> ReceivedReceiptOut:
    number = entry.key.number if isinstance(entry, Receipt) else entry.sum_no
    reason = None
    if not recorded.is_matched:
        unmatched = reason_of(ReceiptUnmatched(cop_no=number), entry=place)
        reason = ReasonOut.of(unmatched, locale)
    known = "new" if recorded.is_new else "known"
    return ReceivedReceiptOut(
        index=place,
        status=known if recorded.is_matched else "unmatched",
        id=recorded.id,
        message_type=entry.message_type if isinstance(entry, Receipt) else "CEB792",
        number=number,
        return_status=entry.return_status if isinstance(entry, Receipt) else None,
        reason=reason,
    )


def _refused(place: int, refusal: AirlaneError, locale: Locale) -> ReceivedReceiptOut:
    reason = ReasonOut.of(reason_of(refusal, entry=place), locale)
    return ReceivedReceiptOut(index=place, status="refused", reason=reason)


class InboundMessageOut(BaseModel):
    """A message of the port: `stored` as it came, then `read`, `partly` or `refused`."""

    digest: str
    status: InboundStatus
    message_type: str | None = Field(description="null: not recognised.", examples=["CEB604"])
    guid: str | None = Field(description="Of the root of the message.")
    source: InboundSource
    file_name: str | None
    content_type: str
    bytes: int
    times: int = Field(description="How often the same bytes came.")
    entries_read: int
    entries_refused: int
    reason: ReasonOut | None
    parser_version: int = Field(description="Version of the reader that read it; 0: none yet.")
    received_at: datetime
    last_received_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, message: InboundView, locale: Locale) -> "InboundMessageOut":
        reason = None if message.reason is None else ReasonOut.of(message.reason, locale)
        return cls.model_construct(**_shown(message, set(cls.model_fields)), reason=reason)


class InboundMessageWithRaw(InboundMessageOut):
    raw_base64: str = Field(description="The bytes as they came.")

    @classmethod
    def whole(cls, message: InboundViewWithRaw, locale: Locale) -> "InboundMessageWithRaw":
        reason = None if message.reason is None else ReasonOut.of(message.reason, locale)
        return cls.model_construct(
            **_shown(message, set(InboundMessageOut.model_fields)),
            reason=reason,
            raw_base64=base64.b64encode(message.raw).decode(),
        )


def _shown(message: InboundView, names: set[str]) -> JsonObject:
    return {name: getattr(message, name) for name in names - {"reason"}}


class ReplayIn(Body):
    """Which messages are to be read again: those that every given member fits."""

    status: InboundStatus | None = None
    message_type: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9]{1,20}$")] = None
    received_from: AnyInstant | None = None
    received_to: AnyInstant | None = Field(default=None, description="Before this instant.")
    includes_current: TrueOrFalse = Field(
        default=False,
        description="Also those that the present version of the reader has read.",
    )

    def to_domain(self) -> ChosenMessages:
        return ChosenMessages(
            parser_before=PARSER_VERSION + 1 if self.includes_current else PARSER_VERSION,
            status=self.status,
            message_type=self.message_type,
            received_from=self.received_from or EARLIEST,
            received_to=self.received_to or LATEST,
        )


class ReplayedOut(BaseModel):
    replayed: int = Field(description="How many will be read again.", examples=[1204])
    is_complete: bool = Field(description="false: there are more; send the same request again.")
