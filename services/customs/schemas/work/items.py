"""Open work as REST clients see it."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from services.customs.domain.declarations.missing import Owner
from services.customs.domain.declarations.outstanding import words_of
from services.customs.queries.work.clocks import ClockView
from services.customs.queries.work.items import (
    COUNTED_MAX,
    NO_DEADLINE,
    OwnerCount,
    ParkWork,
    WorkView,
)
from services.customs.schemas.work.clock import ClockOut
from shared.contracts.customs.declarations import DeclarationStatus
from shared.http import Page
from shared.kernel.errors import Locale


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
    created_at: datetime

    @classmethod
    def of(cls, view: WorkView, locale: Locale) -> "WorkItem":
        words = words_of(view.waits_for)
        return cls.model_construct(
            **{name: getattr(view, name) for name in _AS_READ},
            declaration_id=view.id,
            code=view.waits_for,
            detail=words.detail.render(locale, {}),
            fix=words.remedy.render(locale, {}),
            due_at=None if view.due_at == NO_DEADLINE else view.due_at,
            clock=_clock_out(view),
        )


_AS_READ = WorkItem.model_fields.keys() - {
    "declaration_id",
    "code",
    "detail",
    "fix",
    "due_at",
    "clock",
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


class ParkWorkOut(BaseModel):
    """What belongs to no declaration; counted in the same way."""

    refused_messages: int = Field(description="GET /v1/messages: the other side will not take them")
    refused_inbound: int = Field(description="GET /v1/inbound-messages: could not all be read.")
    failed_documents: int = Field(description="Of many declarations, such as a departure.")


class WorkSummary(BaseModel):
    """What there is to do in all, whatever the filters are. For a merchant, the owners of its most
    urgent declarations.
    """

    owners: list[OwnerCountOut]
    park: ParkWorkOut | None = Field(description="Null for merchants.")


class WorkPage(Page[WorkItem]):
    summary: WorkSummary


def work_page(
    page: Page[WorkItem], owners: Sequence[OwnerCount], park: ParkWork | None
) -> WorkPage:
    summary = WorkSummary(
        owners=[OwnerCountOut(owner=one.owner, declarations=one.declarations) for one in owners],
        park=None
        if park is None
        else ParkWorkOut(
            refused_messages=park.refused_messages,
            refused_inbound=park.refused_inbound,
            failed_documents=park.failed_documents,
        ),
    )
    return WorkPage.model_construct(items=page.items, next=page.next, summary=summary)
