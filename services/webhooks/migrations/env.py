"""Alembic's entry point; all of it is in the kit. Importing a module of tables declares them."""

from services.webhooks.tables import deliveries, endpoints, messages
from services.webhooks.tables.metadata import metadata
from shared.db.migrate import run_env

__all__ = ["deliveries", "endpoints", "messages"]

run_env("webhooks", metadata)
