"""What a declaration is made with: the enterprises that it names, the platforms where goods are
sold, customs' code tables, the tariff, the regime. Every declaration stores the version it was made
with.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from services.customs.domain.declarations.codes import CodeTables
from services.customs.domain.declarations.terms import RETAIL, Terms
from services.customs.domain.messages.parties import Parties, Party
from services.customs.domain.tariff.tariff import Tariff


@dataclass(frozen=True)
class Rulebook:
    """`platforms`: by store; goods of other stores were sold on the platform of `parties`. `terms`:
    of the regime under which the goods leave.
    """

    parties: Parties
    codes: CodeTables
    tariff: Tariff
    platforms: Mapping[str, Party] = field(default_factory=dict)
    terms: Terms = RETAIL

    @property
    def version(self) -> str:
        return f"{self.terms.version} codes/{self.codes.version} tariff/{self.tariff.version}"

    def platform_of(self, store: str | None) -> Party:
        if store is not None and (platform := self.platforms.get(store)) is not None:
            return platform
        return self.parties.platform


def parse_platforms(text: str) -> dict[str, Party]:
    """Reads the CSV `store,code,name,basis`. Raises ValueError for a duplicate or empty cell."""
    platforms: dict[str, Party] = {}
    for row in csv.DictReader(io.StringIO(text)):
        if row["store"] in platforms or not all(row.values()):
            raise ValueError(f"platforms: bad row {row}")
        platforms[row["store"]] = Party(row["code"], row["name"])
    return platforms
