"""Alembic's entry; everything else is in shared.db.migrate."""

# The tables of every area fill the metadata.
from services.routing.tables import flights, reference, shipments, status_updates  # noqa: F401
from services.routing.tables.metadata import metadata
from shared.db.migrate import run_env

run_env("routing", metadata)
