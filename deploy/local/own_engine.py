"""The SQL that prepares your own PostgreSQL."""

from shared.db.roles import app_role, bootstrap_sql, database_sql, owner_role
from shared.db.server import POSTGRES_NEEDED


def preparing_sql(database: str, services: tuple[str, ...]) -> str:
    """Roles, schemas and rights for psql, as a superuser in `database`; may be run again."""
    roles = ", ".join(role(service) for service in services for role in (owner_role, app_role))
    statements = [
        *(statement for service in services for statement in bootstrap_sql(service)),
        *database_sql(database, services),
    ]
    lines = [
        f"-- Airlane on a PostgreSQL of your own, {POSTGRES_NEEDED} or newer.",
        f"-- To be run as a superuser in the database {database}; may be run again.",
        "-- Afterwards give each role a password (in psql: \\password <role>). The roles:",
        f"-- {roles}.",
        "-- <SERVICE>_DATABASE_URL is for the app, <SERVICE>_OWNER_DATABASE_URL for the owner.",
        "BEGIN;",
        *(f"{statement.strip()};" for statement in statements),
        "COMMIT;",
    ]
    return "\n".join(lines)
