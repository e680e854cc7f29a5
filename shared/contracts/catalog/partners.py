"""Partner platforms and their rights. Aggregate: partner (`par_…`)."""

from typing import ClassVar

from shared.contracts.envelope import EventPayload
from shared.contracts.topics import (
    CATALOG_PARTNERS,
)


class PartnerRegistered(EventPayload):
    """A partner platform and the merchants whose events it may receive; `merchants` null: all."""

    event_type: ClassVar[str] = "catalog.partner.registered"
    topic: ClassVar[str] = CATALOG_PARTNERS

    partner_id: str
    merchants: list[str] | None
