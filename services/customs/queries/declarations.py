"""Reads for screens and jobs. A declaration that is not there and one of another merchant look the
same: every statement on tenants' rows names the tenant, and row-level security hides them besides.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import ColumnElement, Text, bindparam, literal_column, or_, select

from services.customs.domain.declarations.errors import DeclarationNotFound
from services.customs.tables.declarations import declarations
from services.customs.tables.lanes import lane_parcels, screenings
from services.customs.tables.receipts import receipts
from shared.db import Reader, Statement
from shared.kernel.identity import PARK

# Larger than any id: the start of a list that goes from new to old.
LAST: Final = "~"


_TENANT: Final = bindparam("tenant", type_=Text)


def _owned(column: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(_TENANT == PARK, column == _TENANT)


_d = declarations.c


_SHOWN: Final = (
    _d.id,
    _d.tenant_id,
    _d.order_id,
    _d.shipment_id,
    _d.cop_no,
    _d.status,
    _d.phase,
    _d.phase_at.label("status_at"),
    _d.channel,
    _d.waybill["house_waybill"].astext.label("house_waybill"),
    _d.flight_id,
    _d.flight_number,
    _d.cut_off_at,
    _d.findings,
    _d.unroutable,
    _d.rulebook,
    _d.pre_no,
    _d.invt_no,
    _d.attempts,
    _d.unknown_receipts,
    _d.lane,
    _d.screened_at,
    _d.is_held,
    _d.submitted_at,
    _d.departed_at,
    _d.departure_reported_at,
    _d.cancelled_at,
    _d.cancel_reason,
    _d.facts,
    _d.version,
    _d.created_at,
    _d.order_received_at,
    _d.waybill_received_at,
    _d.validated_at,
)


_FILTERS: Final = {
    "tenant": _d.tenant_id == _TENANT,
    "status": _d.status == bindparam("status"),
    "channel": _d.channel == bindparam("channel"),
    "order_id": _d.order_id == bindparam("order_id"),
    # As the index is written: with a parameter for the name it would not serve.
    "house_waybill": literal_column("waybill ->> 'house_waybill'", Text)
    == bindparam("house_waybill"),
    "flight_id": _d.flight_id == bindparam("flight_id"),
    "created_from": _d.created_at >= bindparam("created_from"),
    "created_to": _d.created_at < bindparam("created_to"),
}


@cache
def _declarations_page(filters: frozenset[str]) -> Statement:
    # One statement per combination: a filter that may be absent would spoil every plan.
    query = select(*_SHOWN).where(_d.id < bindparam("before"))
    for name in sorted(filters):
        query = query.where(_FILTERS[name])
    return Statement(query.order_by(_d.id.desc()).limit(bindparam("most")))


DECLARATION: Final = Statement(
    select(*_SHOWN).where(_d.id == bindparam("id"), _owned(_d.tenant_id))
)


RECEIPTS_OF: Final = Statement(
    select(
        receipts.c.message_type,
        receipts.c.return_status,
        receipts.c.return_time,
        receipts.c.info_code,
        receipts.c.info_text,
        receipts.c.received_at,
    ).where(receipts.c.declaration_id == bindparam("id"), _owned(receipts.c.tenant_id))
)


SCREENINGS_OF: Final = Statement(
    select(screenings.c.lane, screenings.c.passed, screenings.c.screened_at).where(
        screenings.c.declaration_id == bindparam("id"), _owned(screenings.c.tenant_id)
    )
)


QUEUED_AT: Final = Statement(
    select(lane_parcels.c.lane, lane_parcels.c.queued_at).where(
        lane_parcels.c.declaration_id == bindparam("id"), _owned(lane_parcels.c.tenant_id)
    )
)


async def list_declarations(
    reader: Reader, *, before: str, most: int, filters: Mapping[str, Any]
) -> list[Record]:
    """Newest first, below the id `before`."""
    given = {name: value for name, value in filters.items() if value is not None}
    # A statement of its own for the whole park: with "or it is the park's" in it, the index on
    # the tenant would not serve.
    if reader.tenant != PARK:
        given["tenant"] = reader.tenant
    statement = _declarations_page(frozenset(given))
    return await reader.fetch_all(statement, before=before, most=most, **given)


async def get_declaration(reader: Reader, *, declaration_id: str) -> Record:
    """Raises DeclarationNotFound."""
    row = await reader.fetch_first(DECLARATION, id=declaration_id, tenant=reader.tenant)
    if row is None:
        raise DeclarationNotFound(declaration_id=declaration_id)
    return row


async def get_timeline(reader: Reader, *, declaration_id: str) -> list[dict[str, Any]]:
    """What happened, oldest first: `{occurred_at, event, data}`. Raises DeclarationNotFound."""
    row = await get_declaration(reader, declaration_id=declaration_id)
    entries = _own_entries(row)
    named = {"id": declaration_id, "tenant": reader.tenant}
    for receipt in await reader.fetch_all(RECEIPTS_OF, **named):
        entries.append(_entry(receipt["return_time"], "receipt", dict(receipt)))
    queued = await reader.fetch_first(QUEUED_AT, **named)
    if queued is not None:
        entries.append(
            _entry(queued["queued_at"], "queued_for_screening", {"lane": queued["lane"]})
        )
    for screening in await reader.fetch_all(SCREENINGS_OF, **named):
        data = {"lane": screening["lane"], "passed": screening["passed"]}
        entries.append(_entry(screening["screened_at"], "screened", data))
    return sorted(entries, key=lambda entry: entry["occurred_at"])


def _entry(occurred_at: datetime, event: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"occurred_at": occurred_at, "event": event, "data": data}


def _own_entries(row: Record) -> list[dict[str, Any]]:
    facts: list[tuple[datetime | None, str, dict[str, Any]]] = [
        (row["order_received_at"], "order_received", {"order_id": row["order_id"]}),
        (
            row["waybill_received_at"],
            "waybill_received",
            {"house_waybill": row["house_waybill"], "flight_number": row["flight_number"]},
        ),
        (row["validated_at"], "matched", {"rulebook": row["rulebook"]}),
        (row["submitted_at"], "submitted", {"cop_no": row["cop_no"], "attempts": row["attempts"]}),
        (row["departed_at"], "departed", {"flight_number": row["flight_number"]}),
        (row["departure_reported_at"], "departure_reported", {"message_type": "CEB509"}),
        (row["cancelled_at"], "order_cancelled", {"reason": row["cancel_reason"]}),
    ]
    if row["phase"] == "blocked":
        facts.append((row["status_at"], "blocked", {"findings": row["findings"]}))
    return [_entry(at, event, data) for at, event, data in facts if at is not None]
