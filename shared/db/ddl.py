"""What the schemas of all services have in common, for their migrations: the kit's tables and
row-level security.

Kit tables have no tenant policy: they belong to the machinery of a service, not to a merchant. Only
the feed (`shared.db.feed`) reads the outbox for a caller. `idempotency_key` does have a policy.

The kit's tables have versions. `create_kit_tables` makes version 1, which first migrations froze. A
later change is a separate step (`kit_v2`, …) that every service takes with `upgrade_kit`.
"""

from collections.abc import Callable
from typing import Final

from shared.db import kept_outbox, kit_v1, kit_v2, kit_v3
from shared.db.table_ddl import Executes, protect, sort_as_bytes, tell_planner_of_policy

__all__ = [
    "KIT_VERSION",
    "create_kit_tables",
    "keep_outbox",
    "protect",
    "sort_as_bytes",
    "tell_planner_of_policy",
    "upgrade_kit",
]

keep_outbox = kept_outbox.keep

_STEPS: Final[dict[int, Callable[[Executes, str], None]]] = {
    2: kit_v2.upgrade,
    3: kit_v3.upgrade,
}
KIT_VERSION: Final = max(_STEPS)


def create_kit_tables(op: Executes, schema: str) -> None:
    """outbox, relay_lane, inbox, idempotency_key and the rotation of partitions, in version 1.

    A new service goes on with `upgrade_kit(op, schema, from_=1, to=…)` in the same migration.
    """
    kit_v1.create(op, schema)


def upgrade_kit(op: Executes, schema: str, *, from_: int, to: int) -> None:
    """Takes the kit's tables of a schema from one version to a later one."""
    for version in range(from_ + 1, to + 1):
        _STEPS[version](op, schema)
