"""Which merchants' shipments each partner may read."""

from typing import Final

from services.routing.tables.metadata import metadata
from shared.db.partner_rights import partner_rights_table

partner_rights: Final = partner_rights_table(metadata)
