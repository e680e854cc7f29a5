"""Imports of files. Aggregate: import (`imp_…`)."""

from datetime import datetime
from typing import ClassVar

from shared.contracts.envelope import EventPayload
from shared.contracts.topics import CATALOG_PRODUCTS


class ImportFinished(EventPayload):
    """A file has been read to its end, or as far as it came: for whoever follows the work rather
    than each product. All that it wrote has its own events, which occurred from `started_at` to
    `finished_at`. Dry runs are not reported.

    `kind`: products, prices, stock or orders. `status`: done, failed or cancelled.
    """

    event_type: ClassVar[str] = "catalog.import.finished"
    topic: ClassVar[str] = CATALOG_PRODUCTS

    import_id: str
    merchant_id: str
    kind: str
    status: str
    rows_read: int
    rows_new: int
    rows_changed: int
    rows_unchanged: int
    rows_failed: int
    started_at: datetime
    finished_at: datetime
