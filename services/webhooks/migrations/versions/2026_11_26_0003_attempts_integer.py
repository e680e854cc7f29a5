"""Attempts are counted in four bytes: replays and lost leases can pass 32,767 of them.

Both tables are written anew under an exclusive lock; the sender waits meanwhile.
"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE webhooks.deliveries ALTER COLUMN attempts TYPE integer")
    op.execute("ALTER TABLE webhooks.attempts ALTER COLUMN number TYPE integer")
