"""Which country a store delivers to."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.stores (
            store text COLLATE "C" NOT NULL,
            country text NOT NULL,
            is_open boolean NOT NULL,
            CONSTRAINT stores_pk PRIMARY KEY (store))
    """)
