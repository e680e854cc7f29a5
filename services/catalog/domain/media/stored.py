"""A check as its row."""

from datetime import datetime

from services.catalog.domain.media.check import (
    CheckStatus,
    Fetched,
    FetchFault,
    MediaCheck,
    MediaFacts,
)


def stored_check(  # noqa: PLR0917 - columns
    id: str,  # noqa: A002 - the column
    tenant_id: str,
    url: str,
    status: str,
    fault: str | None,
    http_status: int | None,
    media_type: str | None,
    bytes: int | None,  # noqa: A002 - the column
    width: int | None,
    height: int | None,
    attempts: int,
    checked_at: datetime | None,
    next_at: datetime | None,
    version: int,
) -> MediaCheck:
    """From the columns of its table."""
    found = Fetched(
        MediaFacts(media_type, bytes, width, height),
        None if fault is None else FetchFault(fault),
        http_status,
    )
    return MediaCheck(
        id, tenant_id, url, CheckStatus(status), found, attempts, checked_at, next_at, version
    )
