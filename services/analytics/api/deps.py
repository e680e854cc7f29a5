"""What the routes of analytics need besides their query."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from shared.http import Call, call


@dataclass(frozen=True, slots=True)
class AnalyticsParts:
    """The parts of this service's app, made once by `create_app`."""

    park_airport: str


async def _parts(request: Request) -> AnalyticsParts:
    parts: AnalyticsParts = request.app.state.analytics
    return parts


Parts = Annotated[AnalyticsParts, Depends(_parts)]

AnalyticsRead = Annotated[Call, Depends(call("analytics:read"))]
