"""Goods that nobody specified have no code: chapter 99 is one of trade statistics, not of HS 2022.
More words of the trade.
"""

from alembic import op

from services.catalog.migrations.reference import load_classification_words

revision = "0026"
down_revision = "0025"

_SOURCE = "own wording"
_AS_OF = "2026-11-27"


def upgrade() -> None:
    op.execute("DELETE FROM catalog.hs_codes WHERE code LIKE '99%'")
    load_classification_words(_SOURCE, _AS_OF)
