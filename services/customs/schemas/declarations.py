"""Declarations as REST clients see them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from services.customs.domain.declarations.findings import Finding
from services.customs.domain.declarations.missing import missing
from services.customs.domain.receipts.meanings import meaning_of
from services.customs.queries.declarations.timeline import ReceiptView, Timeline
from services.customs.queries.declarations.views import DeclarationView
from shared.contracts.customs.declarations import Channel, DeclarationStatus
from shared.documents.findings import FindingOut
from shared.kernel.errors import Locale, Text
from shared.kernel.json import JsonObject


def _finding_out(finding: Finding, locale: Locale) -> FindingOut:
    return FindingOut(code=finding.code, detail=finding.text(locale), fix=finding.fix(locale))


class DeclarationOut(BaseModel):
    """One per order. `status` follows the receipts until the order is cancelled while customs has
    it: then it is `cancel_requested`, and the timeline shows what customs still says.
    """

    id: str = Field(examples=["dec_0193…"])
    order_id: str
    merchant_id: str
    shipment_id: str | None
    house_waybill: str | None
    status: DeclarationStatus
    status_at: datetime = Field(
        description="Since when it has this status; by customs' clock where a receipt caused it."
    )
    channel: Channel | None = Field(
        description="green: released without review; yellow: after review; red: after inspection."
    )
    findings: list[FindingOut] = Field(description="Why it is blocked: nothing was sent.")
    flight_id: str | None
    flight_number: str | None
    cut_off_at: datetime | None
    cop_no: str = Field(description="copNo: our number for the list in CEB603.")
    pre_no: str | None
    invt_no: str | None
    attempts: int = Field(description="How often the list was put into a message.")
    unknown_receipts: int = Field(description="Receipts with a code this version does not know.")
    lane: int | None
    is_held: bool = Field(description="A screening failed and none has passed since.")
    screened_at: datetime | None
    submitted_at: datetime | None
    departed_at: datetime | None
    departure_reported_at: datetime | None
    cancelled_at: datetime | None
    rulebook: str | None = Field(description="Regime and code tables it was matched with.")
    version: int = Field(description="Events published so far.")
    created_at: datetime

    @classmethod
    def of(cls, declaration: DeclarationView, locale: Locale) -> "DeclarationOut":
        return cls.model_construct(
            **{name: getattr(declaration, name) for name in _AS_READ},
            findings=[_finding_out(finding, locale) for finding in declaration.findings],
        )


_AS_READ = tuple(DeclarationOut.model_fields.keys() - {"findings"})


class TimelineEntry(BaseModel):
    occurred_at: datetime
    event: str = Field(examples=["receipt"])
    detail: str = Field(description="What happened, in one sentence.")
    original: str | None = Field(
        default=None, description="Customs' own words of a receipt, verbatim and mostly Chinese."
    )
    data: JsonObject = Field(description="Its facts by name.")


_EVENT_TEXTS = {
    "order_received": Text("Order received.", "收到订单。"),
    "waybill_received": Text("House waybill received.", "收到分运单。"),
    "matched": Text("The three documents match.", "三单比对一致。"),
    "blocked": Text("Blocked by our own check.", "自查未通过，暂不申报。"),
    "submitted": Text("Handed to the Single Window.", "已提交单一窗口。"),
    "queued_for_screening": Text("Queued at a security lane.", "进入安检通道排队。"),
    "screened": Text("Screened.", "已安检。"),
    "departed": Text("Departed.", "已离境。"),
    "departure_reported": Text("Departure reported to customs.", "已发送离境单。"),
    "order_cancelled": Text("The order was cancelled.", "订单已取消。"),
}


class TimelineOut(BaseModel):
    """Oldest first. Receipts are dated by customs' clock."""

    items: list[TimelineEntry]

    @classmethod
    def of(cls, timeline: Timeline, locale: Locale) -> "TimelineOut":
        entries = [
            *_own_entries(timeline.declaration, locale),
            *(_receipt_entry(receipt, locale) for receipt in timeline.receipts),
        ]
        if (queued := timeline.queued) is not None:
            data = {"lane": queued.lane}
            entries.append(_entry(queued.queued_at, "queued_for_screening", data, locale))
        for screening in timeline.screenings:
            data = {"lane": screening.lane, "passed": screening.passed}
            entries.append(_entry(screening.screened_at, "screened", data, locale))
        return cls(items=sorted(entries, key=lambda entry: entry.occurred_at))


def _own_entries(declaration: DeclarationView, locale: Locale) -> list[TimelineEntry]:
    """From the declaration itself."""
    one = declaration
    steps: list[tuple[datetime | None, str, JsonObject]] = [
        (one.order_received_at, "order_received", {"order_id": one.order_id}),
        (
            one.waybill_received_at,
            "waybill_received",
            {"house_waybill": one.house_waybill, "flight_number": one.flight_number},
        ),
        (one.validated_at, "matched", {"rulebook": one.rulebook}),
        (one.submitted_at, "submitted", {"cop_no": one.cop_no, "attempts": one.attempts}),
        (one.departed_at, "departed", {"flight_number": one.flight_number}),
        (one.departure_reported_at, "departure_reported", {"message_type": "CEB509"}),
        (one.cancelled_at, "order_cancelled", {"reason": one.cancel_reason}),
    ]
    if one.phase == "blocked":
        findings = [_finding_out(finding, locale).model_dump() for finding in one.findings]
        steps.append((one.status_at, "blocked", {"findings": findings}))
    return [_entry(at, event, data, locale) for at, event, data in steps if at is not None]


def _entry(at: datetime, event: str, data: JsonObject, locale: Locale) -> TimelineEntry:
    detail = _EVENT_TEXTS[event].render(locale, {})
    return TimelineEntry(occurred_at=at, event=event, detail=detail, data=data)


def _receipt_entry(receipt: ReceiptView, locale: Locale) -> TimelineEntry:
    meaning = meaning_of(receipt.return_status)
    return TimelineEntry(
        occurred_at=receipt.return_time,
        event="receipt",
        detail=meaning.text.render(locale, {}),
        original=receipt.info_text or None,
        data={
            "message_type": receipt.message_type,
            "return_status": receipt.return_status,
            "info_code": receipt.info_code,
            "received_at": receipt.received_at,
            "next_move": meaning.owner,
        },
    )


class MissingItem(BaseModel):
    """A finding of what is not there yet, and whose move it is."""

    code: str = Field(examples=["receipt_800"])
    owner: Literal["merchant", "park", "lane", "customs", "carrier"]
    detail: str
    fix: str


class MissingOut(BaseModel):
    """What is still missing, in the order in which it will come; empty when all is done."""

    declaration_id: str
    status: DeclarationStatus
    items: list[MissingItem]

    @classmethod
    def of(cls, declaration: DeclarationView, locale: Locale) -> "MissingOut":
        items = []
        for one in missing(declaration.progress):
            detail, fix = one.words(locale)
            items.append(
                MissingItem.model_construct(code=one.code, owner=one.owner, detail=detail, fix=fix)
            )
        return cls(declaration_id=declaration.id, status=declaration.status, items=items)
