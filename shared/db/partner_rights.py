"""Whose rows a partner may read. Catalog says so by event, and a service that shows rows of
merchants to partners keeps it in a table of its own schema.

Queries restrict the rows by it (`Listing`), and so does row-level security (`let_partners_read`).
Both read the table in the transaction of the request, so a change takes effect at once.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ARRAY, Column, Integer, MetaData, Table, Text

from shared.db.statement import sql
from shared.db.table_ddl import Executes, protect
from shared.db.types import INTEGER, TEXT, TEXTS, Key
from shared.db.unit_of_work import Reader, Sight, UnitOfWork

_NAME: Final = "partner_rights"


def partner_rights_table(metadata: MetaData) -> Table:
    """The table as models declare it. `merchants` NULL: every merchant. The newest version counts;
    it is that of the partner's last event.
    """
    return Table(
        _NAME,
        metadata,
        Column("tenant_id", Key, primary_key=True),  # the partner
        Column("merchants", ARRAY(Text)),
        Column("version", Integer, nullable=False),
    )


def create_partner_rights(op: Executes, schema: str) -> None:
    """For a migration of a service."""
    op.execute(f"""
        CREATE TABLE {schema}.{_NAME} (
            tenant_id text COLLATE "C" NOT NULL,
            merchants text[],
            version integer NOT NULL,
            CONSTRAINT {_NAME}_pk PRIMARY KEY (tenant_id)
        )
    """)
    protect(op, schema, _NAME)


def let_partners_read(op: Executes, schema: str, *tables: str) -> None:
    """Beside the tenant's policy of each table (`protect`): a partner reads the rows of merchants
    that it sees, and writes none. The sub-selects are evaluated once for a statement, and only for
    a row that is not the tenant's own.
    """
    rights = f"FROM {schema}.{_NAME} r WHERE r.tenant_id = current_setting('airlane.tenant', true)"
    for table in tables:
        op.execute(f"""
            CREATE POLICY {table}_partner ON {schema}.{table} FOR SELECT USING (
                (SELECT r.merchants IS NULL {rights})
                OR tenant_id = ANY (ARRAY(SELECT unnest(r.merchants) {rights})))
        """)


class PartnerRights:
    """The rights of partners in one schema."""

    def __init__(self, schema: str) -> None:
        self._get = sql(
            f"SELECT merchants FROM {schema}.{_NAME} WHERE tenant_id = :partner_id",
            _sight,
            partner_id=TEXT,
        )
        self._save = sql(
            f"""
            INSERT INTO {schema}.{_NAME} AS known (tenant_id, merchants, version)
            VALUES (:partner_id, :merchants, :version)
            ON CONFLICT (tenant_id) DO UPDATE
            SET merchants = EXCLUDED.merchants, version = EXCLUDED.version
            WHERE known.version < EXCLUDED.version
            """,
            partner_id=TEXT,
            merchants=TEXTS,
            version=INTEGER,
        )

    async def sight_of_reader(self, reader: Reader) -> Sight:
        """What the partner that reads may see; nothing while catalog has not said."""
        return await reader.fetch_first(self._get, partner_id=reader.tenant) or Sight(())

    async def save(
        self, uow: UnitOfWork, *, partner_id: str, merchants: Sequence[str] | None, version: int
    ) -> None:
        """The unit of work acts as the partner. An older version changes nothing."""
        await uow.execute(self._save, partner_id=partner_id, merchants=merchants, version=version)


def _sight(merchants: list[str] | None) -> Sight:
    return Sight(None if merchants is None else tuple(merchants))
