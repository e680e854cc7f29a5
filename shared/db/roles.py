"""Two database roles per service: the owner migrates, the app role runs the service, and neither
sees another service's schema.

The app role owns nothing, so forced row-level security binds it, and it has no rights at all in
another service's schema. Every statement can be run again; superuser rights are needed.
"""

from shared.db.connection import SESSION_SETTINGS
from shared.kernel.roles import app_role, checked_name, owner_role

__all__ = ["app_role", "bootstrap_sql", "database_sql", "owner_role", "roles_sql", "schema_sql"]


def bootstrap_sql(
    service: str, *, owner_password: str | None = None, app_password: str | None = None
) -> list[str]:
    """Everything a service needs in the connected database, before its first migration."""
    return [
        *roles_sql(service, owner_password=owner_password, app_password=app_password),
        *schema_sql(service),
    ]


def roles_sql(
    service: str, *, owner_password: str | None = None, app_password: str | None = None
) -> list[str]:
    """The two logins. They belong to the whole server, not to one database."""
    statements = []
    for role, password in (
        (owner_role(service), owner_password),
        (app_role(service), app_password),
    ):
        statements.append(_create_role(role))
        if password is not None:
            statements.append(f"ALTER ROLE {role} PASSWORD {_literal(password)}")
    # The kit sets them on its own connections too. A pooler's connections have only these.
    app = app_role(service)
    statements += [f"ALTER ROLE {app} SET {k} = {_literal(v)}" for k, v in SESSION_SETTINGS.items()]
    return statements


def schema_sql(service: str) -> list[str]:
    """The schema, and what the app role may do with whatever the owner will create in it."""
    schema, owner, app = checked_name(service), owner_role(service), app_role(service)
    future = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner}"
    return [
        f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner}",
        f"REVOKE ALL ON SCHEMA {schema} FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA {schema} TO {app}",
        f"{future} IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        f"{future} IN SCHEMA {schema} GRANT USAGE ON SEQUENCES TO {app}",
        f"{future} IN SCHEMA {schema} GRANT EXECUTE ON FUNCTIONS TO {app}",
        # By default everybody may call every function; this default cannot be limited to a schema.
        f"{future} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    ]


def database_sql(database: str, services: tuple[str, ...]) -> list[str]:
    """Closes the connected database to everybody except the services' roles."""
    name = checked_name(database)
    roles = ", ".join(role(service) for service in services for role in (owner_role, app_role))
    return [
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {name} TO {roles}",
    ]


def _create_role(role: str) -> str:
    # PostgreSQL has no CREATE ROLE IF NOT EXISTS, and two bootstraps may run at once.
    return f"""
    DO $$ BEGIN
        CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$
    """


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
