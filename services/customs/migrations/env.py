"""Alembic's entry; everything else is in shared.db.migrate."""

from services.customs.tables import metadata
from shared.db.migrate import run_env

run_env("customs", metadata)
