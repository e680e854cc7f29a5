"""What a declaration is made with: the enterprises that it names, customs' code tables, the regime.
Every declaration stores the version it was made with.
"""

from dataclasses import dataclass

from services.customs.domain.declarations.codes import CodeTables
from services.customs.domain.declarations.export_list import REGIME
from services.customs.domain.messages.parties import Parties


@dataclass(frozen=True)
class Rulebook:
    parties: Parties
    codes: CodeTables

    @property
    def version(self) -> str:
        return f"{REGIME} codes/{self.codes.version}"
