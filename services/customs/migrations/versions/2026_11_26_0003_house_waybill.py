"""Declarations are looked up by their house waybill."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # What an interrupted attempt left is not usable.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS customs.declarations_house_waybill_ix")
        op.execute(
            "CREATE INDEX CONCURRENTLY declarations_house_waybill_ix ON customs.declarations"
            " ((waybill ->> 'house_waybill'))"
        )
