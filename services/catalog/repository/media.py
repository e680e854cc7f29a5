"""Write side of checks of media."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from services.catalog.domain.media.check import REST, MediaCheck, url_hash
from services.catalog.domain.media.stored import stored_check
from shared.db import BIGINT, BYTE_STRINGS, INSTANT, INTEGER, TEXT, TEXTS, UnitOfWork, sql
from shared.kernel.ids import new_id

_COLUMNS: Final = """
    c.id, c.tenant_id, c.url, c.status, c.fault, c.http_status, c.media_type, c.bytes, c.width,
    c.height, c.attempts, c.checked_at, c.next_at, c.version
"""
# Sorted, so that two of these cannot wait for each other.
_NOTE: Final = sql(
    """
    INSERT INTO catalog.media_checks
        (id, tenant_id, url_hash, url, status, attempts, next_at, version)
    SELECT g.id, :tenant, g.url_hash, g.url, 'pending', 0, :now, 0
    FROM unnest(:id, :url_hash, :url) AS g(id, url_hash, url)
    ORDER BY g.url_hash
    ON CONFLICT (tenant_id, url_hash) DO NOTHING
    """,
    tenant=TEXT,
    now=INSTANT,
    id=TEXTS,
    url_hash=BYTE_STRINGS,
    url=TEXTS,
)
_ASK_AGAIN: Final = sql(
    """
    UPDATE catalog.media_checks SET status = 'pending', attempts = 0, next_at = :now
    WHERE id IN (
        SELECT id FROM catalog.media_checks
        WHERE tenant_id = :tenant AND url_hash = ANY(:url_hashes)
            AND (checked_at IS NULL OR checked_at <= :rested)
        ORDER BY url_hash FOR UPDATE
    )
    """,
    tenant=TEXT,
    now=INSTANT,
    rested=INSTANT,
    url_hashes=BYTE_STRINGS,
)
_LOCK: Final = sql(
    f"SELECT {_COLUMNS} FROM catalog.media_checks c WHERE c.id = :id FOR UPDATE",  # noqa: S608
    stored_check,
    id=TEXT,
)
_SAVE: Final = sql(
    """
    UPDATE catalog.media_checks
    SET status = :status, fault = :fault, http_status = :http_status, media_type = :media_type,
        bytes = :bytes, width = :width, height = :height, attempts = :attempts,
        checked_at = :checked_at, next_at = :next_at, version = :version
    WHERE id = :id AND tenant_id = :tenant
    """,
    id=TEXT,
    tenant=TEXT,
    status=TEXT,
    fault=TEXT,
    http_status=INTEGER,
    media_type=TEXT,
    bytes=BIGINT,
    width=BIGINT,
    height=BIGINT,
    attempts=INTEGER,
    checked_at=INSTANT,
    next_at=INSTANT,
    version=INTEGER,
)


async def note_media(uow: UnitOfWork, *, tenant: str, urls: Collection[str], now: datetime) -> None:
    """Addresses that are not known yet will be checked. One statement, none for no addresses."""
    if not urls:
        return
    distinct = sorted(set(urls))
    await uow.execute(
        _NOTE,
        tenant=tenant,
        now=now,
        id=[new_id("med") for _ in distinct],
        url_hash=[url_hash(url) for url in distinct],
        url=distinct,
    )


async def ask_again(uow: UnitOfWork, *, tenant: str, urls: Sequence[str], now: datetime) -> None:
    """Those that were checked a moment ago are left as they are."""
    await uow.execute(
        _ASK_AGAIN,
        tenant=tenant,
        now=now,
        rested=now - REST,
        url_hashes=[url_hash(url) for url in urls],
    )


async def lock_check(uow: UnitOfWork, *, check_id: str) -> MediaCheck | None:
    return await uow.fetch_first(_LOCK, id=check_id)


async def save_check(uow: UnitOfWork, check: MediaCheck) -> None:
    facts, fault = check.found.facts, check.found.fault
    await uow.execute(
        _SAVE,
        id=check.id,
        tenant=check.merchant_id,
        status=check.status.value,
        fault=None if fault is None else fault.value,
        http_status=check.found.http_status,
        media_type=facts.media_type,
        bytes=facts.bytes,
        width=facts.width,
        height=facts.height,
        attempts=check.attempts,
        checked_at=check.checked_at,
        next_at=check.next_at,
        version=check.version,
    )
