"""A shipment knows its delivery region, from the postal code that its order came with.

Shipments of earlier releases go to their country's own region, the one without postal prefixes.
"""

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.execute('ALTER TABLE routing.shipments ADD COLUMN delivery_region text COLLATE "C"')
