"""/v1/figures: how well declarations pass, and how busy the lanes are, over a stretch of time."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.customs.api.deps import CustomsRead
from services.customs.queries.figures import RANGE_MAX, list_figures
from services.customs.schemas.figures import FiguresOut
from shared.documents.fields import AnyInstant
from shared.http import json_reply, problems
from shared.kernel.errors import Invalid, Text

figures_api = APIRouter(tags=["figures"])
_BY_DEFAULT: Final = timedelta(days=1)


class RangeNotCounted(Invalid):
    code = "customs.figures.range"
    text = Text("That is no stretch of time of up to 31 days.", "时间范围须为正且不超过 31 天。")
    fix = Text(
        "Let occurred_to be later than occurred_from, by 31 days at most.",
        "请使 occurred_to 晚于 occurred_from，且不超过 31 天。",
    )


@figures_api.get("/v1/figures", response_model=FiguresOut, responses=problems(422))
async def read_figures(
    call: CustomsRead,
    occurred_from: Annotated[
        AnyInstant | None, Query(description="A day before `occurred_to` by default.")
    ] = None,
    occurred_to: Annotated[
        AnyInstant | None, Query(description="Before this instant; by default, until now.")
    ] = None,
) -> Response:
    """Read figures of customs over a stretch of time.

    First-pass acceptance, by the instant at which customs decided first; for the park also what the
    security lanes did, by the instant of the screening. Up to 31 days.
    """
    now = call.clock.now()
    end = occurred_to or now
    begin = occurred_from or end - _BY_DEFAULT
    if not timedelta(0) < end - begin <= RANGE_MAX:
        raise RangeNotCounted
    async with call.read() as reader:
        found = await list_figures(reader, occurred_from=begin, occurred_to=end)
    return json_reply(FiguresOut.of(found, occurred_from=begin, occurred_to=end, as_of=now))
