"""What goods a shipment has, so that it is booked again as what it is.

The worker of the release before leaves both null: not known.
"""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE routing.shipments
            ADD COLUMN hs_codes text[],
            ADD COLUMN dangerous_goods jsonb
    """)
