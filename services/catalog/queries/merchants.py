"""Merchants and partners for reading. Lists go by id: the order of registration."""

from datetime import datetime
from typing import Final

from services.catalog.domain.merchants import (
    Merchant,
    MerchantNotFound,
    Partner,
    PartnerNotFound,
)
from shared.db import BOOLEAN, TEXT, Filters, Listing, Reader, Window, sql
from shared.kernel.identity import PARK

_MERCHANTS_SELECT: Final = """
    SELECT id, name, uscc, belt, office, synthetic, registered_at FROM catalog.merchants
"""
_PARTNERS_SELECT: Final = "SELECT id, name, sees, created_at FROM catalog.partners"
_OF_THE_TENANT: Final = f"(tenant_id = :tenant OR :tenant = '{PARK}')"


def _merchant(  # noqa: PLR0917 - columns
    id: str,  # noqa: A002 - the column
    name: dict[str, str],
    uscc: str,
    belt: str,
    office: dict[str, str] | None,
    synthetic: bool,
    registered_at: datetime,
) -> Merchant:
    desk = None if office is None else office["desk"]
    return Merchant(id, name, uscc, belt, desk, synthetic, registered_at)


def _partner(
    id: str,  # noqa: A002 - the column
    name: str,
    sees: list[str] | None,
    created_at: datetime,
) -> Partner:
    return Partner(id, name, None if sees is None else tuple(sees), created_at)


_MERCHANT: Final = sql(
    f"{_MERCHANTS_SELECT} WHERE id = :merchant_id AND {_OF_THE_TENANT}",
    _merchant,
    merchant_id=TEXT,
    tenant=TEXT,
)
_MERCHANTS: Final = Listing(
    _MERCHANTS_SELECT,
    _merchant,
    order_by="id",
    after="id > :after_id",
    tenant="tenant_id = :tenant",
    filters={"belt": "belt = :belt", "has_office": "(office IS NOT NULL) = :has_office"},
    after_id=TEXT,
    belt=TEXT,
    has_office=BOOLEAN,
)
_PARTNER: Final = sql(
    f"{_PARTNERS_SELECT} WHERE id = :partner_id AND {_OF_THE_TENANT}",
    _partner,
    partner_id=TEXT,
    tenant=TEXT,
)
_PARTNERS: Final = Listing(
    _PARTNERS_SELECT,
    _partner,
    order_by="id",
    after="id > :after_id",
    tenant="tenant_id = :tenant",
    after_id=TEXT,
)


async def get_merchant(reader: Reader, *, merchant_id: str) -> Merchant:
    """Raises MerchantNotFound."""
    found = await reader.fetch_first(_MERCHANT, tenant=reader.tenant, merchant_id=merchant_id)
    if found is None:
        raise MerchantNotFound
    return found


async def list_merchants(reader: Reader, window: Window, filters: Filters) -> list[Merchant]:
    """Filters: belt, has_office."""
    return await _MERCHANTS.page(reader, window, filters)


async def get_partner(reader: Reader, *, partner_id: str) -> Partner:
    """Raises PartnerNotFound."""
    found = await reader.fetch_first(_PARTNER, tenant=reader.tenant, partner_id=partner_id)
    if found is None:
        raise PartnerNotFound
    return found


async def list_partners(reader: Reader, window: Window) -> list[Partner]:
    return await _PARTNERS.page(reader, window)
