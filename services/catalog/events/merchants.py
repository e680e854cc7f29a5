"""Merchants and partners as events."""

from services.catalog.domain.merchants import Merchant, Partner
from shared.contracts.catalog.merchants import MerchantRegistered
from shared.contracts.catalog.partners import PartnerRegistered


def merchant_registered(merchant: Merchant) -> MerchantRegistered:
    return MerchantRegistered(
        merchant_id=merchant.id,
        name=merchant.name,
        belt=merchant.belt,
        has_office=merchant.desk is not None,
        synthetic=merchant.synthetic,
        registered_at=merchant.registered_at,
    )


def partner_registered(partner: Partner) -> PartnerRegistered:
    sees = None if partner.sees is None else list(partner.sees)
    return PartnerRegistered(partner_id=partner.id, merchants=sees)
