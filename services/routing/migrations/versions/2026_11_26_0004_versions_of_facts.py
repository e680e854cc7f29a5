"""What a declaration said is kept with its version: older ones that come late change nothing."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE routing.shipments
            ADD COLUMN released_version integer NOT NULL DEFAULT 0,
            ADD COLUMN screened_version integer NOT NULL DEFAULT 0
    """)
    op.execute("""
        ALTER TABLE routing.early_facts
            ADD COLUMN version integer NOT NULL DEFAULT 0, ALTER COLUMN at DROP NOT NULL
    """)
