"""What routes of routing need besides their path and body."""

from typing import Annotated

from fastapi import Depends, Path, Query

from shared.http import Call, call
from shared.kernel.errors import Invalid, Text
from shared.kernel.identity import Role

RoutingRead = Annotated[Call, Depends(call("routing:read"))]


class ParkOnly(Invalid):
    code = "routing.park_only"
    text = Text(
        "Flights, their statuses and what they cost belong to the park, not to one merchant.",
        "航班、航班状态及其成本属于园区，不属于单个商户。",
    )
    fix = Text("Leave out the header Airlane-Tenant.", "请去掉 Airlane-Tenant 请求头。")


# A flight carries the goods of many merchants: moving it moves them all.
ParkWrite = Annotated[
    Call, Depends(call("routing:write", roles={Role.OPERATOR}, park_only=ParkOnly))
]
# What a merchant pays is its own business.
MerchantRead = Annotated[Call, Depends(call("routing:read", roles={Role.MERCHANT, Role.OPERATOR}))]
# Merchants for themselves, operators for the merchant they name. It reads the timetable and keeps
# only the answer.
QuoteWrite = Annotated[
    Call,
    Depends(call("routing:read", roles={Role.MERCHANT, Role.OPERATOR}, park_wide=False)),
]
# What the park pays is nobody else's business.
ParkRead = Annotated[Call, Depends(call("routing:read", roles={Role.OPERATOR}, park_only=ParkOnly))]

ShipmentId = Annotated[str, Path(pattern=r"^shp_[0-9a-f]{32}$")]
FlightId = Annotated[str, Path(pattern=r"^flt_[0-9a-f]{32}$")]
Airport = Annotated[str | None, Query(pattern=r"^[A-Z]{3}$", description="IATA code.")]
Country = Annotated[str | None, Query(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")]
