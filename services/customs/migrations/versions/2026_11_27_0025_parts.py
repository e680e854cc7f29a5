"""A document in parts knows the phase of each, which of them go next, and whether others have taken
its place; a list knows its part of a summary.
"""

from typing import Final

from alembic import op

revision = "0025"
down_revision = "0024"

STATEMENTS: Final = (
    """
    ALTER TABLE customs.documents
        ADD COLUMN part_phases TEXT[],
        ADD COLUMN send_parts SMALLINT[],
        ADD COLUMN replaced_at timestamptz
    """,
    "ALTER TABLE customs.summary_lists ADD COLUMN part INTEGER NOT NULL DEFAULT 1",
    """
    UPDATE customs.summary_lists AS s SET part = p.number
    FROM customs.documents AS x,
         jsonb_array_elements(x.content -> 'parts') WITH ORDINALITY AS p (part, number),
         jsonb_array_elements(p.part -> 'lines') AS l
    WHERE x.id = s.summary_id AND x.parts > 1 AND l ->> 'invtNo' = s.invt_no
    """,
    """
    UPDATE customs.documents AS x SET replaced_at = y.created_at, send_at = NULL
    FROM customs.documents AS y WHERE y.kind = 'summary' AND y.replaces = x.id
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
