"""Lists of declarations are in the order of creation, and every filter has an index that has what
it brings in that order: so a page reads what it shows, and little more.
"""

from typing import Final

from alembic import op

revision = "0019"
down_revision = "0018"

STATEMENTS: Final = (
    # The tenant at the end: whose a row is, is seen without reading the row.
    """
    CREATE INDEX declarations_status_channel_ix
        ON customs.declarations (status, channel, created_at, id) INCLUDE (tenant_id)
    """,
    """
    CREATE INDEX declarations_tenant_status_channel_ix
        ON customs.declarations (tenant_id, status, channel, created_at, id)
    """,
    "DROP INDEX customs.declarations_status_tenant_id_id_ix",
    "DROP INDEX customs.declarations_channel_tenant_id_id_ix",
    "DROP INDEX customs.declarations_tenant_id_id_ix",
    "DROP INDEX customs.declarations_flight_id_id_ix",
    """
    CREATE INDEX declarations_flight_ix
        ON customs.declarations (flight_id, created_at, id, tenant_id) WHERE flight_id IS NOT NULL
    """,
    "DROP INDEX customs.declarations_order_number_ix",
    """
    CREATE INDEX declarations_order_number_ix
        ON customs.declarations (order_number, created_at, id, tenant_id)
        WHERE order_number IS NOT NULL
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
