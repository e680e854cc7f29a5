"""A declaration that was taken back stops its shipment, too."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE routing.early_facts
            DROP CONSTRAINT early_facts_kind_ck,
            ADD CONSTRAINT early_facts_kind_ck CHECK (kind IN (
                'blocked', 'cancelled', 'cancel_requested', 'declaration_cancelled', 'released',
                'returned', 'screened', 'withdrawn'))
    """)
