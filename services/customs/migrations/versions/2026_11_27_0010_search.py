"""Declarations are looked for by the number of the order and by the house waybill, as merchants do:
columns, because an index on an expression does not serve under row-level security.
"""

from typing import Final

from alembic import op

from shared.db.ddl import sort_as_bytes, tell_planner_of_policy

revision = "0010"
down_revision = "0009"

STATEMENTS: Final = (
    "DROP INDEX customs.declarations_house_waybill_ix",
    """
    ALTER TABLE customs.declarations
        ADD COLUMN order_number TEXT COLLATE "C"
            GENERATED ALWAYS AS (order_document ->> 'order_number') STORED,
        ADD COLUMN house_waybill TEXT COLLATE "C"
            GENERATED ALWAYS AS (waybill ->> 'house_waybill') STORED
    """,
    """
    CREATE INDEX declarations_order_number_ix ON customs.declarations (order_number)
        WHERE order_number IS NOT NULL
    """,
    """
    CREATE INDEX declarations_house_waybill_ix ON customs.declarations (house_waybill)
        WHERE house_waybill IS NOT NULL
    """,
    """
    CREATE INDEX declarations_channel_id_ix ON customs.declarations (channel, id)
        WHERE channel IS NOT NULL
    """,
    "CREATE INDEX declarations_created_at_id_ix ON customs.declarations (created_at, id)",
    """
    CREATE INDEX declarations_tenant_id_created_at_id_ix
        ON customs.declarations (tenant_id, created_at, id)
    """,
)


def upgrade() -> None:
    sort_as_bytes(op, "customs", "declarations", "channel")
    for statement in STATEMENTS:
        op.execute(statement)
    for table in ("declarations", "documents"):
        tell_planner_of_policy(op, "customs", table)
