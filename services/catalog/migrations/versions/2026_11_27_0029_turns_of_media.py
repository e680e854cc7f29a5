"""Checks of media are due by merchant, who take turns."""

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # What an interrupted attempt left is not usable.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS catalog.media_checks_turns_ix")
        op.execute(
            "CREATE INDEX CONCURRENTLY media_checks_turns_ix"
            " ON catalog.media_checks (tenant_id, next_at) WHERE next_at IS NOT NULL"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS catalog.media_checks_due_ix")
