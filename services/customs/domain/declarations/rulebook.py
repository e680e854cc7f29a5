"""What a declaration is made with: the enterprises that it names, the platforms where goods are
sold, customs' code tables, the tariff, the regime. Every declaration stores the version it was made
with.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from services.customs.domain.declarations.codes import CodeTables
from services.customs.domain.declarations.findings import Finding
from services.customs.domain.declarations.terms import RETAIL, Terms
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.parties import Parties, Party
from services.customs.domain.messages.senders import SendingPlan
from services.customs.domain.tariff.tariff import Tariff

_ALL_BY_DECLARANT: Final = SendingPlan(frozenset(), {})


@dataclass(frozen=True)
class Rulebook:
    """`platforms`: by store; goods of other stores were sold on the platform of `parties`. `terms`:
    of the regime under which the goods leave. `plan`: who sends which message. `sends_before`: what
    we send ourselves and customs must have accepted before the list. `unnamed`: why enterprises
    cannot be named; `parties` names nobody then.
    """

    parties: Parties
    codes: CodeTables
    tariff: Tariff
    platforms: Mapping[str, Party] = field(default_factory=dict)
    terms: Terms = RETAIL
    plan: SendingPlan = _ALL_BY_DECLARANT
    sends_before: tuple[DocumentKind, ...] = ()
    unnamed: tuple[Finding, ...] = ()

    @cached_property
    def version(self) -> str:
        """Of the regime, the tables, and the registrations that are named."""
        made_with = f"codes/{self.codes.version} tariff/{self.tariff.version}"
        named = dict.fromkeys(f"{o.registration_id}/{o.version}" for o in self.parties.used)
        return " ".join((self.terms.version, made_with, *named))

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
