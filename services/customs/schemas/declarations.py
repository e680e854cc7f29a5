"""Declarations as REST clients see them."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from pydantic import BaseModel, Field

from services.customs.domain.declarations.finding_kinds import Owner as FindingOwner
from services.customs.domain.declarations.finding_kinds import Severity
from services.customs.domain.declarations.findings import Finding
from services.customs.domain.declarations.repairs import BASES, RepairBasis
from services.customs.domain.declarations.steps import STEP_NAMES, Step
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.names import DOCUMENT_NAMES
from services.customs.domain.documents.stored import StoredDocument
from services.customs.domain.receipts.receipt import FORMAT_RECEIPT, parse_return_info
from services.customs.queries.declarations.files import DeclarationFile
from services.customs.queries.declarations.timeline import ActView, Timeline
from services.customs.queries.declarations.views import DeclarationView
from services.customs.queries.work.clocks import ClockView
from services.customs.schemas.documents import ReceiptMeaning, UploadOut
from services.customs.schemas.work.clock import ClockOut
from shared.contracts.customs.declarations import Channel, DeclarationStatus
from shared.documents.findings import FindingOut
from shared.kernel.errors import Locale, Text
from shared.kernel.json import JsonObject


class RepairOut(BaseModel):
    """What `:repair` with `apply_suggested` would do, unless it is a guess (basis `heading`)."""

    pointer: str = Field(examples=["/order/lines/0/hs_code"])
    value: str | int | None
    basis: RepairBasis
    detail: str = Field(description="Where the value comes from.")


class DeclarationFindingOut(FindingOut):
    """Of our own check. An error keeps the declaration here, a warning does not."""

    severity: Severity
    owner: FindingOwner = Field(description="Whose move it is.")
    document: DocumentKind | None = Field(
        description="The document that it is about; null: it is about an enterprise."
    )
    pointer: str | None = Field(
        description="JSON Pointer (RFC 6901) into the dossier: `order`, `waybill`, `payment`; and"
        " `list`, `ceb303`, `ceb505` by the names of these messages (`list`: CEB603), with `lines`."
    )
    values: dict[str, str | int | None] = Field(
        description="What the documents say there, by document."
    )
    repair: RepairOut | None = Field(description="What could be done about it.")

    @classmethod
    def shown(cls, finding: Finding, locale: Locale) -> "DeclarationFindingOut":
        repair = finding.repair
        return cls(
            code=finding.code,
            detail=finding.text(locale),
            fix=finding.fix(locale),
            severity=finding.severity,
            owner=finding.owner,
            document=finding.document,
            pointer=finding.pointer,
            values={**finding.values},
            repair=None
            if repair is None
            else RepairOut(
                pointer=repair.pointer,
                value=repair.value,
                basis=repair.basis,
                detail=BASES[repair.basis].render(locale, {}),
            ),
        )


class DeclarationOut(BaseModel):
    """One per order. `status` follows the receipts until the order is cancelled while customs has
    it: then it is `cancel_requested`, and the timeline shows what customs still says.
    """

    id: str = Field(examples=["dec_019ac0c5d2e87a3f8a1b2c3d4e5f6071"])
    order_id: str
    order_number: str | None = Field(description="The order's number in its store.")
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
    findings: list[DeclarationFindingOut] = Field(
        description="Of our own check. With an error it is blocked: nothing was sent."
    )
    flight_id: str | None
    flight_number: str | None
    cut_off_at: datetime | None
    cop_no: str = Field(description="copNo: our number for the list in CEB603.")
    pre_no: str | None = Field(description="preNo: the port's number for the list.")
    invt_no: str | None = Field(description="invtNo: customs' number for the list.")
    attempts: int = Field(description="How often the list was put into a message.")
    unknown_receipts: int = Field(description="Receipts with a code this version does not know.")
    lane: int | None = Field(
        description="The security lane whose queue it has joined; null: it is in none yet."
    )
    is_held: bool = Field(description="A screening failed and none has passed since.")
    screened_at: datetime | None
    submitted_at: datetime | None
    departed_at: datetime | None
    departure_reported_at: datetime | None
    cancelled_at: datetime | None
    rulebook: str | None = Field(description="Regime, tables, registrations it was matched with.")
    version: int = Field(description="Events published so far.")
    created_at: datetime

    @classmethod
    def of(cls, declaration: DeclarationView, locale: Locale) -> "DeclarationOut":
        return cls.model_construct(
            **{name: getattr(declaration, name) for name in _AS_READ},
            findings=[
                DeclarationFindingOut.shown(finding, locale) for finding in declaration.findings
            ],
        )


_AS_READ = tuple(DeclarationOut.model_fields.keys() - {"findings"})


class DeclarationDetail(DeclarationOut):
    """One declaration, with what may be done with it."""

    allowed: list[Step] = Field(
        description="The steps that its status allows: POST /v1/declarations/{id}:<step>; for"
        " `return` POST /v1/returns, for `summarise` POST /v1/summaries."
    )
    clocks: list[ClockOut] = Field(description="That run, by their ends.")

    @classmethod
    def whole(
        cls, file: DeclarationFile, clocks: Iterable[ClockView], locale: Locale
    ) -> "DeclarationDetail":
        shown = DeclarationOut.of(file.declaration, locale)
        return cls.model_construct(
            **{name: getattr(shown, name) for name in DeclarationOut.model_fields},
            allowed=sorted(file.state.allowed),
            clocks=[ClockOut.of(one) for one in clocks],
        )


class TimelineEntry(BaseModel):
    occurred_at: datetime
    event: str = Field(examples=["receipt"])
    detail: str = Field(description="What happened, in one sentence.")
    original: str | None = Field(
        default=None,
        description="Customs' own words of a receipt, verbatim and mostly Chinese, or those of the"
        " transfer service that refused a message.",
    )
    data: JsonObject = Field(description="Its facts by name.")


_EVENT_TEXTS = {
    "order_received": Text("Order received.", "收到订单。"),
    "waybill_received": Text("House waybill received.", "收到分运单。"),
    "matched": Text("The three documents match.", "三单比对一致。"),
    "blocked": Text("Blocked by our own check.", "自查未通过，暂不申报。"),
    "drawn_up": Text("Drawn up: {document}, {number}.", "已生成{document}（{number}）。"),
    "composed": Text("Put into a message, which has not left yet.", "已组入报文，尚未发出。"),
    "refused": Text("Its message did not reach the port.", "报文未能到达口岸。"),
    "submitted": Text("Handed to the Single Window.", "已提交单一窗口。"),
    "queued_for_screening": Text("Queued at a security lane.", "进入安检通道排队。"),
    "screened": Text("Screened.", "已安检。"),
    "departed": Text("Departed.", "已离境。"),
    "order_cancelled": Text("The order was cancelled.", "订单已取消。"),
    "act": Text("{actor} did this: {act}.", "{actor} 执行了操作：{act}。"),
}

# Steps, and what else people do that a declaration's timeline tells.
_ACT_NAMES = {
    **STEP_NAMES,
    "bind": Text("bind", "绑定总运单"),
    "note": Text("note", "备注"),
}


class TimelineOut(BaseModel):
    """Oldest first. Receipts are dated by customs' clock."""

    items: list[TimelineEntry]

    @classmethod
    def of(cls, timeline: Timeline, locale: Locale, *, is_park: bool) -> "TimelineOut":
        """`is_park`: others see the words of customs about their own documents only."""
        file = timeline.file
        entries = [
            *_own_entries(file.declaration, locale),
            *(_drawn_up(one, locale) for one in file.documents),
            *_upload_entries(file, locale, is_park=is_park),
            *_receipt_entries(file, locale, is_park=is_park),
            *(_act_entry(one, locale) for one in timeline.acts),
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
        (one.departed_at, "departed", {"flight_number": one.flight_number}),
        (one.cancelled_at, "order_cancelled", {"reason": one.cancel_reason}),
    ]
    if one.phase == "blocked":
        findings = [
            DeclarationFindingOut.shown(finding, locale).model_dump() for finding in one.findings
        ]
        steps.append((one.status_at, "blocked", {"findings": findings}))
    return [_entry(at, event, data, locale) for at, event, data in steps if at is not None]


def _entry(
    at: datetime, event: str, data: JsonObject, locale: Locale, **params: object
) -> TimelineEntry:
    detail = _EVENT_TEXTS[event].render(locale, params)
    return TimelineEntry(occurred_at=at, event=event, detail=detail, data=data)


def _document_data(stored: StoredDocument) -> JsonObject:
    return {
        "document_id": stored.id,
        "kind": stored.kind.value,
        "message_type": MESSAGE_TYPE[stored.kind],
        "number": stored.number,
    }


def _drawn_up(stored: StoredDocument, locale: Locale) -> TimelineEntry:
    data = {**_document_data(stored), "replaces": stored.replaces}
    name = DOCUMENT_NAMES[stored.kind]
    return _entry(stored.created_at, "drawn_up", data, locale, document=name, number=stored.number)


def _upload_entries(
    file: DeclarationFile, locale: Locale, *, is_park: bool
) -> Iterator[TimelineEntry]:
    documents = {one.id: one for one in file.documents}
    for upload in file.uploads:
        at = upload.attempt.left_at
        data = {
            **_document_data(documents[upload.document_id]),
            "upload": UploadOut.of(upload).model_dump(mode="json"),
        }
        event = "composed" if at is None else "submitted"
        yield _entry(at or upload.attempt.app_time, event, data, locale)
        if (refusal := upload.attempt.refusal) is not None:
            entry = _entry(refusal.at, "refused", data, locale)
            # What is said about a whole message may name the documents of others.
            yield entry.model_copy(update={"original": refusal.said if is_park else None})


def _receipt_entries(
    file: DeclarationFile, locale: Locale, *, is_park: bool
) -> Iterator[TimelineEntry]:
    """An answer to a whole message is told for each of its documents."""
    by_identity = {one.receipt.identity: one for one in file.receipts}
    for document in file.documents:
        for receipt in file.history.facts_of(document).receipts:
            kept = by_identity[receipt.identity]
            mark = file.mark_of(document.id, receipt.identity)
            meaning = ReceiptMeaning.of(kept, mark, locale)
            info = parse_return_info(receipt.return_info)
            # What is said about a whole message may name the documents of others.
            is_own = document.declaration_id is not None
            is_shown = is_park or (is_own and receipt.message_type != FORMAT_RECEIPT)
            yield TimelineEntry(
                occurred_at=receipt.return_time,
                event="receipt",
                detail=meaning.detail,
                original=(info.text or None) if is_shown else None,
                data={
                    **_document_data(document),
                    "message_type": receipt.message_type,
                    "part": receipt.key.part,
                    "return_status": receipt.return_status,
                    "info_code": info.code,
                    "received_at": kept.received_at,
                    "times": kept.times,
                    "mark": mark,
                    "cause": meaning.cause,
                    "next_move": meaning.owner,
                    "remedy": meaning.remedy,
                },
            )


def _act_entry(act: ActView, locale: Locale) -> TimelineEntry:
    content = json.loads(act.content)
    data = {name: content[name] for name in ("act", "actor", "detail") if name in content}
    done = _ACT_NAMES.get(content.get("act", "")) or content.get("act")
    return _entry(act.recorded_at, "act", data, locale, actor=content.get("actor"), act=done)
