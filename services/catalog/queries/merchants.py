"""Merchants, partners and credentials for reading. Lists go by id: the order of registration."""

from typing import Final

from asyncpg import Record
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Table,
    Text,
    bindparam,
    literal,
    or_,
    select,
)

from services.catalog.domain.credentials import CredentialNotFound
from services.catalog.domain.merchants import MerchantNotFound, PartnerNotFound
from services.catalog.tables.credentials import credentials
from services.catalog.tables.merchants import merchants, partners
from shared.db import Reader, Statement
from shared.kernel.identity import PARK


def _mine(table: Table) -> ColumnElement[bool]:
    tenant = bindparam("tenant", type_=Text)
    return or_(table.c.tenant_id == tenant, tenant == literal(PARK))


_belt = bindparam("belt", type_=Text)
_has_office = bindparam("has_office", type_=Boolean)

MERCHANT: Final = Statement(
    select(merchants).where(merchants.c.id == bindparam("merchant_id"), _mine(merchants))
)
MERCHANTS: Final = Statement(
    select(merchants)
    .where(
        merchants.c.id > bindparam("after"),
        _mine(merchants),
        or_(_belt.is_(None), merchants.c.belt == _belt),
        or_(_has_office.is_(None), merchants.c.office.is_not(None) == _has_office),
    )
    .order_by(merchants.c.id)
    .limit(bindparam("limit", type_=Integer))
)
PARTNER: Final = Statement(
    select(partners).where(partners.c.id == bindparam("partner_id"), _mine(partners))
)
PARTNERS: Final = Statement(
    select(partners)
    .where(partners.c.id > bindparam("after"), _mine(partners))
    .order_by(partners.c.id)
    .limit(bindparam("limit", type_=Integer))
)
CREDENTIAL: Final = Statement(
    select(credentials).where(credentials.c.client_id == bindparam("client_id"), _mine(credentials))
)
CREDENTIALS: Final = Statement(
    select(credentials)
    .where(credentials.c.client_id > bindparam("after"), _mine(credentials))
    .order_by(credentials.c.client_id)
    .limit(bindparam("limit", type_=Integer))
)


async def get_merchant(reader: Reader, *, tenant: str, merchant_id: str) -> Record:
    """Raises MerchantNotFound."""
    row = await reader.fetch_first(MERCHANT, tenant=tenant, merchant_id=merchant_id)
    if row is None:
        raise MerchantNotFound
    return row


async def list_merchants(
    reader: Reader,
    *,
    tenant: str,
    belt: str | None,
    has_office: bool | None,
    after: str,
    limit: int,
) -> list[Record]:
    return await reader.fetch_all(
        MERCHANTS, tenant=tenant, belt=belt, has_office=has_office, after=after, limit=limit
    )


async def get_partner(reader: Reader, *, tenant: str, partner_id: str) -> Record:
    """Raises PartnerNotFound."""
    row = await reader.fetch_first(PARTNER, tenant=tenant, partner_id=partner_id)
    if row is None:
        raise PartnerNotFound
    return row


async def list_partners(reader: Reader, *, tenant: str, after: str, limit: int) -> list[Record]:
    return await reader.fetch_all(PARTNERS, tenant=tenant, after=after, limit=limit)


async def get_credential(reader: Reader, *, tenant: str, client_id: str) -> Record:
    """Raises CredentialNotFound."""
    row = await reader.fetch_first(CREDENTIAL, tenant=tenant, client_id=client_id)
    if row is None:
        raise CredentialNotFound
    return row


async def list_credentials(reader: Reader, *, tenant: str, after: str, limit: int) -> list[Record]:
    return await reader.fetch_all(CREDENTIALS, tenant=tenant, after=after, limit=limit)
