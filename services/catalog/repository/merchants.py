"""Write side of merchants and partners."""

from collections.abc import Collection
from typing import Final

from services.catalog.domain.merchants import Merchant, Partner
from shared.db import BOOLEAN, INSTANT, JSON, TEXT, TEXTS, UnitOfWork, sql

_INSERT_MERCHANT: Final = sql(
    """
    INSERT INTO catalog.merchants
        (id, tenant_id, name, uscc, belt, office, synthetic, registered_at)
    VALUES (:id, :id, :name, :uscc, :belt, :office, :synthetic, :registered_at)
    ON CONFLICT (uscc) DO NOTHING
    """,
    id=TEXT,
    name=JSON,
    uscc=TEXT,
    belt=TEXT,
    office=JSON,
    synthetic=BOOLEAN,
    registered_at=INSTANT,
)
_MERCHANT_BY_USCC: Final = sql(
    "SELECT id FROM catalog.merchants WHERE uscc = :uscc", str, uscc=TEXT
)
_KNOWN_MERCHANTS: Final = sql(
    "SELECT id FROM catalog.merchants WHERE id = ANY(:ids)", str, ids=TEXTS
)
_INSERT_PARTNER: Final = sql(
    """
    INSERT INTO catalog.partners (id, tenant_id, name, sees, created_at)
    VALUES (:id, :id, :name, :sees, :created_at)
    """,
    id=TEXT,
    name=TEXT,
    sees=TEXTS,
    created_at=INSTANT,
)


async def insert_merchant(uow: UnitOfWork, merchant: Merchant) -> bool:
    """False if the USCC is taken."""
    written = await uow.execute(
        _INSERT_MERCHANT,
        id=merchant.id,
        name=merchant.name,
        uscc=merchant.uscc,
        belt=merchant.belt,
        office=None if merchant.desk is None else {"desk": merchant.desk},
        synthetic=merchant.synthetic,
        registered_at=merchant.registered_at,
    )
    return written == 1


async def find_by_uscc(uow: UnitOfWork, *, uscc: str) -> str | None:
    """The id of the merchant."""
    return await uow.fetch_value(_MERCHANT_BY_USCC, uscc=uscc)


async def list_known(uow: UnitOfWork, *, ids: Collection[str]) -> set[str]:
    """Those ids that are merchants'."""
    return set(await uow.fetch_values(_KNOWN_MERCHANTS, ids=list(ids)))


async def insert_partner(uow: UnitOfWork, partner: Partner) -> None:
    await uow.execute(
        _INSERT_PARTNER,
        id=partner.id,
        name=partner.name,
        sees=None if partner.sees is None else list(partner.sees),
        created_at=partner.registered_at,
    )
