"""Checks of media as events."""

from services.catalog.domain.media.check import MediaCheck
from shared.contracts.catalog.media import MediaChecked


def media_checked(check: MediaCheck) -> MediaChecked:
    facts, fault = check.found.facts, check.found.fault
    assert check.checked_at is not None, check.id
    return MediaChecked(
        media_id=check.id,
        merchant_id=check.merchant_id,
        url=check.url,
        status=check.status.value,
        fault=None if fault is None else fault.value,
        http_status=check.found.http_status,
        media_type=facts.media_type,
        bytes=facts.bytes,
        width=facts.width,
        height=facts.height,
        checked_at=check.checked_at,
        version=check.version,
    )
