"""A parcel knows all reports that ever named it: what customs did not take is evidence, too. Those
that were replaced before are not known.
"""

from typing import Final

from alembic import op

revision = "0024"
down_revision = "0023"

STATEMENTS: Final = (
    "ALTER TABLE customs.parcels ADD COLUMN report_ids TEXT[] NOT NULL DEFAULT '{}'",
    """
    UPDATE customs.parcels
    SET report_ids = array_remove(ARRAY[arrival_id, bill_id, departure_id], NULL)
    WHERE coalesce(arrival_id, bill_id, departure_id) IS NOT NULL
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
