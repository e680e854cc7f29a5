"""Checks of media: noting addresses, asking again, recording what was found."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.catalog.domain.media.check import Fetched, after
from services.catalog.domain.products.details import Media
from services.catalog.events import media as events
from services.catalog.repository import media as repository
from shared.db import UnitOfWork


async def note_media(
    uow: UnitOfWork, *, tenant: str, media: Iterable[Media], now: datetime
) -> None:
    """Their addresses will be checked, unless they are known. One statement, none for no media."""
    urls = {one.url for one in media}
    await repository.note_media(uow, tenant=tenant, urls=urls, now=now)


async def check_again(
    uow: UnitOfWork, *, tenant: str, media: Sequence[Media], now: datetime
) -> None:
    """Those that were checked a moment ago are left as they are."""
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
