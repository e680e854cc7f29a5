"""Why a shipment is unroutable is told in both languages."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE routing.shipments
            ADD COLUMN refusal_reason_zh text, ADD COLUMN refusal_remedy_zh text
    """)
