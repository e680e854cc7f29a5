"""Promises made to buyers, and how they are graded.

What was promised belongs to a merchant and carries row-level security. A grade is the park's: it
names no merchant, and what is published is counted from it.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.routing.tables.metadata import metadata
from services.routing.tables.shipments import shipments
from shared.db import INSTANT, Key

# One row for each booking of a shipment, append-only. Number 1 is the promise that counts.
promises: Final = Table(
    "promises",
    metadata,
    Column("shipment_id", Key, ForeignKey(shipments.c.id), primary_key=True),
    Column("promise_no", Integer, primary_key=True),
    Column("tenant_id", Key, nullable=False),
    Column("store", Text),
    Column("country", Text, nullable=False),
    Column("region", Text),
    # The flights as they were planned then; timetables change.
    Column("legs", JSONB, nullable=False),
    Column("ready_at", INSTANT),
    Column("cut_off_at", INSTANT, nullable=False),
    Column("gateway_at", INSTANT, nullable=False),
    Column("promised_at", INSTANT, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    # The state of the timetable that it was made from.
    Column("timetable_version", Text, nullable=False),
    Column("change_no", BigInteger, nullable=False),
    CheckConstraint("promise_no > 0", name="promise_no"),
)

promise_grades: Final = Table(
    "promise_grades",
    metadata,
    Column("id", Key, primary_key=True),
    Column("shipment_id", Key, ForeignKey(shipments.c.id), nullable=False, unique=True),
    Column("store", Text),
    Column("country", Text, nullable=False),
    Column("carriers", ARRAY(Text), nullable=False),
    Column("due_at", INSTANT, nullable=False),
    Column("grade", Text, nullable=False, server_default="open"),
    Column("late_min", Integer),
    Column("fault", Text),
    Column("fault_carrier", Text),  # null: no carrier's
    Column("flown_as_planned", Boolean),  # null: not known
    Column("graded_at", INSTANT),
    Column("is_final", Boolean, nullable=False, server_default=text("false")),
    Column("version", Integer, nullable=False, server_default="0"),
    CheckConstraint("grade IN ('open', 'kept', 'late', 'overdue', 'void')", name="grade"),
    CheckConstraint(
        "fault IN ('merchant', 'customs', 'park', 'carrier', 'last_mile', 'unknown')", name="fault"
    ),
    CheckConstraint("(fault IS NOT NULL) = (grade IN ('late', 'overdue'))", name="broken"),
    CheckConstraint("(late_min IS NOT NULL) = (grade = 'late') AND late_min > 0", name="late_min"),
    Index("promise_grades_due_at_id_ix", "due_at", "id"),
    Index("promise_grades_open_due_at_ix", "due_at", postgresql_where=text("grade = 'open'")),
    Index(
        "promise_grades_overdue_ix",
        "shipment_id",
        postgresql_where=text("grade = 'overdue' AND NOT is_final"),
    ),
)
