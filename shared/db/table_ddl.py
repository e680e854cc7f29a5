"""What a migration does to one table: row-level security, the sort order of its text."""

from typing import Any, Protocol


class Executes(Protocol):
    """The module `alembic.op` of a migration, or an `Operations` object."""

    def execute(self, sqltext: Any, /) -> None: ...


def protect(op: Executes, schema: str, table: str, column: str = "tenant_id") -> None:
    """Forced row-level security: a transaction sees its tenant's rows; the park ("*") sees all.

    FORCE binds the owner too. Without the setting the comparison is NULL and no row is visible.
    """
    op.execute(f"ALTER TABLE {schema}.{table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {schema}.{table} FORCE ROW LEVEL SECURITY")
    _create_policy(op, schema, table, column)


def tell_planner_of_policy(op: Executes, schema: str, table: str) -> None:
    """Writes the policy of a large table in a way that the planner expects to let half of the rows
    pass. It expects an OR of two comparisons with unknown values to let hardly any pass, and so
    sorts whole tables instead of walking an index as far as a page.
    """
    tenant = "current_setting('airlane.tenant', true)"
    rule = f"CASE WHEN {tenant} = '*' THEN true ELSE tenant_id = {tenant} END"
    op.execute(
        f"ALTER POLICY {table}_tenant ON {schema}.{table} USING ({rule}) WITH CHECK ({rule})"
    )


def sort_as_bytes(
    op: Executes, schema: str, table: str, *columns: str, protected: bool = True
) -> None:
    """Gives text columns the collation "C" (`shared.db.Key`). The table is not rewritten, but the
    indexes are rebuilt under an exclusive lock. `protected`: the table has the tenant policy.
    """
    # PostgreSQL refuses to alter a column that a policy names.
    under_policy = protected and "tenant_id" in columns
    if under_policy:
        op.execute(f"DROP POLICY {table}_tenant ON {schema}.{table}")
    changes = ", ".join(f'ALTER COLUMN {name} TYPE text COLLATE "C"' for name in columns)
    op.execute(f"ALTER TABLE {schema}.{table} {changes}")
    if under_policy:
        _create_policy(op, schema, table, "tenant_id")
    # The change of type discarded the columns' statistics.
    op.execute(f"ANALYZE {schema}.{table}")


def _create_policy(op: Executes, schema: str, table: str, column: str) -> None:
    rule = (
        f"{column} = current_setting('airlane.tenant', true)"
        " OR current_setting('airlane.tenant', true) = '*'"
    )
    op.execute(
        f"CREATE POLICY {table}_tenant ON {schema}.{table} USING ({rule}) WITH CHECK ({rule})"
    )
