"""Rules of acceptance, as REST clients see them."""

from dataclasses import asdict
from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from services.routing.domain.acceptance.rules import AcceptanceRule, RuleVerdict

VehicleKindName = Literal["passenger", "freighter", "truck"]


class AcceptanceRuleOut(BaseModel):
    """What a carrier does with dangerous goods, or, where `un_number` is null, with goods that have
    a handling code. `withdrawn`: the regulations no longer know this section.
    """

    id: str = Field(examples=["un3480-965-ib-freighter"])
    carrier: str = Field(description="`*`: all carriers.", examples=["*"])
    vehicle_kind: Literal["*", "passenger", "freighter", "truck"]
    un_number: str | None = Field(examples=["UN3480"])
    packing_instruction: str | None = Field(description="Of the IATA DGR.", examples=["965"])
    section: str | None = Field(examples=["IB"])
    handling_code: str = Field(description="Of Cargo-IMP.", examples=["RBI"])
    verdict: RuleVerdict
    net_g_max: int | None = Field(
        description="Batteries in one package, without the equipment; null: this rule sets no"
        " limit.",
        examples=[10_000],
    )
    state_of_charge_pct_max: int | None = Field(examples=[30])
    valid_from: date | None = Field(description="First day; null: as far back as is known.")
    valid_to: date | None = Field(description="Last day; null: no end is known.")
    source: str
    as_of: date | None
    basis: Literal["reported", "synthetic"]

    @classmethod
    def of(cls, rule: AcceptanceRule) -> "AcceptanceRuleOut":
        values = asdict(rule)
        for name in ("un_number", "packing_instruction", "section"):
            values[name] = values[name] or None
        return cls.model_construct(**values)
