"""PostgreSQL for every service: SQLAlchemy Core writes the statements, asyncpg runs them."""

from shared.db.database import Database
from shared.db.naming import NAMING
from shared.db.statement import Statement
from shared.db.types import Key
from shared.db.unit_of_work import Reader, UnitOfWork

__all__ = ["NAMING", "Database", "Key", "Reader", "Statement", "UnitOfWork"]
