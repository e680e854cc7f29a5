"""Events about partners and their rights."""

from typing import Any

from shared.contracts.catalog.partners import PartnerRegistered
from shared.kernel.ids import new_id
from tests.support.events.building import built


def a_partner_registered(**changes: Any) -> PartnerRegistered:
    """A partner that sees nobody's events unless `merchants` names some, or is None for all."""
    return built(PartnerRegistered, {"partner_id": new_id("par"), "merchants": []}, changes)
