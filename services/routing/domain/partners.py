"""Whose shipments a partner may read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRights:
    """What catalog says a partner sees: the shipments of `merchants`; None: of every merchant. The
    newest version counts. `tenant_id` is the partner, as in the event.
    """

    tenant_id: str
    traceparent: str | None
    merchants: tuple[str, ...] | None
    version: int
