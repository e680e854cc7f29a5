"""A list that was blocked or returned has to go again: its shipment holds no room meanwhile.

The worker of the release before ignores the new columns: to it the shipment is as it was.
"""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE routing.shipments
            ADD COLUMN stopped_at timestamptz,
            ADD COLUMN stopped_by text,
            ADD COLUMN stopped_version integer NOT NULL DEFAULT 0
    """)
    op.execute("""
        ALTER TABLE routing.early_facts
            DROP CONSTRAINT early_facts_kind_ck,
            ADD CONSTRAINT early_facts_kind_ck CHECK (kind IN (
                'blocked', 'cancelled', 'cancel_requested', 'declaration_cancelled', 'released',
                'returned', 'screened'))
    """)
