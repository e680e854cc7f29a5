"""Merchants and partners as events."""

from collections.abc import Sequence
from datetime import datetime

from services.catalog.domain.merchants import NewMerchant
from shared.contracts.catalog.merchants import MerchantRegistered
from shared.contracts.catalog.partners import PartnerRegistered


def merchant_registered(
    merchant: NewMerchant, *, merchant_id: str, now: datetime
) -> MerchantRegistered:
    return MerchantRegistered(
        merchant_id=merchant_id,
        name=merchant.name,
        belt=merchant.belt,
        has_office=merchant.desk is not None,
        synthetic=merchant.synthetic,
        registered_at=now,
    )


def partner_registered(*, partner_id: str, sees: Sequence[str] | None) -> PartnerRegistered:
    return PartnerRegistered(partner_id=partner_id, merchants=None if sees is None else list(sees))
