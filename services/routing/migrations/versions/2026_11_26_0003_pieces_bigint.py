"""Pieces in eight bytes, like the weight they follow from: a shipment of any weight can be refused.

The table is written anew under an exclusive lock; bookings wait meanwhile.
"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE routing.shipments ALTER COLUMN pieces TYPE bigint")
