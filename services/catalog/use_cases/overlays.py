"""Overlays: put, patch, delete. One change, one version, one event."""

from collections.abc import Callable
from datetime import datetime

from services.catalog.domain.overlays.overlay import (
    Overlay,
    OverlayNotFound,
    StoredOverlay,
    is_same,
    overlay_attribute_problems,
    overlay_problems,
)
from services.catalog.domain.products.product import ProductNotFound, StoredProduct
from services.catalog.events import overlays as events
from services.catalog.repository import overlays as repository
from services.catalog.repository import parents, products
from services.catalog.use_cases.media import note_media
from services.catalog.use_cases.types import known_types
from shared.db import UnitOfWork
from shared.kernel.clock import Now
from shared.kernel.errors import refuse
from shared.kernel.ids import new_id
from shared.kernel.json import same
from shared.kernel.preconditions import Precondition


async def put_overlay(
    uow: UnitOfWork,
    *,
    tenant: str,
    sku: str,
    overlay: Overlay,
    check: Precondition[StoredOverlay],
    now: Now,
) -> tuple[StoredOverlay, bool]:
    """Creates or replaces; the second says that it is new. An equal overlay changes nothing.

    Raises ProductNotFound, Invalid, PreconditionRequired or PreconditionFailed.
    """
    product, stored = await _lock(uow, tenant=tenant, sku=sku, market=overlay.market)
    await _refuse(uow, overlay, product, stored)
    if stored is None:
        check(None)
        at = now()
        created = StoredOverlay(new_id("ovl"), tenant, product.id, sku, overlay, 1, at, at)
        await repository.insert_overlay(uow, created)
        await note_media(uow, tenant=tenant, media=overlay.media or (), now=at)
        _announce(uow, created, now=at)
        return created, True
    is_applied = is_same(stored.overlay, overlay)
    check(stored, is_applied=is_applied)
    return (stored if is_applied else await _change(uow, stored, overlay, now=now())), False


async def patch_overlay(
    uow: UnitOfWork,
    *,
    tenant: str,
    sku: str,
    market: str,
    apply: Callable[[Overlay], Overlay],
    check: Precondition[StoredOverlay],
    now: Now,
) -> StoredOverlay:
    """`apply` merges the patch. Raises ProductNotFound, OverlayNotFound, Invalid, Precondition…"""
    product, stored = await _lock(uow, tenant=tenant, sku=sku, market=market)
    if stored is None:
        raise OverlayNotFound(sku=sku)
    check(stored)
    overlay = apply(stored.overlay)
    await _refuse(uow, overlay, product, stored)
    if is_same(stored.overlay, overlay):
        return stored
    return await _change(uow, stored, overlay, now=now())


async def delete_overlay(
    uow: UnitOfWork,
    *,
    tenant: str,
    sku: str,
    market: str,
    check: Precondition[StoredOverlay],
    now: datetime,
) -> None:
    """Raises ProductNotFound, OverlayNotFound, Precondition…"""
    _, stored = await _lock(uow, tenant=tenant, sku=sku, market=market)
    if stored is None:
        raise OverlayNotFound(sku=sku)
    check(stored)
    await repository.delete_overlay(uow, stored)
    _announce_end(uow, stored, now=now)


async def delete_overlays(uow: UnitOfWork, *, tenant: str, product_id: str, now: datetime) -> None:
    """All of a product that ends. Its lock is held."""
    for stored in await repository.delete_overlays(uow, tenant=tenant, product_id=product_id):
        _announce_end(uow, stored, now=now)


async def _refuse(
    uow: UnitOfWork, overlay: Overlay, locked: StoredProduct, before: StoredOverlay | None
) -> None:
    """Raises Invalid. Attributes that stay as they were are not checked again: the product may have
    another type since, and must be able to leave the market all the same.
    """
    refuse(overlay_problems(overlay))
    if before is not None and same(before.overlay.attributes, overlay.attributes):
        return
    product = locked.product
    code, variant = product.product_type, product.variant
    known_type, parent = None, None
    if overlay.attributes and code is not None:
        known_type = (await known_types(uow, [code])).get(code)
        if variant is not None:
            parent = await parents.get_known_parent(
                uow, tenant=locked.merchant_id, sku=variant.parent_sku
            )
    refuse(overlay_attribute_problems(overlay, product, known_type, parent))


async def _lock(
    uow: UnitOfWork, *, tenant: str, sku: str, market: str
) -> tuple[StoredProduct, StoredOverlay | None]:
    product = await products.lock_product(uow, tenant=tenant, sku=sku)
    if product is None:
        raise ProductNotFound
    stored = await repository.lock_overlay(uow, tenant=tenant, product_id=product.id, market=market)
    return product, stored


async def _change(
    uow: UnitOfWork, stored: StoredOverlay, overlay: Overlay, *, now: datetime
) -> StoredOverlay:
    changed = stored.changed_to(overlay, now=now)
    await repository.update_overlay(uow, changed)
    await note_media(uow, tenant=stored.merchant_id, media=overlay.media or (), now=now)
    _announce(uow, changed, now=now)
    return changed


def _announce(uow: UnitOfWork, stored: StoredOverlay, *, now: datetime) -> None:
    event = events.overlay_updated(stored)
    uow.outbox.add(event, subject=stored.id, version=stored.version, at=now)


def _announce_end(uow: UnitOfWork, stored: StoredOverlay, *, now: datetime) -> None:
    event = events.overlay_deleted(stored)
    uow.outbox.add(event, subject=stored.id, version=stored.version + 1, at=now)
