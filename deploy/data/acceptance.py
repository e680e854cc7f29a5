"""The rules of the tables that say which goods a leg takes."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from deploy.data.csv_files import CsvRow
from deploy.data.table import Table, Tables

_KINDS: Final = {"*", "passenger", "freighter", "truck"}


def _dated(row: CsvRow) -> Iterator[str]:
    """What every rule has."""
    name, first, last = row["id"], row["valid_from"], row["valid_to"]
    if row["vehicle_kind"] not in _KINDS:
        yield f"{name}: {row['vehicle_kind']} is no kind of vehicle"
    if not row["source"]:
        yield f"{name}: nothing says where it is from"
    if first and last and date.fromisoformat(first) > date.fromisoformat(last):
        yield f"{name} ends before it begins"


def _rules(tables: Tables) -> Iterator[str]:
    carriers = tables.column("carriers", "carrier") | {"*"}
    for row in tables["acceptance-rules"]:
        yield from _dated(row)
        if row["carrier"] not in carriers:
            yield f"{row['id']}: {row['carrier']} is not in carriers.csv"
        if row["un_number"] and row["vehicle_kind"] == "truck" and row["basis"] != "synthetic":
            yield f"{row['id']}: no source says what trucks take"
        if row["verdict"] != "allowed" and (row["net_kg_max"] or row["state_of_charge_pct_max"]):
            yield f"{row['id']}: a limit of what is not taken"


def _documents(tables: Tables) -> Iterator[str]:
    known = tables.column("country-places", "country") | {"*"}
    for row in tables["acceptance-documents"]:
        yield from _dated(row)
        if unknown := {row["origin_country"], row["destination_country"]} - known:
            yield f"{row['id']}: {', '.join(sorted(unknown))} is not in country-places.csv"


_DATED: Final = ("valid_from", "valid_to", "source", "as_of", "basis")
TABLES: Final = (
    Table(
        "acceptance-rules",
        (
            *("id", "carrier", "vehicle_kind", "un_number", "packing_instruction", "section"),
            *("handling_code", "verdict", "net_kg_max", "state_of_charge_pct_max"),
            *_DATED,
        ),
        ("id",),
        71,
        _rules,
    ),
    Table(
        "acceptance-documents",
        (
            *("id", "document", "name_en", "name_zh", "vehicle_kind", "origin_country"),
            *("destination_country", *_DATED),
        ),
        ("id",),
        2,
        _documents,
    ),
)
