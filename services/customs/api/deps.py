"""What routes of customs need besides their path and body."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from fastapi import Depends, Path, Request

from services.customs.domain.registrations.resolution import Place
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from shared.http import Call, call
from shared.kernel.errors import Invalid, Text
from shared.kernel.identity import Role


class ParkOnly(Invalid):
    code = "customs.park_only"
    text = Text(
        "This is done for the whole park, not for one merchant.",
        "该操作属于园区，不能以单个商户身份执行。",
    )
    fix = Text("Leave out the header Airlane-Tenant.", "请去掉 Airlane-Tenant 请求头。")


@dataclass(frozen=True, slots=True)
class CustomsParts:
    """The parts of this service's app, made once by `create_app`."""

    lane_lease: timedelta
    door: str
    place: Place
    rulebooks: Rulebooks


async def _parts(request: Request) -> CustomsParts:
    parts: CustomsParts = request.app.state.customs
    return parts


Parts = Annotated[CustomsParts, Depends(_parts)]

CustomsRead = Annotated[Call, Depends(call("customs:read"))]
# Customs and the lanes work on everybody's parcels: one tenant would hide the others.
ParkRead = Annotated[Call, Depends(call("customs:read", roles={Role.OPERATOR}, park_only=ParkOnly))]
ParkWrite = Annotated[
    Call, Depends(call("customs:write", roles={Role.OPERATOR}, park_only=ParkOnly))
]

# Merchants for themselves; operators for the park, or for the merchant they name.
_OF_ENTERPRISES: Final = (Role.MERCHANT, Role.OPERATOR)
RegistrationsRead = Annotated[Call, Depends(call("customs:read", roles=_OF_ENTERPRISES))]
ValidationRead = Annotated[Call, Depends(call("customs:read", roles=_OF_ENTERPRISES))]
ReturnsWrite = Annotated[
    Call, Depends(call("customs:write", roles=_OF_ENTERPRISES, park_wide=True))
]
# For one merchant: operators name it.
PartiesRead = Annotated[Call, Depends(call("customs:read", roles=_OF_ENTERPRISES, park_wide=False))]
RegistrationsWrite = Annotated[
    Call, Depends(call("customs:write", roles=_OF_ENTERPRISES, park_wide=True))
]

# Merchants for their own, operators for any.
StepWrite = Annotated[Call, Depends(call("customs:write", roles=_OF_ENTERPRISES, park_wide=True))]

DeclarationId = Annotated[str, Path(pattern=r"^dec_[0-9a-f]{32}$")]
ReturnId = Annotated[str, Path(pattern=r"^doc_[0-9a-f]{32}$")]
BillId = Annotated[str, Path(pattern=r"^doc_[0-9a-f]{32}$")]
SummaryId = Annotated[str, Path(pattern=r"^doc_[0-9a-f]{32}$")]
RegistrationId = Annotated[str, Path(pattern=r"^reg_[0-9a-f]{32}$")]
LaneNumber = Annotated[int, Path(ge=1, le=32767)]
MessageGuid = Annotated[str, Path(pattern=r"^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$")]
InboundDigest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
KeyName = Annotated[str, Path(pattern=r"^[0-9a-f]{1,80}$")]
DoorName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
