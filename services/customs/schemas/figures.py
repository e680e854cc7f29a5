"""Figures as REST clients see them, in the shape of those of analytics."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, Field

from services.customs.queries.figures import Figure


class FigureOut(BaseModel):
    name: str = Field(
        examples=["first_pass_acceptance"],
        description="first_decisions: lists that customs released or returned for the first time;"
        " first_pass_acceptance: the share of them whose first list was released without a return"
        " or a refusal; lane_screenings, lane_screenings_failed: of a lane; lane_use: as a share of"
        " its capacity.",
    )
    value: int | float
    unit: str = Field(examples=["share"])
    as_of: datetime = Field(description="When it was counted, by the business clock.")
    dimensions: dict[str, str] = Field(
        description="What this figure is of. `capacity`: assumed, or measured."
    )


class FiguresOut(BaseModel):
    """A share of nothing is left out. Those of the lanes are the park's."""

    occurred_from: datetime
    occurred_to: datetime
    items: list[FigureOut]

    @classmethod
    def of(
        cls,
        figures: Iterable[Figure],
        *,
        occurred_from: datetime,
        occurred_to: datetime,
        as_of: datetime,
    ) -> "FiguresOut":
        items = [
            FigureOut(
                name=one.name,
                value=one.value,
                unit=one.unit,
                as_of=as_of,
                dimensions={**one.dimensions},
            )
            for one in figures
        ]
        return cls(occurred_from=occurred_from, occurred_to=occurred_to, items=items)
