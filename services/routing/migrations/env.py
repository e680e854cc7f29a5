"""Alembic's entry point; all of it is in the kit. Importing a module of tables declares them."""

from services.routing.tables import (
    acceptance,
    emissions,
    flights,
    network,
    partners,
    promises,
    rates,
    shipments,
    status_updates,
    timetable,
)
from services.routing.tables.metadata import metadata
from shared.db.migrate import run_env

__all__ = [
    "acceptance",
    "emissions",
    "flights",
    "network",
    "partners",
    "promises",
    "rates",
    "shipments",
    "status_updates",
    "timetable",
]

run_env("routing", metadata)
