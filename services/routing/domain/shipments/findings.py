"""What is wrong with a shipment whose export list customs has cancelled, and what to do then."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.routing.domain.shipments.shipment import ShipmentStatus
from shared.kernel.words import Words

_ABOARD: Final = frozenset(
    {ShipmentStatus.DEPARTED, ShipmentStatus.ARRIVED, ShipmentStatus.DELIVERED}
)


@dataclass(frozen=True, slots=True)
class ShipmentFinding:
    code: str
    detail: Words
    fix: Words


_NOT_LOADED: Final = ShipmentFinding(
    "routing.shipment.declaration_cancelled",
    Words(
        "Customs has cancelled the export list: the shipment is not loaded.",
        "海关已撤销出口清单，货件不予装机。",
    ),
    Words(
        "Declare it again (customs: POST /v1/declarations/{id}:clone). It gets a flight once the"
        " new list is released.",
        "请重新申报（海关服务：POST /v1/declarations/{id}:clone），新清单放行后重新订舱。",
    ),
)
_LEFT: Final = ShipmentFinding(
    "routing.shipment.left_undeclared",
    Words(
        "Customs has cancelled the export list, and the shipment has already left.",
        "海关已撤销出口清单，但货件已离境。",
    ),
    Words(
        "Tell the customs office and the carrier. Declare it again, or have it brought back.",
        "请告知海关及承运人，并重新申报或安排退运。",
    ),
)


def is_aboard(status: ShipmentStatus) -> bool:
    """It has left the park's airport."""
    return status in _ABOARD


def declaration_finding(
    status: ShipmentStatus,
    *,
    released_at: datetime | None,
    declaration_cancelled_at: datetime | None,
) -> ShipmentFinding | None:
    """None: its list stands, or another one has been released since, or the shipment itself is
    cancelled.
    """
    if declaration_cancelled_at is None or released_at is not None:
        return None
    if status is ShipmentStatus.CANCELLED:
        return None
    return _LEFT if is_aboard(status) else _NOT_LOADED
