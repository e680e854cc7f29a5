"""What REST clients of analytics see."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.analytics.queries.kpis import Kpi


class KpiOut(BaseModel):
    name: str = Field(examples=["trade_volume"])
    value: int | float | str = Field(
        description="A number; sums of money are exact decimal text.", examples=["18250.40"]
    )
    unit: str = Field(description="A currency for money.", examples=["EUR"])
    as_of: datetime = Field(description="Events up to this business instant are counted.")
    dimensions: dict[str, str] = Field(
        description="What this figure is of: the filters and the groups that apply.",
        examples=[{"day": "2026-11-22", "market": "DE"}],
    )

    @classmethod
    def of(cls, kpi: Kpi, as_of: datetime) -> "KpiOut":
        return cls(
            name=kpi.name,
            value=kpi.value,
            unit=kpi.unit,
            as_of=as_of,
            dimensions=kpi.dimensions,
        )
