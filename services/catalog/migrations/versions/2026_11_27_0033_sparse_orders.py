"""The planner is told of the policies of what lists of orders walk."""

from alembic import op

from shared.db.ddl import tell_planner_of_policy

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    for table in ("orders", "order_search", "order_skus", "back_order_lines"):
        tell_planner_of_policy(op, "catalog", table)
