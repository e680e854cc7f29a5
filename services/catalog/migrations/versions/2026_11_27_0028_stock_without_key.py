"""Stock counters without a foreign key. The statement that writes a product writes its counters,
and no product is ever removed, so the key found nothing; it took a fifth of the time of an import.
In a session that began on an empty table it read that whole table for each new row, because
PostgreSQL keeps the plan of the check.
"""

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.execute("ALTER TABLE catalog.stock DROP CONSTRAINT stock_product_id_fk")
