"""What an import does about parents that are not there.

Imports of earlier versions refused their variants; those that wait still have none to refuse.
"""

from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.execute("ALTER TABLE catalog.imports ADD COLUMN parents text NOT NULL DEFAULT 'create'")
