"""Supervision modes, as clients read them: what the law asks, and where that is written."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.parties import PartyRole
from services.customs.domain.regimes.regime import (
    Condition,
    PartyRule,
    Regime,
    Source,
    StatisticsRule,
    Whose,
)
from shared.kernel.money import Money


class SourceOut(BaseModel):
    basis: Literal["sourced", "derived", "general"] = Field(
        description="sourced: from the named text; derived from it; or general knowledge."
    )
    detail: str

    @classmethod
    def of(cls, source: Source) -> "SourceOut":
        return cls(basis=source.basis, detail=source.text)


class ValueCapOut(BaseModel):
    amount: str = Field(examples=["5000.00"])
    currency: str = Field(examples=["CNY"])

    @classmethod
    def of(cls, value: Money) -> "ValueCapOut":
        return cls(amount=value.amount, currency=value.currency)


class StatisticsOut(BaseModel):
    flag: Literal["A", "B"] = Field(description="A: simplified; B: declared by a summary later.")
    hs_digits: int = Field(description="How many digits of the HS code count.")
    conditions: list[Condition] = Field(description="All of them, or the flag is not allowed.")
    source: SourceOut

    @classmethod
    def of(cls, rule: StatisticsRule) -> "StatisticsOut":
        return cls(
            flag=rule.flag,
            hs_digits=rule.hs_digits,
            conditions=sorted(rule.conditions),
            source=SourceOut.of(rule.source),
        )


class PartyRuleOut(BaseModel):
    role: PartyRole
    whose: Whose = Field(description="Whose registration fills the role.")
    stands_in: PartyRole | None = Field(description="The role that serves where nobody has this.")
    required: bool
    source: SourceOut

    @classmethod
    def of(cls, rule: PartyRule) -> "PartyRuleOut":
        return cls(
            role=rule.role,
            whose=rule.whose,
            stands_in=rule.stands_in,
            required=rule.is_required,
            source=SourceOut.of(rule.source),
        )


class RegimeOut(BaseModel):
    mode: str = Field(description="tradeMode of the export list.", examples=["9610"])
    valid_from: date
    valid_to: date | None = Field(description="The first day on which it no longer holds.")
    order_type: Literal["E", "B", "W"] = Field(
        description="E: consumers; B: businesses; W: overseas warehouse."
    )
    value_cap: ValueCapOut | None = Field(
        description="The highest value of one list; null: no cap is known."
    )
    predecessors: list[DocumentKind] = Field(description="With customs before the list.")
    return_mode: str = Field(examples=["9661"])
    statistics: list[StatisticsOut]
    parties: list[PartyRuleOut]
    source: SourceOut
    version: str = Field(description="Changes with the content. Declarations store it.")

    @classmethod
    def of(cls, regime: Regime) -> "RegimeOut":
        cap = regime.value_cap
        return cls(
            mode=regime.mode,
            valid_from=regime.period.valid_from,
            valid_to=regime.period.valid_to,
            order_type=regime.order_type,
            value_cap=None if cap is None else ValueCapOut.of(cap),
            predecessors=list(regime.predecessors),
            return_mode=regime.return_mode,
            statistics=[StatisticsOut.of(one) for one in regime.statistics],
            parties=[PartyRuleOut.of(one) for one in regime.parties],
            source=SourceOut.of(regime.source),
            version=regime.version,
        )


class RegimesOut(BaseModel):
    items: list[RegimeOut]
