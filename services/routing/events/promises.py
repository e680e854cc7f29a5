"""Facts about promises as events."""

from datetime import datetime
from typing import Final, Literal

from services.routing.domain.promises.grading import Graded
from services.routing.domain.promises.promise import Fault, Grade
from shared.contracts.routing.promises import PromiseGraded

_GRADES: Final[dict[Grade, Literal["kept", "late", "overdue", "void"]]] = {
    Grade.KEPT: "kept",
    Grade.LATE: "late",
    Grade.OVERDUE: "overdue",
    Grade.VOID: "void",
}
_FAULTS: Final[
    dict[Fault, Literal["merchant", "customs", "park", "carrier", "last_mile", "unknown"]]
] = {
    Fault.MERCHANT: "merchant",
    Fault.CUSTOMS: "customs",
    Fault.PARK: "park",
    Fault.CARRIER: "carrier",
    Fault.LAST_MILE: "last_mile",
    Fault.UNKNOWN: "unknown",
}


def promise_graded(
    *,
    promise_id: str,
    shipment_id: str,
    order_id: str,
    merchant_id: str,
    store: str | None,
    country: str,
    carriers: tuple[str, ...],
    promised_at: datetime,
    delivered_at: datetime | None,
    graded: Graded,
    at: datetime,
) -> PromiseGraded:
    return PromiseGraded(
        promise_id=promise_id,
        shipment_id=shipment_id,
        order_id=order_id,
        merchant_id=merchant_id,
        store=store,
        destination_country=country,
        carriers=carriers,
        promised_at=promised_at,
        delivered_at=delivered_at,
        grade=_GRADES[graded.grade],
        late_min=graded.late_min,
        fault=None if graded.fault is None else _FAULTS[graded.fault],
        is_final=graded.is_final,
        at=at,
        fault_carrier=graded.fault_carrier,
    )
