"""Evidence: facts are recorded as they happen, and sealed in blocks a moment later."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from services.customs.domain.evidence.chain import ENTRIES_PER_BLOCK_MAX, seal, skip_of
from services.customs.domain.evidence.entries import (
    About,
    ActKind,
    acted,
    acted_in_park,
    delivered,
    received,
)
from services.customs.domain.evidence.hashing import Scalar
from services.customs.repository import evidence
from services.customs.use_cases import metrics
from shared.db import UnitOfWork

# To hash more takes milliseconds: it is done in a thread, so that other requests continue.
_INLINE_BYTES_MAX: Final = 64 * 1024


async def record_delivery(
    uow: UnitOfWork, *, guid: str, message_type: str, body: str, door: str, now: datetime
) -> None:
    """A message as the door took it: in the transaction that says so."""
    entry = await asyncio.to_thread(
        delivered, body.encode(), guid=guid, message_type=message_type, door=door, at=now
    )
    await evidence.insert_entries(uow, [entry])


async def record_arrival(
    uow: UnitOfWork, raw: bytes, *, content_type: str, source: str, now: datetime
) -> None:
    """A message as it came, once. `source`: which way."""
    if len(raw) > _INLINE_BYTES_MAX:
        entry = await asyncio.to_thread(
            received, raw, content_type=content_type, source=source, at=now
        )
    else:
        entry = received(raw, content_type=content_type, source=source, at=now)
    await evidence.insert_entries(uow, [entry])


async def record_act(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    declaration_id: str,
    act: ActKind,
    actor: str,
    detail: Mapping[str, Scalar] | None = None,
    now: datetime,
) -> None:
    """What a person or the system did to a declaration. `tenant_id`: whose declaration it is;
    `actor`: the client or the job; `detail`: such as the numbers of documents, no free text of
    others.
    """
    entry = acted(
        tenant_id=tenant_id,
        declaration_id=declaration_id,
        act=act,
        actor=actor,
        detail=detail or {},
        at=now,
    )
    await evidence.insert_entries(uow, [entry])


async def record_park_act(
    uow: UnitOfWork,
    *,
    about: About,
    name: str,
    act: ActKind,
    actor: str,
    detail: Mapping[str, Scalar] | None = None,
    now: datetime,
) -> None:
    """What an operator did to what is the park's. `name` says which it is."""
    entry = acted_in_park(about=about, name=name, act=act, actor=actor, detail=detail or {}, at=now)
    await evidence.insert_entries(uow, [entry])


async def seal_entries(uow: UnitOfWork, *, now: datetime) -> int:
    """One block of what is not sealed yet. Returns how many entries it has: none, no block.

    Entries have no order that could be missed: each has a mark, which the block sets. A transaction
    that commits late has its entry in a later block.
    """
    last = await evidence.lock_chain(uow)
    entries = await evidence.list_unsealed(uow, rows_max=ENTRIES_PER_BLOCK_MAX)
    if not entries:
        return 0
    skipped = await evidence.get_block(uow, skip_of(last.number + 1))

    sealed = seal(last, skipped, [entry.content for entry in entries], at=now)

    await evidence.insert_block(uow, sealed, [entry.id for entry in entries])
    metrics.count_sealed(uow, len(entries))
    return len(entries)
