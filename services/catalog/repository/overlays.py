"""Write side of overlays. Whoever writes one holds the lock on its product, so that neither the
product nor another overlay of that market can come or go meanwhile.
"""

from typing import Final

from services.catalog.domain.overlays.overlay import StoredOverlay
from services.catalog.domain.overlays.stored import overlay_to_json, stored_overlay
from shared.db import INSTANT, INTEGER, JSON, TEXT, UnitOfWork, sql

_OVERLAY: Final = sql(
    """
    SELECT o.id, o.tenant_id, o.product_id, p.sku, o.market, o.state, o.patch, o.version,
        o.created_at, o.updated_at
    FROM catalog.market_overlays o JOIN catalog.products p ON p.id = o.product_id
    WHERE o.tenant_id = :tenant AND o.product_id = :product_id AND o.market = :market
    FOR UPDATE OF o
    """,
    stored_overlay,
    tenant=TEXT,
    product_id=TEXT,
    market=TEXT,
)
_INSERT: Final = sql(
    """
    INSERT INTO catalog.market_overlays
        (id, tenant_id, product_id, market, state, patch, version, created_at, updated_at)
    VALUES (:id, :tenant, :product_id, :market, :state, :patch, :version, :now, :now)
    """,
    id=TEXT,
    tenant=TEXT,
    product_id=TEXT,
    market=TEXT,
    state=TEXT,
    patch=JSON,
    version=INTEGER,
    now=INSTANT,
)
_UPDATE: Final = sql(
    """
    UPDATE catalog.market_overlays
    SET state = :state, patch = :patch, version = :version, updated_at = :now
    WHERE id = :id AND tenant_id = :tenant
    """,
    id=TEXT,
    tenant=TEXT,
    state=TEXT,
    patch=JSON,
    version=INTEGER,
    now=INSTANT,
)
_DELETE: Final = sql(
    "DELETE FROM catalog.market_overlays WHERE id = :id AND tenant_id = :tenant",
    id=TEXT,
    tenant=TEXT,
)
_DELETE_OF_PRODUCT: Final = sql(
    """
    DELETE FROM catalog.market_overlays o USING catalog.products p
    WHERE o.tenant_id = :tenant AND o.product_id = :product_id AND p.id = o.product_id
    RETURNING o.id, o.tenant_id, o.product_id, p.sku, o.market, o.state, o.patch, o.version,
        o.created_at, o.updated_at
    """,
    stored_overlay,
    tenant=TEXT,
    product_id=TEXT,
)


async def lock_overlay(
    uow: UnitOfWork, *, tenant: str, product_id: str, market: str
) -> StoredOverlay | None:
    return await uow.fetch_first(_OVERLAY, tenant=tenant, product_id=product_id, market=market)


async def insert_overlay(uow: UnitOfWork, stored: StoredOverlay) -> None:
    await uow.execute(
        _INSERT,
        id=stored.id,
        tenant=stored.merchant_id,
        product_id=stored.product_id,
        market=stored.overlay.market,
        state=stored.overlay.status.value,
        patch=overlay_to_json(stored.overlay),
        version=stored.version,
        now=stored.updated_at,
    )


async def update_overlay(uow: UnitOfWork, stored: StoredOverlay) -> None:
    await uow.execute(
        _UPDATE,
        id=stored.id,
        tenant=stored.merchant_id,
        state=stored.overlay.status.value,
        patch=overlay_to_json(stored.overlay),
        version=stored.version,
        now=stored.updated_at,
    )


async def delete_overlay(uow: UnitOfWork, stored: StoredOverlay) -> None:
    await uow.execute(_DELETE, id=stored.id, tenant=stored.merchant_id)


async def delete_overlays(uow: UnitOfWork, *, tenant: str, product_id: str) -> list[StoredOverlay]:
    """Those of one product, as they were."""
    return await uow.fetch_all(_DELETE_OF_PRODUCT, tenant=tenant, product_id=product_id)
