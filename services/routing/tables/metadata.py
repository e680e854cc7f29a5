"""The schema that the tables of every area belong to.

Network and flights belong to the park; shipments, their legs and their statuses belong to a
merchant and carry row-level security.
"""

from typing import Final

from sqlalchemy import MetaData

from shared.db import NAMING

metadata: Final = MetaData(schema="routing", naming_convention=NAMING)
