"""A count may find less on hand than is reserved."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    # Every row meets the wider rule: it need not be checked under the lock.
    op.execute("""
        ALTER TABLE catalog.stock
            DROP CONSTRAINT stock_counters_ck,
            ADD CONSTRAINT stock_counters_ck CHECK (reserved >= 0 AND on_hand >= 0) NOT VALID
    """)
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE catalog.stock VALIDATE CONSTRAINT stock_counters_ck")
