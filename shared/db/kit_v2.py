"""Version 2 of the kit's tables: keys sort as bytes in a database of any locale."""

from shared.db.table_ddl import Executes, sort_as_bytes


def upgrade(op: Executes, schema: str) -> None:
    sort_as_bytes(op, schema, "outbox", "aggregate_id", "tenant_id", protected=False)
    sort_as_bytes(op, schema, "inbox", "consumer")
    sort_as_bytes(op, schema, "idempotency_key", "tenant_id", "key_hash")
