"""Periodic work: sending lists, reporting departures, reading the answers in the folder, measuring
the queues of the lanes.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from services.customs.clients.single_window import SingleWindow
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.messages.layout import DOCUMENTS_PER_MESSAGE_MAX
from services.customs.domain.messages.reader import MESSAGE_BYTES_MAX
from services.customs.domain.receipts.answers import read_answers
from services.customs.queries import lanes
from services.customs.use_cases import departures, messages, metrics
from services.customs.use_cases.messages import deliver_messages
from services.customs.use_cases.receipts import RawMessage, record_receipts
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.errors import AirlaneError, Unavailable
from shared.kernel.identity import PARK
from shared.telemetry import get_logger

log = get_logger(__name__)

# A run reduces a backlog, but within bounds: other jobs share the process.
_ROUNDS_MAX = 20
_ANSWERS_PER_RUN = 20
_MESSAGES_AT_ONCE = 20


async def send_lists(
    context: JobContext, *, rulebook: Rulebook, single_window: SingleWindow
) -> None:
    """Composes messages of queued lists, and writes them to the folder."""

    async def together() -> int:
        async with context.db.transaction(PARK) as uow:
            return await messages.compose_lists(
                uow, rulebook=rulebook, now=context.clock.now(), real_now=real_now()
            )

    async def queued() -> list[str]:
        async with context.db.transaction(PARK) as uow:
            return await messages.list_queued(uow, real_now=real_now())

    async def alone(declaration_id: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await messages.compose_list(
                uow, declaration_id=declaration_id, rulebook=rulebook, now=context.clock.now()
            )

    async def put_off(declaration_id: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await messages.put_off_list(uow, declaration_id=declaration_id, real_now=real_now())

    for _ in range(_ROUNDS_MAX):
        composed = await context.together_or_each(together, queued, alone, put_off=put_off)
        # Also when there was nothing new: a killed process may have left a message unwritten.
        await deliver(context, single_window)
        if composed < DOCUMENTS_PER_MESSAGE_MAX:
            return


async def report_departures(
    context: JobContext, *, rulebook: Rulebook, single_window: SingleWindow
) -> None:
    """Composes messages of shipments that have left, and writes them to the folder. What cannot be
    reported is left out: first its flight, then of its flight it alone.
    """
    parties = rulebook.parties

    async def together() -> int:
        async with context.db.transaction(PARK) as uow:
            return await departures.compose_departures(
                uow, parties=parties, now=context.clock.now(), real_now=real_now()
            )

    async def flights() -> list[tuple[str, ...]]:
        async with context.db.transaction(PARK) as uow:
            return await departures.list_departures(uow, real_now=real_now())

    async def some(declaration_ids: Sequence[str]) -> int:
        async with context.db.transaction(PARK) as uow:
            return await departures.compose_departure(
                uow, declaration_ids=declaration_ids, parties=parties, now=context.clock.now()
            )

    async def one(declaration_id: str) -> None:
        await some([declaration_id])

    async def flight(declaration_ids: tuple[str, ...]) -> None:
        async def each() -> tuple[str, ...]:
            return declaration_ids

        done = await context.together_or_each(partial(some, declaration_ids), each, one)
        if not done:
            raise RuntimeError("none of the shipments of the flight can be reported")

    for _ in range(_ROUNDS_MAX):
        reported = await context.together_or_each(together, flights, flight)
        if not reported:
            return
        await deliver(context, single_window)


async def deliver(context: JobContext, single_window: SingleWindow) -> None:
    for _ in range(_ROUNDS_MAX):
        async with context.db.transaction(PARK) as uow:
            written = await deliver_messages(
                uow, single_window=single_window, now=context.clock.now(), limit=_MESSAGES_AT_ONCE
            )
        if written < _MESSAGES_AT_ONCE:
            return


async def collect_answers(context: JobContext, *, single_window: SingleWindow) -> None:
    """Answers that the transfer client left in the folder, recorded as POST /v1/receipts does.

    A file that cannot be read is moved to `bad/` once nobody writes to it any more. One that cannot
    be moved either is left where it is.
    """
    taken = 0
    for name in await asyncio.to_thread(single_window.waiting):
        try:
            raw = await asyncio.to_thread(single_window.read, name, bytes_max=MESSAGE_BYTES_MAX)
            await _take_answers(context, name=name, raw=raw)
            is_readable = True
        except Unavailable:
            raise
        except Exception as error:  # one file must not hold up those behind it
            if await asyncio.to_thread(_may_be_half, single_window, name):
                continue
            log.warning("an answer in the folder cannot be read", name=name, exc_info=error)
            is_readable = False
        with suppress(OSError):
            await asyncio.to_thread(single_window.settle, name, readable=is_readable)
            taken += 1
        if taken == _ANSWERS_PER_RUN:
            return


def _may_be_half(single_window: SingleWindow, name: str) -> bool:
    with suppress(OSError):
        return single_window.is_being_written(name)
    return False


async def _take_answers(context: JobContext, *, name: str, raw: bytes) -> None:
    """Raises AirlaneError if the message as a whole cannot be read."""
    answers = read_answers(raw, now=context.clock.now())
    refused = [answer for answer in answers if isinstance(answer, AirlaneError)]
    if refused:
        # The whole message is kept raw; these entries wait for a person.
        log.warning(
            "answers in the folder are incomplete",
            name=name,
            entries=len(refused),
            first=str(refused[0]),
        )
    async with context.db.transaction(PARK) as uow:
        await record_receipts(
            uow,
            message=RawMessage("application/xml", raw),
            received=[answer for answer in answers if not isinstance(answer, AirlaneError)],
            now=context.clock.now(),
            real_now=real_now(),
        )


async def measure_lanes(context: JobContext) -> None:
    async with context.db.read(PARK) as reader:
        for lane in await lanes.list_lanes(reader, now=context.clock.now()):
            metrics.LANE_QUEUE.labels(str(lane.lane)).set(lane.queue_parcels)
