"""Published events are kept for the change feed."""

from alembic import op

from shared.db.ddl import keep_outbox

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    keep_outbox(op, "catalog")
