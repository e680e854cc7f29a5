"""Reads for screens: emission factors."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.routing.domain.emissions.factors import Basis, DataCategory, EmissionKind
from services.routing.domain.network.records import Mode
from shared.db import INTEGER, TEXT, Filters, Listing, Reader, Window


@dataclass(frozen=True, slots=True)
class ListedFactor:
    """A row as the file has it; `up_to_km` None: without end."""

    mode: Mode
    vehicle_kind: EmissionKind
    over_km: int
    up_to_km: int | None
    ttw_mg_per_tkm: int
    wtw_mg_per_tkm: int
    data_category: DataCategory
    basis: Basis
    as_of: date
    source: str
    method: str
    method_version: str


_FACTORS: Final = Listing(
    """
    SELECT mode, vehicle_kind, over_km, up_to_km, ttw_mg_per_tkm, wtw_mg_per_tkm, data_category,
        basis, as_of, source, method, method_version
    FROM routing.emission_factors
    """,
    ListedFactor,
    order_by="mode, vehicle_kind, over_km",
    after="(mode, vehicle_kind, over_km) > (:after_mode, :after_vehicle_kind, :after_over_km)",
    filters={},
    after_mode=TEXT,
    after_vehicle_kind=TEXT,
    after_over_km=INTEGER,
)


async def list_emission_factors(
    reader: Reader, window: Window, filters: Filters
) -> list[ListedFactor]:
    return await _FACTORS.page(reader, window, filters)
