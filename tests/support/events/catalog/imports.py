"""Events about imports."""

from datetime import UTC, datetime
from typing import Any

from shared.contracts.catalog.imports import ImportFinished
from shared.kernel.ids import new_id
from tests.support.events.building import built


def an_import_finished(**changes: Any) -> ImportFinished:
    facts = {
        "import_id": new_id("imp"),
        "merchant_id": new_id("mer"),
        "kind": "products",
        "status": "done",
        "rows_read": 10,
        "rows_new": 4,
        "rows_changed": 3,
        "rows_unchanged": 2,
        "rows_failed": 1,
        "started_at": datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
        "finished_at": datetime(2026, 11, 22, 8, 1, tzinfo=UTC),
    }
    return built(ImportFinished, facts, changes)
