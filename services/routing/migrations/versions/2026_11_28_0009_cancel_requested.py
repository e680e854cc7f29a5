"""Customs may be asked to cancel the export list of a shipment: it is not loaded meanwhile.

The worker of the release before ignores the new columns: to it the shipment is as it was.
"""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE routing.shipments
            ADD COLUMN cancel_requested_at timestamptz,
            ADD COLUMN cancel_requested_version integer NOT NULL DEFAULT 0
    """)
    op.execute("""
        ALTER TABLE routing.early_facts
            DROP CONSTRAINT early_facts_kind_ck,
            ADD CONSTRAINT early_facts_kind_ck CHECK (kind IN (
                'cancelled', 'cancel_requested', 'declaration_cancelled', 'released', 'screened'))
    """)
