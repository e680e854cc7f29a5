"""Write-side statements of merchants and partners."""

from typing import Any, Final

from asyncpg import Record
from sqlalchemy import ARRAY, Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from services.catalog.domain.merchants import NewMerchant
from services.catalog.tables.merchants import merchants, partners
from shared.db import Statement, UnitOfWork

INSERT_MERCHANT: Final = Statement(
    insert(merchants)
    .values({c.name: bindparam(c.name, type_=c.type) for c in merchants.columns})
    .on_conflict_do_nothing(index_elements=[merchants.c.uscc])
    .returning(merchants.c.id)
)
MERCHANT_BY_USCC: Final = Statement(
    select(merchants.c.id).where(merchants.c.uscc == bindparam("uscc"))
)
KNOWN_MERCHANTS: Final = Statement(
    select(merchants.c.id).where(merchants.c.id == any_(bindparam("ids", type_=ARRAY(Text))))
)
INSERT_PARTNER: Final = Statement(
    insert(partners).values({c.name: bindparam(c.name, type_=c.type) for c in partners.columns})
)


async def insert_merchant(
    uow: UnitOfWork, *, merchant_id: str, merchant: NewMerchant, now: Any
) -> bool:
    """False if the USCC is taken."""
    row: Record | None = await uow.fetch_first(
        INSERT_MERCHANT,
        id=merchant_id,
        tenant_id=merchant_id,
        name=merchant.name,
        uscc=merchant.uscc,
        belt=merchant.belt,
        office=None if merchant.desk is None else {"desk": merchant.desk},
        synthetic=merchant.synthetic,
        registered_at=now,
    )
    return row is not None
