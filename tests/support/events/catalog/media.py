"""Events about files at addresses."""

from typing import Any

from shared.contracts.catalog.media import MediaChecked
from shared.kernel.ids import new_id
from tests.support.events.building import AT, built


def a_media_checked(**changes: Any) -> MediaChecked:
    facts = {
        "media_id": new_id("med"),
        "merchant_id": new_id("mer"),
        "url": "https://media.example/85123A/main.jpg",
        "status": "ok",
        "fault": None,
        "http_status": 200,
        "media_type": "image/jpeg",
        "bytes": 182_400,
        "width": 1600,
        "height": 1600,
        "checked_at": AT,
        "version": 1,
    }
    return built(MediaChecked, facts, changes)
