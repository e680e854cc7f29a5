"""Partners read the shipments of the merchants that catalog lets them see, and nothing else."""

from alembic import op

from shared.db.partner_rights import create_partner_rights, let_partners_read

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    create_partner_rights(op, "routing")
    let_partners_read(op, "routing", "shipments", "shipment_legs", "shipment_statuses")
