"""The park's reference files on disk."""

from pathlib import Path
from typing import Final

from services.routing.domain.acceptance.files import (
    DOCUMENTS_FILE,
    RULES_FILE,
    parse_documents,
    parse_rules,
)
from services.routing.domain.acceptance.rules import AcceptanceRule, DocumentRule
from services.routing.domain.emissions.factors import EmissionFactors
from services.routing.domain.emissions.files import FILE as EMISSION_FACTORS
from services.routing.domain.emissions.files import parse_emission_factors
from services.routing.domain.network.files import FILES, NetworkData, parse_network

DATA: Final = Path(__file__).resolve().parents[3] / "data"


def read_network(folder: Path = DATA) -> NetworkData:
    """Raises NetworkFileWrong, or FileNotFoundError."""
    return parse_network({name: (folder / name).read_bytes() for name in FILES})


def read_emission_factors(folder: Path = DATA) -> EmissionFactors:
    """Raises FactorsWrong, or FileNotFoundError."""
    return parse_emission_factors((folder / EMISSION_FACTORS).read_bytes())


def read_acceptance_rules(folder: Path = DATA) -> tuple[list[AcceptanceRule], list[DocumentRule]]:
    """Raises AcceptanceFileWrong, or FileNotFoundError."""
    rules = parse_rules((folder / RULES_FILE).read_bytes())
    return rules, parse_documents((folder / DOCUMENTS_FILE).read_bytes())
