"""Imports as events."""

from datetime import datetime

from services.catalog.domain.imports.job import Import, State
from shared.contracts.catalog.imports import ImportFinished


def import_finished(one: Import, state: State, *, now: datetime) -> ImportFinished:
    counts = one.progress.counts
    return ImportFinished(
        import_id=one.id,
        merchant_id=one.merchant_id,
        kind=one.options.kind.value,
        status=state.value,
        rows_read=counts.read,
        rows_new=counts.new,
        rows_changed=counts.changed,
        rows_unchanged=counts.unchanged,
        rows_failed=counts.failed,
        started_at=one.started_at or now,
        finished_at=now,
    )
