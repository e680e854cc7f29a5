"""What a contract asks for, as the JSON document that it is kept as."""

from datetime import date
from typing import TypedDict

from services.routing.domain.network.records import Mode
from services.routing.domain.rates.contract import (
    Basis,
    Break,
    Due,
    Pivot,
    RateContract,
    Reduction,
    Surcharge,
    SurchargeBasis,
)


class BreakDocument(TypedDict):
    from_g: int
    rate_micros_per_kg: int


class PivotDocument(TypedDict):
    weight_g: int
    charge_minor: int
    over_micros_per_kg: int


class ReductionDocument(TypedDict):
    handling_code: str
    permille: int


class SurchargeDocument(TypedDict):
    code: str
    basis: str
    value_micros: int
    min_minor: int | None
    max_minor: int | None
    due: Due
    handling_codes: list[str]


class TariffDocument(TypedDict):
    cubic_cm_per_kg: int
    rounding_g: int
    minimum_minor: int
    breaks: list[BreakDocument]
    pivot: PivotDocument | None
    reductions: list[ReductionDocument]
    surcharges: list[SurchargeDocument]


def tariff_document(contract: RateContract) -> TariffDocument:
    pivot = contract.pivot
    return {
        "cubic_cm_per_kg": contract.cubic_cm_per_kg,
        "rounding_g": contract.rounding_g,
        "minimum_minor": contract.minimum_minor,
        "breaks": [
            {"from_g": one.from_g, "rate_micros_per_kg": one.rate_micros_per_kg}
            for one in contract.breaks
        ],
        "pivot": None
        if pivot is None
        else {
            "weight_g": pivot.weight_g,
            "charge_minor": pivot.charge_minor,
            "over_micros_per_kg": pivot.over_micros_per_kg,
        },
        "reductions": [
            {"handling_code": one.handling_code, "permille": one.permille}
            for one in contract.reductions
        ],
        "surcharges": [
            {
                "code": one.code,
                "basis": one.basis.value,
                "value_micros": one.value_micros,
                "min_minor": one.min_minor,
                "max_minor": one.max_minor,
                "due": one.due,
                "handling_codes": list(one.handling_codes),
            }
            for one in contract.surcharges
        ],
    }


def stored_contract(  # noqa: PLR0917 - a row's columns
    id: str,  # noqa: A002 - the column's name
    version: int,
    reference: str,
    carrier: str,
    product: str,
    origin: str,
    destination: str,
    mode: Mode,
    vehicle: str,
    from_km: int,
    below_km: int | None,
    currency: str,
    valid_from: date,
    valid_to: date | None,
    tariff: TariffDocument,
    source: str,
    as_of: date,
    basis: Basis,
) -> RateContract:
    pivot = tariff["pivot"]
    return RateContract(
        id=id,
        version=version,
        reference=reference,
        carrier=carrier,
        product=product,
        origin=origin,
        destination=destination,
        mode=mode,
        vehicle=vehicle,
        from_km=from_km,
        below_km=below_km,
        currency=currency,
        valid_from=valid_from,
        valid_to=valid_to,
        cubic_cm_per_kg=tariff["cubic_cm_per_kg"],
        rounding_g=tariff["rounding_g"],
        minimum_minor=tariff["minimum_minor"],
        breaks=tuple(Break(**one) for one in tariff["breaks"]),
        pivot=None if pivot is None else Pivot(**pivot),
        reductions=tuple(Reduction(**one) for one in tariff["reductions"]),
        surcharges=tuple(_surcharge(one) for one in tariff["surcharges"]),
        source=source,
        as_of=as_of,
        basis=basis,
    )


def _surcharge(kept: SurchargeDocument) -> Surcharge:
    return Surcharge(
        code=kept["code"],
        basis=SurchargeBasis(kept["basis"]),
        value_micros=kept["value_micros"],
        min_minor=kept["min_minor"],
        max_minor=kept["max_minor"],
        due=kept["due"],
        handling_codes=tuple(kept["handling_codes"]),
    )
