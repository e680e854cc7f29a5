"""Every tenant table of the catalog is protected."""

from typing import Any

from services.catalog.tables import (
    classifications,
    credentials,
    imports,
    merchants,
    orders,
    overlays,
    prices,
    products,
    reference,
    stock,
)

AREAS = (
    classifications,
    credentials,
    imports,
    merchants,
    orders,
    overlays,
    prices,
    products,
    reference,
    stock,
)

# Nothing is answered from them (docs/adr/0022).
OPEN = {"product_search"}
# Rows pass through it within a transaction.
STAGING = {"import_rows"}
REFERENCE = {
    "belts",
    "stores",
    "hs_codes",
    "product_types",
    "classification_words",
    "classification_families",
}


async def test_row_security_is_forced_on_every_tenant_table(db_for: Any) -> None:
    db = await db_for("catalog")
    async with db.read("*") as reader:
        rows = await reader._connection.fetch(
            "SELECT relname, relrowsecurity AND relforcerowsecurity AS forced FROM pg_class"
            " WHERE relnamespace = 'catalog'::regnamespace AND relkind = 'r'"
        )
    tables = [table for area in AREAS for table in area.metadata.sorted_tables]
    forced = {row["relname"] for row in rows if row["forced"]}
    assert forced == {t.name for t in tables} - REFERENCE - OPEN - STAGING | {"idempotency_key"}
