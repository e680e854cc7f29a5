"""Which carrier broke a promise, where it was one. Nobody is named for what was graded before."""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.execute("ALTER TABLE routing.promise_grades ADD COLUMN fault_carrier text")
