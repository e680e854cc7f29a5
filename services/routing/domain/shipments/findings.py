"""What is wrong with a shipment whose export list customs has cancelled, or is asked to
cancel, and what to do then.
"""

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
_HELD: Final = ShipmentFinding(
    "routing.shipment.cancel_requested",
    Words(
        "Customs is asked to cancel the export list: the shipment is not loaded.",
        "已向海关申请撤销出口清单，货件暂不装机。",
    ),
    Words(
        "Wait for customs. If it declines, the shipment gets a flight by itself.",
        "请等待海关答复；如海关不同意撤销，将自动重新订舱。",
    ),
)
_LEFT_MEANWHILE: Final = ShipmentFinding(
    "routing.shipment.left_cancel_requested",
    Words(
        "Customs is asked to cancel the export list, and the shipment has already left.",
        "已向海关申请撤销出口清单，但货件已离境。",
    ),
    Words(
        "Tell the customs office that it has left.",
        "请告知海关货件已离境。",
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
    cancel_requested_at: datetime | None,
) -> ShipmentFinding | None:
    """None: its list stands, or another one has been released since, or the shipment itself is
    cancelled.
    """
    if status is ShipmentStatus.CANCELLED:
        return None
    if cancel_requested_at is not None:
        return _LEFT_MEANWHILE if is_aboard(status) else _HELD
    if declaration_cancelled_at is None or released_at is not None:
        return None
    return _LEFT if is_aboard(status) else _NOT_LOADED
