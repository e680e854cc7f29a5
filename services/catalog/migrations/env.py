"""Alembic's entry point; all of it is in the kit. Importing a module of tables declares them."""

from services.catalog.tables import (
    classifications,
    credentials,
    imports,
    media,
    merchants,
    orders,
    overlays,
    parents,
    prices,
    products,
    reference,
    stock,
    types,
)
from services.catalog.tables.metadata import metadata
from shared.db.migrate import run_env

__all__ = [
    "classifications",
    "credentials",
    "imports",
    "media",
    "merchants",
    "orders",
    "overlays",
    "parents",
    "prices",
    "products",
    "reference",
    "stock",
    "types",
]

run_env("catalog", metadata)
