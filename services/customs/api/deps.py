"""What routes of customs need besides their path and body."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Path, Request

from shared.http import Call, PageParams, call, page_params
from shared.kernel.errors import Invalid, Text
from shared.kernel.identity import PARK, Role


class ParkOnly(Invalid):
    code = "customs.park_only"
    text = Text(
        "This is work of the park, not of one merchant.", "该操作属于园区，不能以单个商户身份执行。"
    )
    fix = Text("Leave out the header Airlane-Tenant.", "请去掉 Airlane-Tenant 请求头。")


@dataclass(frozen=True)
class CustomsParts:
    """The parts of this service's app, made once by `create_app`."""

    lane_lease: timedelta


async def _parts(request: Request) -> CustomsParts:
    parts: CustomsParts = request.app.state.customs
    return parts


_operator_read = call("customs:read", roles={Role.OPERATOR})
_operator_write = call("customs:write", roles={Role.OPERATOR})


async def _park_read(known: Annotated[Call, Depends(_operator_read)]) -> Call:
    return _whole_park(known)


async def _park_write(known: Annotated[Call, Depends(_operator_write)]) -> Call:
    return _whole_park(known)


def _whole_park(known: Call) -> Call:
    """Customs and the lanes work on everybody's parcels: one tenant would hide the others."""
    if known.tenant != PARK:
        raise ParkOnly(pointer="/header/airlane-tenant")
    return known


Parts = Annotated[CustomsParts, Depends(_parts)]
PageOf = Annotated[PageParams, Depends(page_params)]

CustomsRead = Annotated[Call, Depends(call("customs:read"))]
ParkRead = Annotated[Call, Depends(_park_read)]
ParkWrite = Annotated[Call, Depends(_park_write)]

DeclarationPath = Annotated[str, Path(pattern=r"^dec_[0-9a-f]{32}$")]
LanePath = Annotated[int, Path(ge=1, le=32767)]
GuidPath = Annotated[str, Path(pattern=r"^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$")]
