"""Alembic's entry point; all of it is in the kit. Importing a module of tables declares them."""

from services.customs.tables import (
    declarations,
    documents,
    doors,
    evidence,
    inbound,
    lanes,
    messages,
    movements,
    receipts,
    registrations,
    signing,
    summaries,
)
from services.customs.tables.metadata import metadata
from shared.db.migrate import run_env

__all__ = [
    "declarations",
    "documents",
    "doors",
    "evidence",
    "inbound",
    "lanes",
    "messages",
    "movements",
    "receipts",
    "registrations",
    "signing",
    "summaries",
]

run_env("customs", metadata)
