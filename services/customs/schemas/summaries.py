"""Summaries of released lists as REST clients see them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.messages.values import number
from services.customs.domain.summaries.grouping import Group, SummaryFlag
from services.customs.domain.summaries.month import Age
from services.customs.domain.summaries.reconciling import Declared, LineStatus, ReconciledLine
from services.customs.queries.summaries import SummaryView
from services.customs.use_cases.summaries import Preview, Reconciliation, WaitingRow
from shared.documents.fields import Body

_SHOWN_MAX = 100

MonthText = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
_FLAG = "1: by consignor; 2: by consignor and maker."


class PreviewIn(Body):
    month: MonthText = Field(
        description="In which customs released the lists, in China.", examples=["2026-10"]
    )
    summary_flag: SummaryFlag = Field(default="1", description=_FLAG)


class SummaryIn(PreviewIn):
    replaces: Annotated[str, StringConstraints(pattern=r"^doc_[0-9a-f]{32}$")] | None = Field(
        default=None,
        description="A summary that the port refused: its lists are applied for again.",
        examples=["doc_01932f6e0f3b7c5a9d4e8b1c2a3f4e5d"],
    )


class GroupOut(BaseModel):
    """Goods that can be a line of one declaration. Codes are customs'."""

    declarant: str
    consignor: str
    maker: str | None = Field(description="null: the summary does not tell makers apart.")
    hs_code: str
    unit: str
    currency_code: str
    destination: str
    lists: int
    lines: int
    quantity: str
    total: str = Field(description="In the currency of the lists.")

    @classmethod
    def of(cls, group: Group) -> "GroupOut":
        key = group.key
        return cls(
            declarant=key.declarant,
            consignor=key.consignor,
            maker=key.maker or None,
            hs_code=key.gcode,
            unit=key.unit,
            currency_code=key.currency,
            destination=key.destination,
            lists=group.lists,
            lines=group.lines,
            quantity=number(group.quantity),
            total=number(group.total),
        )


class WaitingListOut(BaseModel):
    declaration_id: str
    invt_no: str
    released_at: datetime


class PreviewOut(BaseModel):
    """What a summary of the month would have, and what stands against it."""

    month: str
    due_on: date = Field(description="The 15th of the next month, in China.")
    age: Age = Field(
        description="later: the month is not over; due: until `due_on`; overdue: after it."
    )
    lists: int
    waiting: list[WaitingListOut] = Field(description="The first 100 of them.")
    groups: list[GroupOut]
    without_number: int = Field(description="Released, but customs' number has not come.")
    not_released: int = Field(description="Sent in the month, and customs still has them.")
    is_complete: bool = Field(description="false: there are more; apply, then look again.")

    @classmethod
    def of(cls, found: Preview) -> "PreviewOut":
        return cls(
            month=str(found.month),
            due_on=found.month.due_on,
            age=found.age,
            lists=len(found.lists),
            waiting=[
                WaitingListOut(
                    declaration_id=one.declaration_id,
                    invt_no=one.invt_no,
                    released_at=one.released_at,
                )
                for one in found.lists[:_SHOWN_MAX]
            ],
            groups=[GroupOut.of(group) for group in found.groups],
            without_number=found.without_number,
            not_released=found.not_released,
            is_complete=found.is_complete,
        )


class WaitingOut(BaseModel):
    """A released list that is in no summary yet."""

    declaration_id: str = Field(examples=["dec_0193…"])
    merchant_id: str
    cop_no: str
    invt_no: str | None = Field(
        description="Customs' number. null: it has not come, and the list cannot be summarised."
    )
    released_at: datetime
    month: str = Field(description="Of its release, in China.", examples=["2026-10"])
    due_on: date = Field(description="The 15th of the next month, in China.")
    age: Age = Field(
        description="later: the month is not over; due: until `due_on`; overdue: after it."
    )
    customs_code: str = Field(description="The district's.", examples=["4700"])
    declarant: str
    consignor: str = Field(
        description="A summary is for one customs office, declarant and consignor."
    )
    lines: int

    @classmethod
    def of(cls, one: WaitingRow) -> "WaitingOut":
        row = one.waiting
        return cls(
            declaration_id=row.declaration_id,
            merchant_id=row.merchant_id,
            cop_no=row.cop_no,
            invt_no=row.invt_no or None,
            released_at=row.released_at,
            month=str(one.month),
            due_on=one.month.due_on,
            age=one.age,
            customs_code=row.customs_code,
            declarant=row.declarant,
            consignor=row.consignor,
            lines=row.lines,
        )


class SummaryOut(BaseModel):
    """An application for a declaration of released lists (CEB701)."""

    id: str = Field(examples=["doc_0193…"])
    month: str
    status: DocumentPhase
    status_at: datetime
    said: str | None = Field(description="The last words of the port or of customs, verbatim.")
    cop_no: str
    sum_no: str | None = Field(description="sumNo: customs' number for it.")
    declarant: str
    consignor: str
    summary_flag: str = Field(description=_FLAG)
    parts: int
    lists: int
    replaces: str | None
    created_at: datetime

    @classmethod
    def of(cls, one: SummaryView) -> "SummaryOut":
        return cls(**_shown(one))


def _shown(one: SummaryView) -> dict[str, object]:
    given = {name: getattr(one, name) for name in SummaryView.__dataclass_fields__}
    given["cop_no"], given["summary_flag"] = given.pop("number"), given.pop("flag")
    given["said"] = given["said"] or None
    return given


class SummariesOut(BaseModel):
    items: list[SummaryOut]


class DeclaredOut(BaseModel):
    """A formal declaration that customs made of the lists (CEB792)."""

    decl_seq_no: str
    entry_id: str | None
    dec_state: str = Field(description="Customs' own code, as it came.")
    op_date: datetime
    parts: int
    received: int = Field(description="How many of its parts have come.")

    @classmethod
    def of(cls, one: Declared) -> "DeclaredOut":
        return cls(
            decl_seq_no=one.decl_seq_no,
            entry_id=one.entry_id or None,
            dec_state=one.dec_state,
            op_date=one.op_date,
            parts=one.parts,
            received=one.received,
        )


class LineCountsOut(BaseModel):
    matched: int
    missing: int
    unexpected: int


class ReconciledSummaryOut(SummaryOut):
    """With the declarations that were made of it."""

    lines: LineCountsOut
    declarations: list[DeclaredOut]

    @classmethod
    def whole(cls, one: SummaryView, found: Reconciliation) -> "ReconciledSummaryOut":
        counts = found.counts
        return cls(
            **_shown(one),
            lines=LineCountsOut(
                matched=counts["matched"],
                missing=counts["missing"],
                unexpected=counts["unexpected"],
            ),
            declarations=[DeclaredOut.of(made) for made in found.declarations],
        )


class SummaryLineOut(BaseModel):
    """A line of a list, and where it is in a declaration."""

    invt_no: str
    gnum: str
    status: LineStatus = Field(
        description="matched; missing: in no declaration so far; unexpected: in a declaration, and"
        " not in our lists, or in another place already."
    )
    hs_code: str | None = Field(description="Of the list.")
    declared_hs_code: str | None
    house_waybill: str | None
    decl_seq_no: str | None
    gseqno: str | None
    entry_id: str | None
    dec_state: str | None

    @classmethod
    def of(cls, line: ReconciledLine) -> "SummaryLineOut":
        return cls(
            invt_no=line.key.invt_no,
            gnum=line.key.gnum,
            status=line.status,
            hs_code=line.gcode or None,
            declared_hs_code=line.declared_gcode or None,
            house_waybill=line.logistics_no or None,
            decl_seq_no=line.decl_seq_no or None,
            gseqno=line.gseqno or None,
            entry_id=line.entry_id or None,
            dec_state=line.dec_state or None,
        )
