"""The schema that the tables of analytics are in."""

from sqlalchemy import MetaData

from shared.db import NAMING

metadata = MetaData(schema="analytics", naming_convention=NAMING)
