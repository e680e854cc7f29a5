"""What is wrong with a shipment whose export list has to go again or is to be cancelled, and what
to do then.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.routing.domain.shipments.clearance import StoppedBy
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
_STOPPED: Final = {
    StoppedBy.BLOCKED: ShipmentFinding(
        "routing.shipment.declaration_blocked",
        Words(
            "The export list was not sent: our own check found faults. The shipment has no flight.",
            "出口清单因自查发现问题未申报，货件暂无航班。",
        ),
        Words(
            "Repair the declaration (customs: POST /v1/declarations/{id}:repair). The shipment gets"
            " a flight once the list is released and the goods are screened.",
            "请更正申报（海关服务：POST /v1/declarations/{id}:repair），"
            "清单放行且货物安检后重新订舱。",
        ),
    ),
    StoppedBy.RETURNED: ShipmentFinding(
        "routing.shipment.declaration_returned",
        Words(
            "Customs has sent the export list back: the shipment has no flight.",
            "海关已退回出口清单，货件暂无航班。",
        ),
        Words(
            "Declare it again (customs: POST /v1/declarations/{id}:clone). The shipment gets a"
            " flight once the new list is released and the goods are screened.",
            "请重新申报（海关服务：POST /v1/declarations/{id}:clone），"
            "新清单放行且货物安检后重新订舱。",
        ),
    ),
    StoppedBy.WITHDRAWN: ShipmentFinding(
        "routing.shipment.declaration_withdrawn",
        Words(
            "The declaration was withdrawn: the shipment has no flight.",
            "申报已撤回，货件暂无航班。",
        ),
        Words(
            "Cancel the order. What is to be sent all the same needs a new order.",
            "请取消订单；如仍需发货，请重新下单。",
        ),
    ),
}
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
    stopped_by: StoppedBy | None,
) -> ShipmentFinding | None:
    """None: its list stands, or another one has been released since, or the shipment itself is
    cancelled. `stopped_by`: what stopped a list after the last one was cancelled, if anything did.
    """
    if status is ShipmentStatus.CANCELLED:
        return None
    if cancel_requested_at is not None:
        return _LEFT_MEANWHILE if is_aboard(status) else _HELD
    if released_at is not None:
        return None
    if stopped_by is not None and not is_aboard(status):
        return _STOPPED[stopped_by]
    if declaration_cancelled_at is None:
        return None
    return _LEFT if is_aboard(status) else _NOT_LOADED
