"""Files at addresses of a merchant's products. Aggregate: the address, for one merchant (`med_…`),
however many products name it.
"""

from datetime import datetime
from typing import ClassVar

from shared.contracts.envelope import EventPayload
from shared.contracts.topics import CATALOG_PRODUCTS


class MediaChecked(EventPayload):
    """What was found there, when it is new or not what was found before.

    `status`: ok (there is a file that is known) or failed, with its `fault`: unreachable, timeout,
    refused (see `http_status`), not_public, redirects, too_large, unknown_type, damaged.
    `media_type` by the first bytes; `width`, `height` of a picture in pixels; null: not known.
    """

    event_type: ClassVar[str] = "catalog.media.checked"
    topic: ClassVar[str] = CATALOG_PRODUCTS

    media_id: str
    merchant_id: str
    url: str
    status: str
    fault: str | None
    http_status: int | None
    media_type: str | None
    bytes: int | None
    width: int | None
    height: int | None
    checked_at: datetime
    version: int
