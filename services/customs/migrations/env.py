"""Alembic's entry; everything else is in shared.db.migrate."""

from services.customs.tables import (  # noqa: F401 - tables register themselves in the metadata
    declarations,
    departures,
    lanes,
    messages,
    receipts,
)
from services.customs.tables.metadata import metadata
from shared.db.migrate import run_env

run_env("customs", metadata)
