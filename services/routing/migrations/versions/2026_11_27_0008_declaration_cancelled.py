"""Customs may cancel the export list of a shipment, also one that it has released.

The worker of the release before ignores the new columns: to it the shipment is as it was.
"""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE routing.shipments
            ADD COLUMN declaration_cancelled_at timestamptz,
            ADD COLUMN declaration_cancelled_version integer NOT NULL DEFAULT 0
    """)
    op.execute("""
        ALTER TABLE routing.early_facts
            DROP CONSTRAINT early_facts_kind_ck,
            ADD CONSTRAINT early_facts_kind_ck CHECK (
                kind IN ('cancelled', 'declaration_cancelled', 'released', 'screened'))
    """)
