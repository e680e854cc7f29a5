"""Alembic's entry point; all of it is in the kit. Importing a module of tables declares them."""

from services.analytics.tables import facts
from services.analytics.tables.metadata import metadata
from shared.db.migrate import run_env

__all__ = ["facts"]

run_env("analytics", metadata)
