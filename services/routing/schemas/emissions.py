"""Emission factors and CO2e, as REST clients see them."""

from datetime import date

from pydantic import BaseModel, Field

from services.routing.domain.emissions.co2e import Emissions, LegEmissions
from services.routing.domain.emissions.factors import Basis, DataCategory, EmissionKind
from services.routing.queries.emissions import ListedFactor
from services.routing.schemas.fields import Mode


class EmissionFactorOut(BaseModel):
    """Grams of CO2e per tonne-kilometre, tank-to-wheel and well-to-wheel, on distances over
    `over_km` and up to `up_to_km` (null: any). `synthetic`: a planning value, for the reason that
    `source` gives.
    """

    method: str = Field(examples=["ISO 14083 / GLEC Framework"])
    method_version: str
    mode: Mode
    vehicle_kind: EmissionKind
    over_km: int
    up_to_km: int | None
    ttw_g_per_tkm: float = Field(examples=[498.0])
    wtw_g_per_tkm: float
    data_category: DataCategory
    basis: Basis
    as_of: date
    source: str

    @classmethod
    def of(cls, factor: ListedFactor) -> "EmissionFactorOut":
        return cls.model_construct(
            method=factor.method,
            method_version=factor.method_version,
            mode=factor.mode,
            vehicle_kind=factor.vehicle_kind,
            over_km=factor.over_km,
            up_to_km=factor.up_to_km,
            ttw_g_per_tkm=factor.ttw_mg_per_tkm / 1_000,
            wtw_g_per_tkm=factor.wtw_mg_per_tkm / 1_000,
            data_category=factor.data_category,
            basis=factor.basis,
            as_of=factor.as_of,
            source=factor.source,
        )


class LegEmissionsOut(BaseModel):
    """`estimated`: from default factors, not measured on the carrier's vehicles."""

    ttw_g: int
    wtw_g: int
    estimated: bool

    @classmethod
    def of(cls, leg: LegEmissions) -> "LegEmissionsOut":
        return cls.model_construct(ttw_g=leg.ttw_g, wtw_g=leg.wtw_g, estimated=leg.estimated)


class EmissionsOut(BaseModel):
    """Grams of CO2e for the gross mass of the goods; the total is the sum of the legs."""

    method: str
    method_version: str
    ttw_g: int
    wtw_g: int
    estimated: bool
    legs: list[LegEmissionsOut]

    @classmethod
    def of(cls, total: Emissions) -> "EmissionsOut":
        return cls.model_construct(
            method=total.method.name,
            method_version=total.method.version,
            ttw_g=total.ttw_g,
            wtw_g=total.wtw_g,
            estimated=total.estimated,
            legs=[LegEmissionsOut.of(leg) for leg in total.legs],
        )
