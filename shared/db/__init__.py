"""PostgreSQL for every service: statements are SQL with typed values, rows are dataclasses."""

from shared.db.database import Database
from shared.db.listing import Filters, Listing, Window
from shared.db.merged_listing import Few, MergedListing
from shared.db.naming import NAMING
from shared.db.partner_rights import PartnerRights
from shared.db.sparse_listing import Bounds, Filter, Order, SparseListing, Stretch
from shared.db.statement import Statement, sql
from shared.db.types import (
    BIGINT,
    BIGINTS,
    BOOLEAN,
    BOOLEANS,
    BYTE_STRINGS,
    BYTES,
    DAY,
    DOUBLE,
    INSTANT,
    INSTANTS,
    INTEGER,
    INTEGERS,
    JSON,
    JSONS,
    SMALLINT,
    SMALLINTS,
    TEXT,
    TEXTS,
    Key,
    SqlType,
    array_of,
)
from shared.db.unit_of_work import Reader, Sight, UnitOfWork

__all__ = [
    "BIGINT",
    "BIGINTS",
    "BOOLEAN",
    "BOOLEANS",
    "BYTES",
    "BYTE_STRINGS",
    "DAY",
    "DOUBLE",
    "INSTANT",
    "INSTANTS",
    "INTEGER",
    "INTEGERS",
    "JSON",
    "JSONS",
    "NAMING",
    "SMALLINT",
    "SMALLINTS",
    "TEXT",
    "TEXTS",
    "Bounds",
    "Database",
    "Few",
    "Filter",
    "Filters",
    "Key",
    "Listing",
    "MergedListing",
    "Order",
    "PartnerRights",
    "Reader",
    "Sight",
    "SparseListing",
    "SqlType",
    "Statement",
    "Stretch",
    "UnitOfWork",
    "Window",
    "array_of",
    "sql",
]
