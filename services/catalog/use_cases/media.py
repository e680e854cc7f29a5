"""Checks of media: noting addresses, asking again, recording what was found."""

from collections.abc import Iterable
from datetime import datetime

from services.catalog.domain.media.check import Fetched, after
from services.catalog.domain.products.details import Media
from services.catalog.domain.products.product import ProductNotFound
from services.catalog.events import media as events
from services.catalog.repository import media as repository
from services.catalog.repository import overlays, products
from shared.db import UnitOfWork


async def note_media(
    uow: UnitOfWork, *, tenant: str, media: Iterable[Media], now: datetime
) -> None:
    """Their addresses will be checked, unless they are known. One statement, none for no media."""
    urls = {one.url for one in media}
    await repository.note_media(uow, tenant=tenant, urls=urls, now=now)


async def check_again(uow: UnitOfWork, *, tenant: str, sku: str, now: datetime) -> None:
    """All media of a product and of its overlays; those that were checked a moment ago are left.

    Raises ProductNotFound.
    """
    found = await products.list_by_sku(uow, tenant=tenant, skus=[sku])
    if sku not in found:
        raise ProductNotFound
    stored = found[sku]
    media = [
        *stored.product.details.media,
        *await overlays.list_media(uow, tenant=tenant, product_id=stored.id),
    ]
    await note_media(uow, tenant=tenant, media=media, now=now)
    await repository.ask_again(uow, tenant=tenant, urls=[one.url for one in media], now=now)


async def record_check(uow: UnitOfWork, *, check_id: str, found: Fetched, now: datetime) -> None:
    """What came of an attempt. Only what is new is told."""
    check = await repository.lock_check(uow, check_id=check_id)
    if check is None:
        return
    checked = after(check, found, now=now)
    await repository.save_check(uow, checked)
    if checked.version != check.version:
        event = events.media_checked(checked)
        uow.outbox.add(event, subject=checked.id, version=checked.version, at=now)
