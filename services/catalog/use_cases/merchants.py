"""Operators register merchants and partner platforms."""

from collections.abc import Sequence
from datetime import datetime

from stdnum.cn import uscc

from services.catalog.domain.merchants import (
    NewMerchant,
    UnknownBelt,
    UnknownMerchants,
    UsccInvalid,
    UsccTaken,
)
from services.catalog.domain.problems import problem, refuse
from services.catalog.domain.reference import Reference
from services.catalog.events import merchants as events
from services.catalog.repository import merchants as repository
from shared.db import UnitOfWork
from shared.kernel.ids import new_id


async def register_merchant(
    uow: UnitOfWork, *, merchant: NewMerchant, reference: Reference, now: datetime
) -> str:
    """The new merchant's id. Raises Invalid (belt, USCC) or UsccTaken."""
    problems = []
    if merchant.belt not in reference.belts:
        problems.append(problem(UnknownBelt, "/belt", belt=merchant.belt))
    if not uscc.is_valid(merchant.uscc):
        problems.append(problem(UsccInvalid, "/uscc", uscc=merchant.uscc))
    refuse(problems)
    merchant_id = new_id("mer")
    if not await repository.insert_merchant(
        uow, merchant_id=merchant_id, merchant=merchant, now=now
    ):
        existing_id = await uow.fetch_value(repository.MERCHANT_BY_USCC, uscc=merchant.uscc)
        raise UsccTaken(uscc=merchant.uscc, existing_id=existing_id)
    uow.outbox.add(
        events.merchant_registered(merchant, merchant_id=merchant_id, now=now),
        subject=merchant_id,
        version=1,
        at=now,
        tenant_id=merchant_id,
    )
    return merchant_id


async def register_partner(
    uow: UnitOfWork, *, name: str, sees: Sequence[str] | None, now: datetime
) -> str:
    """The new partner's id; `sees` None means every merchant. Raises UnknownMerchants."""
    if sees is not None:
        rows = await uow.fetch_all(repository.KNOWN_MERCHANTS, ids=list(sees))
        unknown = sorted(set(sees) - {row["id"] for row in rows})
        if unknown:
            raise UnknownMerchants(pointer="/sees", merchants=", ".join(unknown))
        sees = sorted(set(sees))
    partner_id = new_id("par")
    await uow.execute(
        repository.INSERT_PARTNER,
        id=partner_id,
        tenant_id=partner_id,
        name=name,
        sees=sees,
        created_at=now,
    )
    uow.outbox.add(
        events.partner_registered(partner_id=partner_id, sees=sees),
        subject=partner_id,
        version=1,
        at=now,
        tenant_id=partner_id,
    )
    return partner_id
