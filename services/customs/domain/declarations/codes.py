"""Customs' own three-digit codes for countries and currencies. They are not ISO numerics (CNY is
142, not 156). They come as data with their source, and a missing code is a finding, never a guess.
"""

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class CodeTables:
    """ISO alpha-2 country and ISO 4217 currency → customs code; `version` names the data."""

    country: Mapping[str, str]
    currency: Mapping[str, str]
    version: str


def parse_code_tables(text: str) -> CodeTables:
    """Reads the CSV `kind,iso,code,name_zh,basis`.

    Raises ValueError for a duplicate or malformed row.
    """
    tables: dict[str, dict[str, str]] = {"country": {}, "currency": {}}
    for row in csv.DictReader(io.StringIO(text)):
        table = tables.get(row["kind"])
        if table is None or row["iso"] in table or len(row["code"]) != 3:
            raise ValueError(f"customs codes: bad row {row}")
        table[row["iso"]] = row["code"]
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return CodeTables(tables["country"], tables["currency"], digest)
