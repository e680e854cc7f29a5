"""Rate contracts, as operators see them."""

from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from services.routing.domain.rates.contract import (
    AmountTooFine,
    Break,
    Pivot,
    RateContract,
    Reduction,
    Surcharge,
    SurchargeBasis,
)
from services.routing.schemas.fields import Mode
from services.routing.schemas.rates.fields import (
    Amount,
    Basis,
    Currency,
    Due,
    HandlingCode,
    Rate,
    micros,
    minor,
    rate_text,
)
from shared.documents.fields import Body, Day, WholeNumber
from shared.documents.text import Line
from shared.kernel.errors import FieldProblem, refuse
from shared.kernel.money import MINOR_DIGITS, Money

Grams = Annotated[WholeNumber, Field(ge=0, le=1_000_000_000)]
Kilometres = Annotated[WholeNumber, Field(ge=0, le=20_100)]
Place = Annotated[
    str,
    StringConstraints(pattern=r"^([A-Z]{3}|[A-Z]{2}|\*)$"),
    Field(description="An airport (IATA), a country (ISO 3166-1) or `*`.", examples=["EHU"]),
]
_EXAMPLE: Final[JsonDict] = {
    "reference": "EH general EHU-LGG",
    "carrier": "EH",
    "product": "general",
    "origin": "EHU",
    "destination": "LGG",
    "mode": "air",
    "currency": "CNY",
    "valid_from": "2026-12-01",
    "cubic_cm_per_kg": 6000,
    "rounding_g": 500,
    "minimum": "76.69",
    "breaks": [{"from_g": 0, "rate_per_kg": "32.5"}, {"from_g": 100000, "rate_per_kg": "26"}],
    "surcharges": [{"code": "MY", "basis": "per_kg_chargeable", "value": "0.9", "due": "carrier"}],
    "source": "Tariff of the carrier",
    "as_of": "2026-11-28",
    "basis": "reported",
}


class BreakIn(Body):
    from_g: Grams = Field(description="0: the normal rate (N); else a quantity rate (Q).")
    rate_per_kg: Rate


class PivotIn(Body):
    """For goods that come built up: the charge of a unit load device, and what is above."""

    weight_g: Grams
    charge: Amount
    over_rate_per_kg: Rate


class ReductionIn(Body):
    handling_code: HandlingCode
    permille: Annotated[WholeNumber, Field(ge=1, le=1000)] = Field(
        description="Thousandths of the normal rate."
    )


class SurchargeIn(Body):
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = Field(
        description="IATA other charge code.", examples=["MY"]
    )
    basis: SurchargeBasis = Field(description="What `value` is multiplied with.")
    value: Rate = Field(
        description="Per kilogram and flat in the contract's currency; of freight in percent."
    )
    minimum: Amount | None = None
    maximum: Amount | None = None
    due: Due = Field(description="Who keeps it.")
    handling_codes: list[HandlingCode] = Field(
        default=[], max_length=30, description="Only for goods with one of them; none: for all."
    )


class RateContractIn(Body):
    """Which carriages it covers, and what they cost. `*` is any."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    reference: Line = Field(examples=["EH general EHU-LGG"])
    carrier: Annotated[str, StringConstraints(pattern=r"^([A-Z0-9]{2}|\*)$")] = "*"
    product: Annotated[str, StringConstraints(pattern=r"^(general|express|\*)$")] = "*"
    origin: Place = "*"
    destination: Place = "*"
    mode: Mode
    vehicle: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9]{1,10}|\*)$")] = "*"
    from_km: Kilometres = Field(default=0, description="Great circle between the two places.")
    below_km: Kilometres | None = Field(default=None, description="null: without end.")
    currency: Currency
    valid_from: Day = Field(description="First local day of departure.")
    valid_to: Day | None = Field(default=None, description="The last one; null: without end.")
    cubic_cm_per_kg: Annotated[WholeNumber, Field(ge=1000, le=20_000)] = 6_000
    rounding_g: Annotated[WholeNumber, Field(ge=1, le=100_000)] = Field(
        default=500, description="Chargeable weight is rounded up to a multiple of it."
    )
    minimum: Amount
    breaks: list[BreakIn] = Field(min_length=1, max_length=20)
    pivot: PivotIn | None = None
    reductions: list[ReductionIn] = Field(default=[], max_length=20)
    surcharges: list[SurchargeIn] = Field(default=[], max_length=20)
    source: Line = Field(description="Who says so.", examples=["Tariff of the carrier"])
    as_of: Day
    basis: Basis

    def to_domain(self, contract_id: str) -> RateContract:
        """Raises Invalid where an amount has more decimals than the currency."""
        problems: list[FieldProblem] = []

        def amount(text: str, at: str) -> int:
            fault = AmountTooFine.at(at, currency=self.currency, digits=MINOR_DIGITS[self.currency])
            return minor(text, self.currency, lambda: problems.append(fault))

        def optional(text: str | None, at: str) -> int | None:
            return None if text is None else amount(text, at)

        pivot = self.pivot
        contract = RateContract(
            id=contract_id,
            version=1,
            reference=self.reference,
            carrier=self.carrier,
            product=self.product,
            origin=self.origin,
            destination=self.destination,
            mode=self.mode,
            vehicle=self.vehicle,
            from_km=self.from_km,
            below_km=self.below_km,
            currency=self.currency,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            cubic_cm_per_kg=self.cubic_cm_per_kg,
            rounding_g=self.rounding_g,
            minimum_minor=amount(self.minimum, "/minimum"),
            breaks=tuple(Break(one.from_g, micros(one.rate_per_kg)) for one in self.breaks),
            pivot=None
            if pivot is None
            else Pivot(
                pivot.weight_g,
                amount(pivot.charge, "/pivot/charge"),
                micros(pivot.over_rate_per_kg),
            ),
            reductions=tuple(Reduction(one.handling_code, one.permille) for one in self.reductions),
            surcharges=tuple(
                Surcharge(
                    code=one.code,
                    basis=one.basis,
                    value_micros=micros(one.value),
                    min_minor=optional(one.minimum, f"/surcharges/{n}/minimum"),
                    max_minor=optional(one.maximum, f"/surcharges/{n}/maximum"),
                    due=one.due,
                    handling_codes=tuple(one.handling_codes),
                )
                for n, one in enumerate(self.surcharges)
            ),
            source=self.source,
            as_of=self.as_of,
            basis=self.basis,
        )
        refuse(problems)
        return contract


class BreakOut(BaseModel):
    from_g: int
    rate_per_kg: str


class PivotOut(BaseModel):
    weight_g: int
    charge: str
    over_rate_per_kg: str


class ReductionOut(BaseModel):
    handling_code: str
    permille: int


class SurchargeOut(BaseModel):
    code: str
    basis: SurchargeBasis
    value: str
    minimum: str | None
    maximum: str | None
    due: Due
    handling_codes: list[str]


class RateContractOut(BaseModel):
    """Amounts are in `currency`."""

    id: str = Field(examples=["rct_84f764d25d19e967a82d14c3b6c12632"])
    version: int = Field(description="Counts from 1; a version never changes.")
    reference: str
    carrier: str
    product: str
    origin: str
    destination: str
    mode: Mode
    vehicle: str
    from_km: int
    below_km: int | None
    currency: str
    valid_from: date
    valid_to: date | None
    cubic_cm_per_kg: int
    rounding_g: int
    minimum: str
    breaks: list[BreakOut]
    pivot: PivotOut | None
    reductions: list[ReductionOut]
    surcharges: list[SurchargeOut]
    source: str
    as_of: date
    basis: Basis


def contract_out(contract: RateContract) -> dict[str, object]:
    def amount(value_minor: int | None) -> str | None:
        return None if value_minor is None else Money(value_minor, contract.currency).amount

    pivot = contract.pivot
    plain = {name: getattr(contract, name) for name in _PLAIN}
    return plain | {
        "minimum": amount(contract.minimum_minor),
        "breaks": [
            {"from_g": one.from_g, "rate_per_kg": rate_text(one.rate_micros_per_kg)}
            for one in contract.breaks
        ],
        "pivot": None
        if pivot is None
        else {
            "weight_g": pivot.weight_g,
            "charge": amount(pivot.charge_minor),
            "over_rate_per_kg": rate_text(pivot.over_micros_per_kg),
        },
        "reductions": [
            {"handling_code": one.handling_code, "permille": one.permille}
            for one in contract.reductions
        ],
        "surcharges": [
            {
                "code": one.code,
                "basis": one.basis,
                "value": rate_text(one.value_micros),
                "minimum": amount(one.min_minor),
                "maximum": amount(one.max_minor),
                "due": one.due,
                "handling_codes": list(one.handling_codes),
            }
            for one in contract.surcharges
        ],
    }


_MADE: Final = ("minimum", "breaks", "pivot", "reductions", "surcharges")
_PLAIN: Final = tuple(name for name in RateContractOut.model_fields if name not in _MADE)
