"""The security lanes, their parcels, and what scanners report."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from services.customs.domain.lanes.queue import LaneParcel, LaneQueue, expected_wait
from services.customs.domain.lanes.screening import Screening
from services.customs.queries.lanes import LaneView
from shared.contracts.customs.declarations import Channel
from shared.documents.fields import Body, DocumentedAs, PastInstant, TrueOrFalse, WholeNumber
from shared.kernel.json import JsonObject

DeclarationId = Annotated[str, Field(pattern=r"^dec_[0-9a-f]{32}$")]
LaneNumber = Annotated[WholeNumber, Field(ge=1, le=32767)]


class TakeIn(Body):
    limit: WholeNumber = Field(ge=1, le=200, description="How many parcels at most.")


class ParcelOut(BaseModel):
    declaration_id: str
    order_id: str
    shipment_id: str | None
    merchant_id: str
    house_waybill: str | None
    channel: Channel | None
    cut_off_at: datetime | None
    queued_at: datetime

    @classmethod
    def of(cls, parcel: LaneParcel) -> "ParcelOut":
        return cls.model_construct(**{name: getattr(parcel, name) for name in cls.model_fields})


class TakenOut(BaseModel):
    """Parcels to screen now. Not reported within the lease, they are offered again."""

    lane: int
    lease_s: float
    items: list[ParcelOut]


class ScreeningIn(Body):
    declaration_id: DeclarationId
    lane: LaneNumber
    passed: TrueOrFalse = Field(examples=[True])
    screened_at: PastInstant

    def to_domain(self) -> Screening:
        return Screening(self.declaration_id, self.lane, self.passed, self.screened_at)


class ScreeningsIn(Body):
    """Items are read one by one: a bad one does not stop the others."""

    items: list[Annotated[JsonObject, DocumentedAs(ScreeningIn)]] = Field(
        min_length=1, max_length=200
    )


class LaneOut(BaseModel):
    lane: int
    capacity_per_hour: int
    synthetic: bool = Field(description="The capacity is an assumption.")
    queue_parcels: int
    held_parcels: int
    oldest_waiting_at: datetime | None
    next_cut_off_at: datetime | None
    expected_wait_s: float = Field(description="For a parcel that joins now.")
    screened_today: int = Field(description="Today is the day in China.")
    use: float = Field(description="Screened in the last hour, as a share of the capacity.")

    @classmethod
    def of(cls, lane: LaneView) -> "LaneOut":
        capacity = lane.capacity_per_hour
        queue = LaneQueue(lane.lane, capacity, waiting=lane.queue_parcels)
        return cls(
            lane=lane.lane,
            capacity_per_hour=capacity,
            synthetic=lane.synthetic,
            queue_parcels=lane.queue_parcels,
            held_parcels=lane.held_parcels,
            oldest_waiting_at=lane.oldest_waiting_at,
            next_cut_off_at=lane.next_cut_off_at,
            expected_wait_s=round(expected_wait(queue).total_seconds(), 1),
            screened_today=lane.screened_today,
            use=round(lane.use, 4),
        )


class LanesOut(BaseModel):
    items: list[LaneOut]
