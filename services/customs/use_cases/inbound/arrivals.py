"""What the port sends: kept first, in a transaction of its own, then read and applied in a second
one. Killed in between, the message stays `stored`, and a job reads it.
"""

from datetime import datetime, timedelta
from typing import Final

from services.customs.domain.evidence.entries import SEVERAL, About, ActKind
from services.customs.domain.inbound.errors import InboundMessageNotFound, InboundNotApplied
from services.customs.domain.inbound.message import (
    PARSER_VERSION,
    ChosenMessages,
    InboundSource,
    RawMessage,
    Reading,
    reason_of,
    retry_at,
)
from services.customs.domain.receipts.receipt import Receipt
from services.customs.repository import inbound
from services.customs.use_cases import metrics
from services.customs.use_cases.evidence import record_arrival, record_park_act
from services.customs.use_cases.inbound.reading import read_apart
from services.customs.use_cases.receipts import RecordedReceipt, record_receipts
from services.customs.use_cases.summaries import RecordedResult, record_results
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError
from shared.kernel.instants import rfc3339

# Real time. Whoever stored a message reads it at once; after this, the job takes it for left.
_LEFT_AFTER: Final = timedelta(seconds=30)
_REPLAYED_AT_ONCE: Final = 10_000


async def store_message(
    uow: UnitOfWork,
    message: RawMessage,
    *,
    source: InboundSource,
    file_name: str | None = None,
    now: datetime,
    real_now: datetime,
) -> None:
    """The same bytes are the same message: then only `times` grows."""
    await inbound.store_message(
        uow, message, source=source, file_name=file_name, due_at=real_now + _LEFT_AFTER, now=now
    )
    await record_arrival(
        uow, message.raw, content_type=message.content_type, source=source, now=now
    )


async def apply_reading(
    uow: UnitOfWork,
    message: RawMessage,
    reading: Reading,
    *,
    is_repetition: bool = True,
    now: datetime,
    real_now: datetime,
) -> list[RecordedReceipt | RecordedResult]:
    """Records the entries that could be read, in their order, and what became of the message.

    Applied again it changes nothing. `is_repetition`: what is known is counted as having come again
    (it has not if we read again what had come before).
    """
    receipts = iter(
        await record_receipts(
            uow,
            digest=message.digest,
            received=reading.received,
            is_repetition=is_repetition,
            now=now,
            real_now=real_now,
        )
    )
    results = iter(
        await record_results(uow, digest=message.digest, results=reading.results, now=now)
        if reading.results
        else ()
    )
    await inbound.save_reading(
        uow, digest=message.digest, reading=reading, parser_version=PARSER_VERSION, now=now
    )
    metrics.count_reading(uow, reading)
    return [
        next(receipts) if isinstance(one, Receipt) else next(results)
        for one in reading.entries
        if not isinstance(one, AirlaneError)
    ]


async def read_left(uow: UnitOfWork, *, digest: str, now: datetime, real_now: datetime) -> None:
    """Reads and applies one, if nobody else does."""
    left = await inbound.lock_waiting(uow, digest)
    if left is not None:
        reading = await read_apart(left.message, now=now)
        await apply_reading(
            uow,
            left.message,
            reading,
            is_repetition=not left.was_read,
            now=now,
            real_now=real_now,
        )


async def put_off(
    uow: UnitOfWork, *, digest: str, failure: BaseException | None, real_now: datetime
) -> None:
    """It could not be applied: the others go before it, and it is tried again later."""
    failures = await inbound.failures_of(uow, digest) + 1
    reason = reason_of(InboundNotApplied(kind=type(failure).__name__))
    due_at = retry_at(failures, real_now=real_now)
    await inbound.put_off(uow, digest, due_at=due_at, reason=reason)


async def replay_message(
    uow: UnitOfWork, *, digest: str, by: str, now: datetime, real_now: datetime
) -> None:
    """The job reads it again. Raises InboundMessageNotFound."""
    if not await inbound.replay(uow, digest, real_now=real_now):
        raise InboundMessageNotFound(digest=digest)
    await record_park_act(
        uow, about=About.INBOUND, name=digest, act=ActKind.REPLAY, actor=by, now=now
    )


async def replay_messages(
    uow: UnitOfWork, *, chosen: ChosenMessages, by: str, now: datetime, real_now: datetime
) -> tuple[int, bool]:
    """The job reads the oldest of them again. How many they are, and whether they are all."""
    replayed = await inbound.replay_many(uow, chosen, rows_max=_REPLAYED_AT_ONCE, real_now=real_now)
    if replayed:
        await record_park_act(
            uow,
            about=About.INBOUND,
            name=SEVERAL,
            act=ActKind.REPLAY,
            actor=by,
            detail={
                "messages": replayed,
                "parser_before": chosen.parser_before,
                "status": chosen.status,
                "message_type": chosen.message_type,
                "received_from": rfc3339(chosen.received_from),
                "received_to": rfc3339(chosen.received_to),
            },
            now=now,
        )
    return replayed, replayed < _REPLAYED_AT_ONCE
