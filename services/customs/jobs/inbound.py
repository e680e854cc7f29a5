"""What the port sends: taken from the folder, and read."""

import asyncio

from services.customs.clients.single_window import Claim, SingleWindow, name_text
from services.customs.domain.inbound.message import (
    LARGE_BYTES_MAX,
    InboundStatus,
    RawMessage,
)
from services.customs.queries import inbound
from services.customs.use_cases.inbound import arrivals
from services.customs.use_cases.inbound.reading import read_apart
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.errors import Unavailable
from shared.kernel.identity import PARK
from shared.telemetry import get_logger

log = get_logger(__name__)

# A run reduces a backlog, but within bounds: other jobs share the process.
_ANSWERS_PER_RUN = 20


async def collect_answers(context: JobContext, *, single_window: SingleWindow) -> None:
    """Answers that the transfer client left in the folder: kept, then read as those that are posted
    to /v1/receipts.

    What cannot be read is kept as refused, and its file moved to `bad/` once nobody writes to it
    any more. A file that cannot be moved is left where it is.
    """
    taken = 0
    for name in await asyncio.to_thread(single_window.waiting):
        claim: Claim | None = None
        try:
            claim = await asyncio.to_thread(single_window.claim, name)
            taken += claim is not None and await _take_answer(context, claim)
        except Unavailable:
            raise
        except Exception:  # one file must not hold up those behind it
            log.warning(
                "an answer in the folder cannot be taken", name=name_text(name), exc_info=True
            )
        finally:
            if claim is not None:
                claim.release()
        if taken == _ANSWERS_PER_RUN:
            return


async def _take_answer(context: JobContext, claim: Claim) -> bool:
    """False: it may come whole later, so it is left where it is."""
    if claim.size_bytes > LARGE_BYTES_MAX:
        if claim.is_being_written():
            return False
        log.warning("an answer in the folder is too large", name=claim.name, bytes=claim.size_bytes)
        await asyncio.to_thread(claim.settle, readable=False)
        return True
    raw = await asyncio.to_thread(claim.read, bytes_max=LARGE_BYTES_MAX)
    message = RawMessage("application/xml", raw)
    reading = await read_apart(message, now=context.clock.now())
    is_readable = reading.status is not InboundStatus.REFUSED
    if not is_readable and claim.is_being_written():
        return False
    async with context.db.transaction(PARK) as uow:
        await arrivals.store_message(
            uow,
            message,
            source="folder",
            file_name=claim.name,
            now=context.clock.now(),
            real_now=real_now(),
        )
    if not is_readable:
        log.warning("an answer in the folder cannot be read", name=claim.name)
    try:
        async with context.db.transaction(PARK) as uow:
            await arrivals.apply_reading(
                uow, message, reading, now=context.clock.now(), real_now=real_now()
            )
    except Unavailable:
        raise
    except Exception:
        log.exception("an answer could not be applied yet", digest=message.digest)
    await asyncio.to_thread(claim.settle, readable=is_readable)
    return True


async def read_inbound(context: JobContext) -> None:
    """Messages that are kept and that nobody has read in time: after a crash, for a replay."""
    failures: dict[str, Exception] = {}

    async def read(digest: str) -> None:
        try:
            async with context.db.transaction(PARK) as uow:
                await arrivals.read_left(
                    uow, digest=digest, now=context.clock.now(), real_now=real_now()
                )
        except Exception as failure:
            failures[digest] = failure
            raise

    async def put_off(digest: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await arrivals.put_off(
                uow, digest=digest, failure=failures.get(digest), real_now=real_now()
            )

    async with context.db.read(PARK) as reader:
        left = await inbound.list_left(reader, real_now=real_now())
    await context.each_by_itself(left, read, put_off=put_off)
