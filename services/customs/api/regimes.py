"""/v1/regimes: what the law asks of an export list, by supervision mode and day."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from services.customs.api.deps import CustomsRead
from services.customs.clients.reference import regime_tables
from services.customs.domain.messages.values import CHINA
from services.customs.schemas.regimes import RegimeOut, RegimesOut
from shared.documents.fields import Day
from shared.http import json_reply, problems

regimes_api = APIRouter(tags=["regimes"])

Mode = Annotated[str, Path(pattern=r"^[0-9]{4}$", examples=["9610"])]
OnDay = Annotated[Day | None, Query(description="A day in China; today if it is left out.")]


@regimes_api.get("/v1/regimes", response_model=RegimesOut, responses=problems(422))
async def list_regimes(call: CustomsRead, day: OnDay = None) -> Response:
    """List the supervision modes of a day.

    With their rules and the source of each.
    """
    found = regime_tables().regimes_on(day or _today(call.clock.now()))
    return json_reply(RegimesOut(items=[RegimeOut.of(regime) for regime in found]))


@regimes_api.get("/v1/regimes/{mode}", response_model=RegimeOut, responses=problems(422))
async def get_regime(mode: Mode, call: CustomsRead, day: OnDay = None) -> Response:
    """Read the rules of a supervision mode on a day."""
    regime = regime_tables().regime_on(mode, day or _today(call.clock.now()))
    return json_reply(RegimeOut.of(regime))


def _today(now: datetime) -> Day:
    return now.astimezone(CHINA).date()
