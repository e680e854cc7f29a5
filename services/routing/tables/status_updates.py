"""What was reported, and what it meant for each shipment; both append-only."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Table,
    Text,
    UniqueConstraint,
)

from services.routing.tables.metadata import metadata
from services.routing.tables.shipments import shipments
from shared.db import INSTANT, Key

# As reported, append-only. The park's: an update of a flight concerns many merchants.
status_updates: Final = Table(
    "status_updates",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code", Key, nullable=False),
    Column("airport", Key, nullable=False),
    Column("occurred_at", INSTANT, nullable=False),
    Column("flight_id", Key),
    Column("house_waybill", Key),
    Column("master_waybill", Key),
    Column("reported_by", Text, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint(
        "code",
        "airport",
        "occurred_at",
        "flight_id",
        "house_waybill",
        "master_waybill",
        name="status_updates_fact_uq",
        postgresql_nulls_not_distinct=True,
    ),
)

# What an update meant for one shipment, append-only.
shipment_statuses: Final = Table(
    "shipment_statuses",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("shipment_id", Key, ForeignKey(shipments.c.id), nullable=False),
    Column("tenant_id", Key, nullable=False),
    Column("code", Key, nullable=False),
    Column("airport", Key, nullable=False),
    Column("flight_id", Key),
    Column("occurred_at", INSTANT, nullable=False),
    UniqueConstraint(
        "shipment_id",
        "code",
        "airport",
        "flight_id",
        "occurred_at",
        name="shipment_statuses_fact_uq",
        postgresql_nulls_not_distinct=True,
    ),
)
