"""A timeline is told in both languages, and keeps apart what customs itself said."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE catalog.order_timeline ADD COLUMN detail_zh text, ADD COLUMN original text"
    )
