"""Parses `data/emission-factors.csv`. A file that does not fit is refused with its line."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from services.routing.domain.emissions.factors import (
    KINDS,
    Basis,
    DataCategory,
    EmissionFactor,
    EmissionFactors,
    EmissionKind,
    FactorsWrong,
    Method,
)
from services.routing.domain.network.records import MODES, Mode

FILE: Final = "emission-factors.csv"
_MODES: Final[Mapping[str, Mode]] = {mode: mode for mode in MODES}
_KINDS: Final[Mapping[str, EmissionKind]] = {
    kind: kind for kinds in KINDS.values() for kind in kinds
}
_CATEGORIES: Final[Mapping[str, DataCategory]] = {
    "primary": "primary",
    "default": "default",
}
_BASES: Final[Mapping[str, Basis]] = {
    "reported": "reported",
    "synthetic": "synthetic",
}


def parse_emission_factors(content: bytes) -> EmissionFactors:
    """Raises FactorsWrong."""
    rows: list[EmissionFactor] = []
    methods: set[Method] = set()
    for line, cells in enumerate(csv.DictReader(io.StringIO(content.decode(), newline="")), 2):
        try:
            methods.add(Method(cells["method"], cells["method_version"]))
            rows.append(_factor(cells))
        except (KeyError, ValueError, ArithmeticError) as error:
            raise FactorsWrong(f"{FILE}, line {line}: {error!r}") from error
    if len(methods) != 1:
        raise FactorsWrong(f"{FILE}: {len(methods)} methods; values of two are never added up")
    return EmissionFactors.of(methods.pop(), rows)


def _factor(cells: dict[str, str]) -> EmissionFactor:
    ttw, wtw = _mg(cells["ttw_g_per_tkm"]), _mg(cells["wtw_g_per_tkm"])
    if not 0 < ttw <= wtw:
        raise ValueError("well-to-wheel includes tank-to-wheel, and both are above zero")
    return EmissionFactor(
        mode=_MODES[cells["mode"]],
        vehicle_kind=_KINDS[cells["vehicle_kind"]],
        over_km=int(cells["over_km"]),
        up_to_km=int(cells["up_to_km"]) if cells["up_to_km"] else None,
        ttw_mg_per_tkm=ttw,
        wtw_mg_per_tkm=wtw,
        data_category=_CATEGORIES[cells["data_category"]],
        basis=_BASES[cells["basis"]],
        as_of=date.fromisoformat(cells["as_of"]),
        source=cells["source"],
    )


def _mg(grams: str) -> int:
    milligrams = Decimal(grams) * 1_000
    if milligrams != int(milligrams):
        raise ValueError(f"{grams} g has more than three decimals")
    return int(milligrams)
