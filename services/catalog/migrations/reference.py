"""Loads reference data from `data/` into the reference tables, over what is there.

A new state of a file comes with a migration that calls this again; the old one stays in history.
"""

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from alembic import op
from sqlalchemy import text

_DATA: Final = Path(__file__).resolve().parents[3] / "data"


def load_belts(file: str = "belts.csv") -> None:
    def row(r: dict[str, str]) -> dict[str, Any]:
        name = {"en": r["name_en"], "zh-CN": r["name_zh"]}
        return {
            "code": r["code"],
            "name": name,
            "region": r["region"],
            "source": r["source"],
            "as_of": r["as_of"],
        }

    _replace("belts", "code text, name jsonb, region text, source text, as_of date", file, row)


def load_stores(source: str, as_of: str, file: str = "marketplaces.csv") -> None:
    def row(r: dict[str, str]) -> dict[str, Any]:
        return {
            "code": r["code"],
            "country": r["country_iso2"],
            "marketplace_id": r["marketplace_id"],
            "region": r["region"],
            "domain": r["domain"],
            "currency": r["currency"],
            "languages": r["languages"],
            "is_open_to_chinese_sellers": r["open_to_chinese_sellers_19"] == "true",
            "source": source,
            "as_of": as_of,
        }

    columns = (
        "code text, country text, marketplace_id text, region text, domain text, currency text,"
        " languages text, is_open_to_chinese_sellers boolean, source text, as_of date"
    )
    _replace("stores", columns, file, row)


def is_of_hs(code: str) -> bool:
    """The file has lines of trade statistics, too: a total, and chapter 99 for what was not
    specified, which no customs office knows.
    """
    return code.isdigit() and not code.startswith("99")


def load_hs_codes(edition: str, file: str = "hs2022.csv") -> None:
    def row(r: dict[str, str]) -> dict[str, Any] | None:
        if not is_of_hs(r["hscode"]):
            return None
        return {
            "code": r["hscode"],
            "level": len(r["hscode"]),
            "description": r["description"],
            "edition": edition,
        }

    columns = "code text, level integer, description text, edition text"
    _replace("hs_codes", columns, file, row)


def name_hs_codes(file: str = "hs2022-zh.csv") -> None:
    """Chinese names of chapters and headings."""
    op.get_bind().execute(
        text(
            "UPDATE catalog.hs_codes AS h SET name_zh = r.name_zh"
            " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(code text, name_zh text)"
            " WHERE h.code = r.code"
        ),
        {"rows": json.dumps(_rows_of(file))},
    )


def load_classification_words(
    source: str, as_of: str, file: str = "classification-words.csv"
) -> None:
    """A line of the file has several words of one meaning; the table has a row for each."""
    rows = [r | {"word": word} for r in _rows_of(file) for word in r.pop("words").split("; ")]
    columns = "kind text, language text, word text, target text, feature text"
    _reload("classification_words", columns, rows, source, as_of)


def load_classification_families(
    source: str, as_of: str, file: str = "classification-families.csv"
) -> None:
    columns = "family text, features text, code text, chance float8"
    _reload("classification_families", columns, _rows_of(file), source, as_of)


def _rows_of(file: str) -> list[dict[str, str]]:
    with (_DATA / file).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _reload(table: str, columns: str, rows: list[dict[str, str]], source: str, as_of: str) -> None:
    """The whole table anew: nothing refers to its rows."""
    columns += ", source text, as_of date"
    names = ", ".join(column.split()[0] for column in columns.split(", "))
    connection = op.get_bind()
    connection.execute(text(f"DELETE FROM catalog.{table}"))  # noqa: S608 - constants of this module
    connection.execute(
        text(
            f"INSERT INTO catalog.{table} ({names})"  # noqa: S608 - constants of this module
            f" SELECT {names} FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r({columns})"
        ),
        {"rows": json.dumps([row | {"source": source, "as_of": as_of} for row in rows])},
    )


def _replace(
    table: str, columns: str, file: str, row: Callable[[dict[str, str]], dict[str, Any] | None]
) -> None:
    with (_DATA / file).open(encoding="utf-8-sig", newline="") as lines:
        rows = [made for line in csv.DictReader(lines) if (made := row(line)) is not None]
    names = ", ".join(column.split()[0] for column in columns.split(", "))
    updates = ", ".join(f"{n} = excluded.{n}" for n in names.split(", ") if n != "code")
    connection = op.get_bind()
    # Upsert, not delete: belts are referred to. A code that vanished from the file stays, with its
    # old date.
    connection.execute(
        text(
            f"INSERT INTO catalog.{table} ({names})"  # noqa: S608 - constants of this module
            f" SELECT {names} FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r({columns})"
            f" ON CONFLICT (code) DO UPDATE SET {updates}"
        ),
        {"rows": json.dumps(rows)},
    )


def load_product_types(file: str = "product-types.json") -> None:
    """Each type as its first version, unless somebody has made one of that code. The text of a
    schema and its digest are as the service writes them.
    """
    types = json.loads((_DATA / file).read_text(encoding="utf-8"))
    for one in types:
        one["schema"] = json.dumps(one["schema"], ensure_ascii=False, separators=(",", ":"))
        one["digest"] = hashlib.sha256(one["schema"].encode()).hexdigest()
    op.get_bind().execute(
        text(
            """
            INSERT INTO catalog.product_types
                (code, version, name, schema, digest, hs_prefixes, is_current, source, as_of)
            SELECT code, 1, name, schema, digest, hs_prefixes, true, source, as_of
            FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
                code text, name jsonb, schema text, digest text, hs_prefixes text[], source text,
                as_of date
            )
            ON CONFLICT DO NOTHING
            """
        ),
        {"rows": json.dumps(types)},
    )
