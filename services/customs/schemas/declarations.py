"""Declarations as REST clients see them."""

from datetime import datetime
from typing import Any, Literal

from asyncpg import Record
from pydantic import BaseModel, Field

from services.customs.domain.declarations.findings import finding_from_json
from services.customs.domain.declarations.missing import Missing
from services.customs.domain.receipts.meanings import meaning_of
from shared.contracts.customs.declarations import Channel, DeclarationStatus
from shared.http.findings import FindingOut
from shared.kernel.errors import Locale, Text


def _finding_out(stored: dict[str, Any], locale: Locale) -> FindingOut:
    finding = finding_from_json(stored)
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
    cop_no: str = Field(description="copNo: our number of the list in CEB603.")
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
    def of(cls, row: Record, locale: Locale) -> "DeclarationOut":
        values: dict[str, Any] = {name: row[name] for name in _PLAIN}
        return cls.model_construct(
            **values,
            merchant_id=row["tenant_id"],
            findings=[_finding_out(one, locale) for one in row["findings"]],
        )


_PLAIN = tuple(DeclarationOut.model_fields.keys() - {"merchant_id", "findings"})


class TimelineEntry(BaseModel):
    occurred_at: datetime
    event: str = Field(examples=["receipt"])
    detail: str = Field(description="What happened, in one sentence.")
    original: str | None = Field(
        default=None, description="Customs' own words of a receipt, verbatim and mostly Chinese."
    )
    data: dict[str, Any] = Field(description="The facts of it, by their names.")


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
    """Oldest first. Receipts stand at the time customs gives them."""

    items: list[TimelineEntry]

    @classmethod
    def of(cls, entries: list[dict[str, Any]], locale: Locale) -> "TimelineOut":
        return cls(items=[_timeline_entry(entry, locale) for entry in entries])


def _timeline_entry(entry: dict[str, Any], locale: Locale) -> TimelineEntry:
    data, original = dict(entry["data"]), None
    if entry["event"] == "receipt":
        meaning = meaning_of(data["return_status"])
        detail = meaning.text.render(locale, {})
        original = data.pop("info_text") or None
        data = {**data, "next_move": meaning.owner}
        data.pop("return_time")
    else:
        detail = _EVENT_TEXTS[entry["event"]].render(locale, {})
    if "findings" in data:
        data["findings"] = [_finding_out(one, locale).model_dump() for one in data["findings"]]
    return TimelineEntry(
        occurred_at=entry["occurred_at"],
        event=entry["event"],
        detail=detail,
        original=original,
        data=data,
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
    def of(cls, row: Record, found: tuple[Missing, ...], locale: Locale) -> "MissingOut":
        items = []
        for one in found:
            detail, fix = one.words(locale)
            items.append(
                MissingItem.model_construct(code=one.code, owner=one.owner, detail=detail, fix=fix)
            )
        return cls(declaration_id=row["id"], status=row["status"], items=items)
