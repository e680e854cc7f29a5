"""Open work as REST clients see it."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from services.customs.domain.declarations.missing import Owner
from services.customs.domain.declarations.outstanding import words_of
from services.customs.domain.declarations.repairs import BASES, RepairBasis
from services.customs.domain.declarations.stops import Stops, stopped
from services.customs.domain.declarations.work import due_at, next_move
from services.customs.domain.work import ParkItem
from services.customs.queries.declarations.files import DeclarationFile
from services.customs.queries.work.clocks import ClockView
from services.customs.queries.work.details import Suggestion
from services.customs.queries.work.items import (
    COUNTED_MAX,
    NO_DEADLINE,
    OwnerCount,
    ParkWork,
    WorkView,
)
from services.customs.schemas.work.clock import ClockOut
from services.customs.schemas.work.missing import RefusedOut, refused_out
from shared.contracts.customs.declarations import DeclarationStatus
from shared.http import Page
from shared.kernel.errors import Locale


class SuggestedRepairOut(BaseModel):
    """What `:repair` with `apply_suggested` would change, unless it is a guess: then it has to be
    given by hand.
    """

    pointer: str = Field(examples=["/order/lines/0/hs_code"])
    present: str | int | None = Field(description="What the order says there.")
    value: str | int | None = Field(description="What it would say.")
    basis: RepairBasis
    detail: str = Field(description="Where the value comes from.")

    @classmethod
    def of(cls, suggestion: Suggestion, locale: Locale) -> "SuggestedRepairOut":
        repair = suggestion.repair
        return cls(
            pointer=repair.pointer,
            present=suggestion.present,
            value=repair.value,
            basis=repair.basis,
            detail=BASES[repair.basis].render(locale, {}),
        )


class WorkItem(BaseModel):
    """A declaration that waits for somebody."""

    declaration_id: str
    merchant_id: str
    order_id: str
    order_number: str | None
    house_waybill: str | None
    status: DeclarationStatus
    status_at: datetime
    code: str = Field(examples=["receipt_120"], description="What it waits for, as in …/missing.")
    owner: Owner = Field(description="Whose move it is.")
    detail: str
    fix: str = Field(description="What to do.")
    due_at: datetime | None = Field(
        description="The cut-off of its flight or the end of its clock, whichever is first."
    )
    flight_id: str | None
    flight_number: str | None
    cut_off_at: datetime | None
    lane: int | None
    clock: ClockOut | None
    repairs: list[SuggestedRepairOut] = Field(description="That our own check suggests.")
    refused: RefusedOut | None = Field(
        description="What the port refused or customs returned, if that is why."
    )
    created_at: datetime

    @classmethod
    def of(
        cls,
        view: WorkView,
        suggestions: Sequence[Suggestion],
        file: DeclarationFile,
        stops: Stops,
        locale: Locale,
        *,
        is_park: bool,
    ) -> "WorkItem":
        """As `MissingOut` says it. If nothing has been waited for since the row was read, as it was
        then. `is_park`: others see the words of customs about their own documents only.
        """
        move = next_move(file.state, file.declaration.goods)
        words = (
            words_of(view.waits_for) if move is None else stopped(move, file.stop_of(move, stops))
        )
        by = view.due_at if move is None else due_at(move.by, view.breach_at)
        return cls.model_construct(
            **{name: getattr(view, name) for name in _AS_READ},
            declaration_id=view.id,
            code=words.code,
            owner=words.owner,
            detail=words.detail.render(locale, {}),
            fix=words.remedy.render(locale, {}),
            due_at=None if by == NO_DEADLINE else by,
            clock=_clock_out(view),
            repairs=[SuggestedRepairOut.of(one, locale) for one in suggestions],
            refused=refused_out(move.refusal if move else None, file, locale, is_park=is_park),
        )


_AS_READ = WorkItem.model_fields.keys() - {
    "declaration_id",
    "code",
    "owner",
    "detail",
    "fix",
    "due_at",
    "clock",
    "repairs",
    "refused",
}


def _clock_out(view: WorkView) -> ClockOut | None:
    if view.clock is None or view.clock_at is None:
        return None
    return ClockOut.of(
        ClockView(view.clock, view.clock_at, view.warn_at, view.breach_at, view.alarm_level)
    )


class OwnerCountOut(BaseModel):
    owner: Owner
    declarations: int = Field(description=f"Counted up to {COUNTED_MAX:,}.")


class ParkItemOut(BaseModel):
    """A key that ends or does not sign, or a parcel of which a report waits for too long."""

    code: str = Field(examples=["bill_not_accepted"])
    owner: Owner = Field(description="Whose move it is.")
    detail: str
    fix: str = Field(description="What to do.")
    reason: str | None = Field(description="What customs found fault with.")
    due_at: datetime | None = Field(
        description="The end of the certificate, at once for a key that does not sign; the cut-off"
        " of the flight, or the end of the clock of the report."
    )
    key_name: str | None
    declaration_id: str | None
    house_waybill: str | None

    @classmethod
    def of(cls, one: ParkItem, locale: Locale) -> "ParkItemOut":
        return cls(
            code=one.said.code,
            owner=one.said.owner,
            detail=one.said.detail.render(locale, {}),
            fix=one.said.remedy.render(locale, {}),
            reason=one.reason,
            due_at=one.by,
            key_name=one.key_name,
            declaration_id=one.declaration_id,
            house_waybill=one.house_waybill,
        )


class ParkWorkOut(BaseModel):
    """What belongs to no declaration; counted in the same way."""

    refused_messages: int = Field(description="GET /v1/messages: the other side will not take them")
    refused_inbound: int = Field(description="GET /v1/inbound-messages: could not all be read.")
    failed_documents: int = Field(description="Of many declarations, such as a departure.")
    items: list[ParkItemOut] = Field(
        description="Keys that end within 30 days or do not sign; parcels of which a report to"
        " customs waits for more than ten minutes, up to 100 of each way to wait."
    )


class WorkSummary(BaseModel):
    """What there is to do in all, whatever the filters are. For a merchant, the owners of its most
    urgent declarations.
    """

    owners: list[OwnerCountOut]
    park: ParkWorkOut | None = Field(description="Null for merchants.")


class WorkPage(Page[WorkItem]):
    summary: WorkSummary


def work_page(
    page: Page[WorkItem],
    owners: Sequence[OwnerCount],
    park: ParkWork | None,
    park_items: Sequence[ParkItem],
    locale: Locale,
) -> WorkPage:
    summary = WorkSummary(
        owners=[OwnerCountOut(owner=one.owner, declarations=one.declarations) for one in owners],
        park=None
        if park is None
        else ParkWorkOut(
            refused_messages=park.refused_messages,
            refused_inbound=park.refused_inbound,
            failed_documents=park.failed_documents,
            items=[ParkItemOut.of(one, locale) for one in park_items],
        ),
    )
    return WorkPage.model_construct(items=page.items, next=page.next, summary=summary)
