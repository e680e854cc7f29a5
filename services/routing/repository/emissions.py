"""The emission factors of the park: written from their file, read for a search."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Final

from services.routing.domain.emissions.factors import (
    Basis,
    DataCategory,
    EmissionFactor,
    EmissionFactors,
    EmissionKind,
    Method,
)
from services.routing.domain.network.records import Mode
from shared.db import JSON, Reader, UnitOfWork, sql
from shared.kernel.json import JsonObject

_CLEAR: Final = sql("DELETE FROM routing.emission_factors")
_ADD: Final = sql(
    """
    INSERT INTO routing.emission_factors (mode, vehicle_kind, over_km, up_to_km, ttw_mg_per_tkm,
        wtw_mg_per_tkm, data_category, basis, as_of, source, method, method_version)
    SELECT mode, vehicle_kind, over_km, up_to_km, ttw_mg_per_tkm, wtw_mg_per_tkm, data_category,
        basis, as_of, source, method, method_version
    FROM jsonb_populate_recordset(CAST(NULL AS routing.emission_factors), :rows)
    """,
    rows=JSON,
)


def _factor(  # noqa: PLR0917 - a row's columns
    mode: Mode,
    vehicle_kind: EmissionKind,
    over_km: int,
    up_to_km: int | None,
    ttw_mg_per_tkm: int,
    wtw_mg_per_tkm: int,
    data_category: DataCategory,
    basis: Basis,
    as_of: date,
    source: str,
    method: str,
    method_version: str,
) -> tuple[Method, EmissionFactor]:
    return Method(method, method_version), EmissionFactor(
        mode=mode,
        vehicle_kind=vehicle_kind,
        over_km=over_km,
        up_to_km=up_to_km,
        ttw_mg_per_tkm=ttw_mg_per_tkm,
        wtw_mg_per_tkm=wtw_mg_per_tkm,
        data_category=data_category,
        basis=basis,
        as_of=as_of,
        source=source,
    )


_FACTORS: Final = sql(
    """
    SELECT mode, vehicle_kind, over_km, up_to_km, ttw_mg_per_tkm, wtw_mg_per_tkm, data_category,
        basis, as_of, source, method, method_version
    FROM routing.emission_factors
    """,
    _factor,
)


async def set_emission_factors(uow: UnitOfWork, factors: EmissionFactors) -> None:
    """In place of all there were: an old factor beside a new one would count a leg twice."""
    await uow.execute(_CLEAR)
    await uow.execute(
        _ADD,
        rows=[_row(factors.method, factor) for rows in factors.of_kind.values() for factor in rows],
    )


def _row(method: Method, factor: EmissionFactor) -> Mapping[str, object]:
    row: JsonObject = asdict(factor)
    return row | {
        "as_of": factor.as_of.isoformat(),
        "method": method.name,
        "method_version": method.version,
    }


async def get_emission_factors(reader: Reader) -> EmissionFactors:
    """Raises FactorsWrong if nothing is loaded yet."""
    rows = await reader.fetch_all(_FACTORS)
    method = rows[0][0] if rows else Method("", "")
    return EmissionFactors.of(method, [factor for _, factor in rows])
