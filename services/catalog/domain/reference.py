"""The park's reference data as the rules need it: belts, stores, HS subheadings.

Rows live in the database with their source and date; a process reads them once when it starts.
"""

from dataclasses import dataclass
from datetime import date

# Orders of the merchant's own shop, not of a marketplace.
DIRECT_STORE = "direct"


@dataclass(frozen=True, slots=True)
class Reference:
    """`hs_subheadings`: the six-digit codes of HS 2022."""

    belts: frozenset[str]
    stores: frozenset[str]
    hs_subheadings: frozenset[str]

    def is_store(self, code: str) -> bool:
        return code == DIRECT_STORE or code in self.stores


@dataclass(frozen=True, slots=True)
class Belt:
    """An industrial belt merchants come from."""

    code: str
    name: dict[str, str]
    region: str
    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Store:
    """An overseas store an order may come from."""

    code: str
    country: str
    marketplace_id: str
    region: str
    domain: str
    currency: str
    languages: str
    is_open_to_chinese_sellers: bool
    source: str
    as_of: date
