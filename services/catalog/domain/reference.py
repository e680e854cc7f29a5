"""The park's reference data as the rules need it: belts, stores, HS subheadings.

Rows live in the database with their source and date; a process reads them once when it starts.
"""

from dataclasses import dataclass

# Orders of the merchant's own shop, not of a marketplace.
DIRECT_STORE = "direct"


@dataclass(frozen=True)
class Reference:
    """`hs_subheadings`: the six-digit codes of HS 2022."""

    belts: frozenset[str]
    stores: frozenset[str]
    hs_subheadings: frozenset[str]

    def is_store(self, code: str) -> bool:
        return code == DIRECT_STORE or code in self.stores
