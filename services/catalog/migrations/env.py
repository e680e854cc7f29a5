"""Alembic's entry point; all of it is in the kit."""

from services.catalog.tables import metadata
from shared.db.migrate import run_env

run_env("catalog", metadata)
