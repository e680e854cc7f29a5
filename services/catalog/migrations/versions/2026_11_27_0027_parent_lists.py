"""Every filter of the list of parents has an index, for a merchant and for the whole park."""

from alembic import op

from shared.db.ddl import tell_planner_of_policy

revision = "0027"
down_revision = "0026"

_INDEXES = {
    "parents_product_type_ix": "(product_type, tenant_id) WHERE deleted_at IS NULL",
    "parents_updated_ix": "(tenant_id, updated_at) WHERE deleted_at IS NULL",
    "parents_park_updated_ix": "(updated_at) WHERE deleted_at IS NULL",
}


def upgrade() -> None:
    tell_planner_of_policy(op, "catalog", "parents")
    with op.get_context().autocommit_block():
        for name, what in _INDEXES.items():
            # What an interrupted attempt left is not usable.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS catalog.{name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON catalog.parents {what}")
