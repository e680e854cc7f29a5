"""Registering merchants and partner platforms."""

from collections.abc import Sequence
from datetime import datetime

from stdnum.cn import uscc

from services.catalog.domain.merchants import (
    Merchant,
    NewMerchant,
    Partner,
    UsccTaken,
    merchant_problems,
    visible_merchants,
)
from services.catalog.domain.reference import Reference
from services.catalog.events import merchants as events
from services.catalog.repository import merchants as repository
from shared.contracts.catalog.merchants import MerchantRegistered
from shared.contracts.catalog.partners import PartnerRegistered
from shared.db import UnitOfWork
from shared.kernel.errors import refuse
from shared.kernel.ids import new_id


async def register_merchant(
    uow: UnitOfWork, *, new: NewMerchant, reference: Reference, now: datetime
) -> Merchant:
    """Raises Invalid (belt, USCC) or UsccTaken."""
    is_uscc_valid = uscc.is_valid(new.uscc)
    refuse(merchant_problems(new, reference.belts, is_uscc_valid=is_uscc_valid))
    merchant = Merchant.registered(new, merchant_id=new_id("mer"), now=now)
    if not await repository.insert_merchant(uow, merchant):
        existing_id = await repository.find_by_uscc(uow, uscc=merchant.uscc)
        raise UsccTaken(uscc=merchant.uscc, existing_id=existing_id)
    _announce(uow, events.merchant_registered(merchant), tenant=merchant.id, now=now)
    return merchant


async def register_partner(
    uow: UnitOfWork, *, name: str, sees: Sequence[str] | None, now: datetime
) -> Partner:
    """`sees` None means every merchant. Raises UnknownMerchants."""
    known = await repository.list_known(uow, ids=sees) if sees is not None else set()
    partner = Partner(new_id("par"), name, visible_merchants(sees, known=known), now)
    await repository.insert_partner(uow, partner)
    _announce(uow, events.partner_registered(partner), tenant=partner.id, now=now)
    return partner


def _announce(
    uow: UnitOfWork, event: MerchantRegistered | PartnerRegistered, *, tenant: str, now: datetime
) -> None:
    """The first event of a tenant belongs to the tenant itself, whoever registered it."""
    uow.outbox.add(event, subject=tenant, version=1, at=now, tenant_id=tenant)
