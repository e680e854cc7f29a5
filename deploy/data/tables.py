"""The rules of the tables that were written by hand: columns, keys, counts, references."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from deploy.data import acceptance, classifications, rates
from deploy.data.network_tables import NETWORK_TABLES
from deploy.data.table import Table, Tables


def _marketplaces(tables: Tables) -> Iterator[str]:
    stores = tables["marketplaces"]
    known = tables.column("country-places", "country")
    open_ones = sum(store["open_to_chinese_sellers_19"] == "true" for store in stores)
    if open_ones != 19:
        yield f"{open_ones} stores are open to Chinese sellers instead of 19"
    for store in stores:
        if store["country_iso2"] not in known:
            yield f"{store['code']}: {store['country_iso2']} is not in country-places.csv"
        if store["region"] not in {"NA", "EU", "FE"}:
            yield f"{store['code']}: there is no region {store['region']}"


def _belts(tables: Tables) -> Iterator[str]:
    known = tables.column("hs2022", "hscode")
    for belt in tables["belts"]:
        unknown = [code for code in belt["hs_headings"].split() if code not in known]
        if unknown:
            yield f"{belt['code']}: {', '.join(unknown)} is not in hs2022.csv"


def _codes(tables: Tables) -> Iterator[str]:
    rows = tables["codes"]
    kinds = Counter(row["kind"] for row in rows)
    if kinds != {"country": 222, "currency": 18}:
        yield f"{dict(kinds)} instead of 222 countries and 18 currencies"
    known = tables.column("country-places", "country")
    listed = Counter((row["kind"], row["code"]) for row in rows if row["basis"] == "listed")
    for (kind, code), count in listed.items():
        if count > 1:
            yield f"{kind} {code} is listed {count} times"
        if not (len(code) == 3 and code.isdigit()):
            yield f"{kind} {code} is not three digits"
    for row in rows:
        if row["kind"] == "country" and row["iso"] not in known:
            yield f"{row['iso']} is not in country-places.csv"
        if row["basis"] == "remainder" and row["code"] != "399":
            yield f"{row['iso']}: {row['code']} is not the code for the rest of Europe"


TABLES: Final = (
    *NETWORK_TABLES,
    Table(
        "marketplaces",
        (
            *("code", "country_iso2", "marketplace_id", "region", "domain", "currency"),
            *("languages", "plug_types", "mains", "size_system", "open_to_chinese_sellers_19"),
        ),
        ("code",),
        23,
        _marketplaces,
    ),
    Table(
        "belts",
        ("code", "name_en", "name_zh", "hs_headings", "region", "source", "as_of"),
        ("code",),
        10,
        _belts,
    ),
    *acceptance.TABLES,
    *classifications.TABLES,
    *rates.TABLES,
    Table("codes", ("kind", "iso", "code", "name_zh", "basis"), ("kind", "iso"), 240, _codes),
)
