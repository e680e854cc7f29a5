"""Documents on their way out: which wait for a message, the messages, and what leaving changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import bindparam, insert, text

from services.customs.repository.params import instant, instants, integer, string, strings
from services.customs.tables.messages import outgoing_messages
from shared.db import Statement, UnitOfWork

# SKIP LOCKED: several workers share the work, and a row in the hands of a receipt is taken later.
TO_COMPOSE: Final = Statement(
    text(
        """
        SELECT id, tenant_id, order_id, cop_no, order_document, waybill, app_time
        FROM customs.declarations
        WHERE phase = 'queued' AND message_guid IS NULL
          AND (resend_at IS NULL OR resend_at <= :real_now)
        ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED
        """
    ).bindparams(instant("real_now"), integer("limit"))
)


MARK_COMPOSED: Final = Statement(
    text(
        """
        UPDATE customs.declarations AS d
        SET message_guid = :guid, app_time = r.app_time, attempts = d.attempts + 1, resend_at = NULL
        FROM unnest(:ids, :app_times) AS r (id, app_time)
        WHERE d.id = r.id
        """
    ).bindparams(
        string("guid"),
        strings("ids"),
        instants("app_times"),
    )
)


INSERT_MESSAGE: Final = Statement(
    insert(outgoing_messages).values(
        guid=bindparam("guid"),
        tenant_id="park",
        message_type=bindparam("message_type"),
        status="composed",
        documents=bindparam("documents"),
        declaration_ids=bindparam("declaration_ids"),
        body=bindparam("body"),
        note=bindparam("note"),
        composed_at=bindparam("composed_at"),
    )
)


TO_WRITE: Final = Statement(
    text(
        """
        SELECT guid, message_type, body, declaration_ids FROM customs.outgoing_messages
        WHERE status = 'composed' ORDER BY guid LIMIT :limit FOR UPDATE SKIP LOCKED
        """
    ).bindparams(integer("limit"))
)


# Locked before the file appears: a receipt that is quicker than our commit waits for it.
LOCK_DECLARATIONS: Final = Statement(
    text(
        """
        SELECT id, tenant_id, order_id, shipment_id, phase, status, facts, version, traceparent
        FROM customs.declarations WHERE id = ANY(:ids) ORDER BY order_id FOR UPDATE
        """
    ).bindparams(strings("ids"))
)


MARK_WRITTEN: Final = Statement(
    text(
        "UPDATE customs.outgoing_messages SET status = 'written', written_at = :now"
        " WHERE guid = ANY(:guids)"
    ).bindparams(instant("now"), strings("guids"))
)


MARK_TRANSMITTED: Final = Statement(
    text(
        """
        UPDATE customs.declarations AS d SET
            phase = CASE WHEN d.phase = 'queued' THEN 'transmitted' ELSE d.phase END,
            status = CASE WHEN d.status = 'queued' THEN 'transmitted' ELSE d.status END,
            phase_at = CASE WHEN d.status = 'queued' THEN :now ELSE d.phase_at END,
            submitted_at = coalesce(d.submitted_at, :now),
            facts = CASE WHEN 'submitted' = ANY(d.facts) THEN d.facts
                ELSE d.facts || 'submitted'::text END,
            version = CASE WHEN 'submitted' = ANY(d.facts) THEN d.version ELSE d.version + 1 END
        WHERE d.id = ANY(:ids)
        """
    ).bindparams(instant("now"), strings("ids"))
)


async def documents_to_compose(uow: UnitOfWork, *, real_now: datetime, limit: int) -> list[Record]:
    return await uow.fetch_all(TO_COMPOSE, real_now=real_now, limit=limit)


async def insert_message(uow: UnitOfWork, **values: Any) -> None:
    await uow.execute(INSERT_MESSAGE, **values)


async def mark_composed(
    uow: UnitOfWork, *, guid: str, ids: Sequence[str], app_times: Sequence[datetime]
) -> None:
    await uow.execute(MARK_COMPOSED, guid=guid, ids=list(ids), app_times=list(app_times))


async def messages_to_write(uow: UnitOfWork, *, limit: int) -> list[Record]:
    return await uow.fetch_all(TO_WRITE, limit=limit)


async def lock_declarations(uow: UnitOfWork, ids: Sequence[str]) -> list[Record]:
    return await uow.fetch_all(LOCK_DECLARATIONS, ids=list(ids))


async def mark_written(uow: UnitOfWork, guids: Sequence[str], *, now: datetime) -> None:
    await uow.execute(MARK_WRITTEN, guids=list(guids), now=now)


async def mark_transmitted(uow: UnitOfWork, ids: Sequence[str], *, now: datetime) -> None:
    await uow.execute(MARK_TRANSMITTED, ids=list(ids), now=now)
