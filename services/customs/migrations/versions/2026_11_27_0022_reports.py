"""Reports about goods that customs has not accepted are found without reading the others."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.execute(
        """
        CREATE INDEX documents_reports_ix ON customs.documents (created_at)
            WHERE kind IN ('arrival', 'bill', 'departure') AND phase <> 'accepted'
        """
    )
