"""Facts that came before their order are forgotten once no order can follow any more.

The new column needs no rewrite: its default is one value for all rows that are there.
"""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE routing.early_facts ADD COLUMN noted_at timestamptz NOT NULL DEFAULT now()"
    )
    op.execute("CREATE INDEX early_facts_noted_at_ix ON routing.early_facts (noted_at)")
