"""Alembic's entry; everything else is in shared.db.migrate."""

from services.routing.tables import metadata
from shared.db.migrate import run_env

run_env("routing", metadata)
