"""Returns as REST clients see them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.messages.values import number
from services.customs.domain.regimes.regime import RegimeTables
from services.customs.domain.returns.clock import DutyWarning, ReturnClock, return_clock
from services.customs.domain.returns.drawing import AskedReturn
from services.customs.domain.returns.errors import ReturnLinesOrAll
from services.customs.domain.returns.quantities import AskedLine, ReturnableLine
from services.customs.queries.returns import ReturnView
from services.customs.use_cases.returns import Returnable
from shared.documents.fields import Body, TrueOrFalse, WholeNumber
from shared.documents.text import Line
from shared.kernel.errors import Locale, Text, refuse

_LINES_MAX = 100

Number37 = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,37}$")]


class ReturnLineIn(Body):
    gnum: Annotated[WholeNumber, Field(ge=1, le=9999)] = Field(
        description="Number of the line in the original list."
    )
    quantity: Annotated[WholeNumber, Field(ge=1, le=99_999_999)] = Field(
        description="In the unit of the line."
    )


class ReturnIn(Body):
    declaration_id: Annotated[str, StringConstraints(pattern=r"^dec_[0-9a-f]{32}$")] = Field(
        examples=["dec_01932f6e0f3b7c5a9d4e8b1c2a3f4e5d"]
    )
    lines: Annotated[list[ReturnLineIn], Field(min_length=1, max_length=_LINES_MAX)] | None = None
    all: TrueOrFalse = Field(default=False, description="All that can still come back.")
    reason: Annotated[Line, StringConstraints(max_length=500)] = Field(
        examples=["The buyer has withdrawn from the contract"]
    )
    from_country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = Field(
        description="Where the parcel was dispatched; not CN.", examples=["DE"]
    )
    bill_no: Number37 = Field(
        description="Master waybill of the way back; its house waybill if there is no master.",
        examples=["01612345675"],
    )
    house_waybill: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,80}$")] | None = (
        Field(
            default=None,
            description="Of the way back; that of the way out if it is left out.",
            examples=["AL27011500001"],
        )
    )
    voyage_no: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z/ -]{1,32}$")] = Field(
        description="Flight or voyage.", examples=["O37002"]
    )
    means: Annotated[Line, StringConstraints(max_length=100)] | None = Field(
        default=None, description="Name of the means of transport; the flight if it is left out."
    )
    mode: Literal["air", "road"] = "air"
    note: Annotated[Line, StringConstraints(max_length=500)] | None = None
    accepts_duty: TrueOrFalse = Field(
        default=False,
        description="Needed once the goods are not free of import duty any more, or never were.",
    )
    replaces: Annotated[str, StringConstraints(pattern=r"^doc_[0-9a-f]{32}$")] | None = Field(
        default=None,
        description="A return that the port refused, which this one stands for.",
        examples=["doc_01932f6e0f3b7c5a9d4e8b1c2a3f4e5d"],
    )

    def to_domain(self) -> AskedReturn:
        """Raises Invalid."""
        if self.all == (self.lines is not None):
            refuse([ReturnLinesOrAll.at("/lines")])
        lines = None
        if self.lines is not None:
            lines = tuple(AskedLine(one.gnum, Decimal(one.quantity)) for one in self.lines)
        return AskedReturn(
            lines=lines,
            reason=self.reason,
            country=self.from_country,
            bill_no=self.bill_no,
            voyage_no=self.voyage_no,
            mode=self.mode,
            house_waybill=self.house_waybill,
            means=self.means,
            note=self.note,
            accepts_duty=self.accepts_duty,
            replaces=self.replaces,
        )


class TallyIn(Body):
    storage_place: Annotated[Line, StringConstraints(max_length=100)] | None = Field(
        default=None, description="Where the parcel is stored.", examples=["Cage 3"]
    )
    note: Annotated[Line, StringConstraints(max_length=200)] | None = None


_WARNINGS: dict[DutyWarning, Text] = {
    "relief_ends": Text(
        "In 30 days or less the goods are not free of import duty any more.",
        "距免税期限不足 30 天。",
    ),
    "relief_over": Text(
        "The goods are not free of import duty any more.", "已超过免征进口税的期限。"
    ),
    "no_relief": Text(
        "The regime has no relief for goods exported on that day.", "该出口日期的货物没有退货免税。"
    ),
    "may_be_food": Text(
        "Food is not free: check the chapters of the goods.", "食品不免税，请核对商品章别。"
    ),
}


class DutyWarningOut(BaseModel):
    code: DutyWarning
    detail: str


class ReliefOut(BaseModel):
    """Until when the goods come back free of import duty and tax, and by which rule."""

    exported_on: date = Field(description="In China: departure, or release if it is not known.")
    returnable_until: date | None = Field(
        description="Last day in China; null: there is no relief for these goods."
    )
    within_months: int | None
    source: str | None = Field(description="Of the rule.")
    basis: Literal["sourced", "derived", "general"] | None
    warnings: list[DutyWarningOut]

    @classmethod
    def of(cls, clock: ReturnClock, today: date, gcodes: list[str], locale: Locale) -> "ReliefOut":
        relief = clock.relief
        return cls(
            exported_on=clock.exported_on,
            returnable_until=clock.until,
            within_months=relief.within_months if relief else None,
            source=relief.source.text if relief else None,
            basis=relief.source.basis if relief else None,
            warnings=[
                DutyWarningOut(code=one, detail=_WARNINGS[one].render(locale, {}))
                for one in clock.warnings(today, gcodes)
            ],
        )


class ReturnLineOut(BaseModel):
    gnum: int = Field(description="Number of the line in the original list.")
    hs_code: str
    name: str
    quantity: str = Field(description="In `unit`, as the message has it.", examples=["2"])
    unit: str = Field(description="Customs' code.", examples=["007"])
    legal_quantity_1: str
    legal_unit_1: str
    legal_quantity_2: str | None
    legal_unit_2: str | None


class TallyOut(BaseModel):
    """Of the parcel at the site (CEB215)."""

    number: str
    status: DocumentPhase
    status_at: datetime


class ReturnOut(BaseModel):
    """The application for goods that come back (CEB213), and what became of it."""

    id: str = Field(examples=["doc_0193…"])
    declaration_id: str
    order_id: str
    merchant_id: str
    status: DocumentPhase
    status_at: datetime
    said: str | None = Field(description="The last words of the port or of customs, verbatim.")
    co_el_no: str = Field(description="coElNo: our number for the return.")
    pre_no: str | None
    invt_no: str = Field(description="Customs' number of the original list.")
    trade_mode: str = Field(examples=["9661"])
    reason: str
    bill_no: str
    house_waybill: str
    voyage_no: str
    lines: list[ReturnLineOut]
    relief: ReliefOut | None
    tally: TallyOut | None = Field(description="null: the site has not seen the parcel.")
    replaces: str | None
    submitted_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, one: ReturnView, tables: RegimeTables, today: date, locale: Locale) -> "ReturnOut":
        head = one.content.head
        lines = [
            ReturnLineOut(
                gnum=int(line.get("gnum") or 0),
                hs_code=line.get("gcode") or "",
                name=line.get("gname") or "",
                quantity=line.get("qty") or "",
                unit=line.get("unit") or "",
                legal_quantity_1=line.get("qty1") or "",
                legal_unit_1=line.get("unit1") or "",
                legal_quantity_2=line.get("qty2"),
                legal_unit_2=line.get("unit2"),
            )
            for line in one.content.lines
        ]
        relief = None
        if one.exported_at is not None:
            clock = return_clock(one.export_mode, one.exported_at, tables)
            relief = ReliefOut.of(clock, today, [line.hs_code for line in lines], locale)
        tally = one.tally
        return cls(
            id=one.id,
            declaration_id=one.declaration_id,
            order_id=one.order_id,
            merchant_id=one.merchant_id,
            status=one.status,
            status_at=one.status_at,
            said=one.said or None,
            co_el_no=one.number,
            pre_no=one.pre_no,
            invt_no=head.get("invtNo") or "",
            trade_mode=head.get("tradeMode") or "",
            reason=head.get("reason") or "",
            bill_no=head.get("billNo") or "",
            house_waybill=head.get("logisticsNo") or "",
            voyage_no=head.get("voyageNo") or "",
            lines=lines,
            relief=relief,
            tally=TallyOut(number=tally.number, status=tally.status, status_at=tally.status_at)
            if tally
            else None,
            replaces=one.replaces,
            submitted_at=one.submitted_at,
            created_at=one.created_at,
        )


class ReturnableLineOut(BaseModel):
    gnum: int
    hs_code: str
    name: str
    unit: str = Field(description="Customs' code.")
    exported: str = Field(description="Quantity in the list.", examples=["6"])
    remaining: str = Field(description="What can still come back.", examples=["4"])

    @classmethod
    def of(cls, line: ReturnableLine) -> "ReturnableLineOut":
        return cls(
            gnum=line.gnum,
            hs_code=line.values.get("gcode") or "",
            name=line.values.get("gname") or "",
            unit=line.values.get("unit") or "",
            exported=number(line.whole.traded),
            remaining=number(line.remaining.traded),
        )


class ReturnableOut(BaseModel):
    """What of a declaration's goods can still come back. No lines: it has no list that is kept
    here.
    """

    declaration_id: str
    lines: list[ReturnableLineOut]
    relief: ReliefOut | None = Field(description="null: customs has not released the list.")

    @classmethod
    def of(
        cls, declaration_id: str, found: Returnable | None, today: date, locale: Locale
    ) -> "ReturnableOut":
        lines = found.lines if found else ()
        relief = None
        if found is not None and found.clock is not None:
            gcodes = [line.values.get("gcode") or "" for line in lines]
            relief = ReliefOut.of(found.clock, today, gcodes, locale)
        return cls(
            declaration_id=declaration_id,
            lines=[ReturnableLineOut.of(line) for line in lines],
            relief=relief,
        )
