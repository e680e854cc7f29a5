"""Arrivals and master bills, as the site and operators report and read them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.movements.arrival import Arrival
from services.customs.domain.movements.bill import BillOrder
from services.customs.queries.movements import BillView, BillWithLines
from shared.documents.fields import Body, PastInstant

HouseWaybill = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[0-9A-Za-z-]+$")]
# As customs takes it: billNo.
BillNumber = Annotated[str, Field(min_length=1, max_length=37, pattern=r"^[0-9A-Za-z-]+$")]
_WAYBILLS_MAX = 500


class ArrivalIn(Body):
    house_waybills: list[HouseWaybill] = Field(
        min_length=1, max_length=_WAYBILLS_MAX, examples=[["EHAA00000011"]]
    )
    arrived_at: PastInstant
    truck_plate: str = Field(
        min_length=1,
        max_length=100,
        pattern=r"^\S(.*\S)?$",
        examples=["鄂G12345"],
        description="Of the truck that brought them (domesticTrafNo).",
    )
    site_code: str | None = Field(
        default=None,
        max_length=10,
        pattern=r"^[0-9A-Za-z]+$",
        description="Code of the supervised site (loctNo).",
    )
    bill_number: BillNumber | None = Field(
        default=None,
        description="The master waybill, or the transport document of the truck (billNo). Without"
        " it the arrival is reported once the lists are bound to a bill.",
    )

    def to_domain(self) -> Arrival:
        return Arrival(self.arrived_at, self.truck_plate, self.site_code, self.bill_number)


class BillIn(Body):
    master_waybill: BillNumber = Field(examples=["999-12345675"])
    flight_number: str = Field(
        min_length=2, max_length=32, pattern=r"^[0-9A-Za-z-]+$", examples=["O37001"]
    )
    house_waybills: list[HouseWaybill] = Field(
        min_length=1, max_length=5_000, examples=[["EHAA00000011"]]
    )

    def to_domain(self) -> BillOrder:
        return BillOrder(self.master_waybill, self.flight_number, tuple(self.house_waybills))


class BillOut(BaseModel):
    """Lists bound to a master waybill and a flight (CEB607). `accepted`: customs has it."""

    id: str
    master_waybill: str
    flight_id: str | None
    flight_number: str
    status: DocumentPhase
    status_at: datetime
    cop_no: str
    parts: int
    lists: int = Field(description="How many it binds.")
    gross_weight_kg: Decimal = Field(description="Of all lists.", examples=["12.5"])
    submitted_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, bill: BillView) -> "BillOut":
        return cls(
            id=bill.id,
            master_waybill=bill.master_waybill,
            flight_id=bill.flight_id,
            flight_number=bill.flight_number,
            status=DocumentPhase(bill.status),
            status_at=bill.status_at,
            cop_no=bill.number,
            parts=bill.parts,
            lists=bill.lists,
            gross_weight_kg=bill.gross_weight_kg,
            submitted_at=bill.submitted_at,
            created_at=bill.created_at,
        )


class BillLineOut(BaseModel):
    house_waybill: str
    invt_no: str | None = Field(description="Customs' number of the list.")


class BillWithLinesOut(BillOut):
    lines: list[BillLineOut]

    @classmethod
    def with_lines(cls, bill: BillWithLines) -> "BillWithLinesOut":
        lines = [
            BillLineOut(house_waybill=line["logisticsNo"], invt_no=line.get("invtNo"))
            for line in bill.lines
        ]
        return cls(**BillOut.of(bill).model_dump(), lines=lines)
