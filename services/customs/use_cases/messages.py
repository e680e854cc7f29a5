"""Lists leave in messages. A message is composed in one transaction, with the state of its lists,
and written to the folder in a second one. Killed between or within the two, the next run writes the
same bytes under the same name again, and nothing is composed twice.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from services.customs.clients.single_window import SingleWindow
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.declarations.submission import (
    QueuedList,
    after_submission,
    submission_of,
)
from services.customs.domain.messages.kinds.kind import DOCUMENTS_PER_MESSAGE_MAX
from services.customs.domain.messages.kinds.lists import CEB603
from services.customs.domain.messages.kinds.movements import CEB509
from services.customs.domain.messages.message import compose
from services.customs.events.declarations import declaration_event
from services.customs.repository import departures, messages
from services.customs.use_cases import metrics
from services.customs.use_cases.declarations.announcing import announce
from services.customs.use_cases.evidence import record_delivery
from shared.db import UnitOfWork

# Real time.
_PUT_OFF: Final = timedelta(minutes=1)


async def compose_lists(
    uow: UnitOfWork, *, rulebook: Rulebook, now: datetime, real_now: datetime
) -> int:
    """One CEB603 message of up to 100 queued lists. Returns how many it holds."""
    queued = await messages.lock_queued_lists(
        uow, real_now=real_now, rows_max=DOCUMENTS_PER_MESSAGE_MAX
    )
    return await _compose(uow, queued, rulebook=rulebook, now=now)


async def list_queued(uow: UnitOfWork, *, real_now: datetime) -> list[str]:
    """The declarations that the next message would hold."""
    return await messages.list_queued(uow, real_now=real_now, rows_max=DOCUMENTS_PER_MESSAGE_MAX)


async def compose_list(
    uow: UnitOfWork, *, declaration_id: str, rulebook: Rulebook, now: datetime
) -> None:
    """A message for one list, if it still waits."""
    queued = await messages.lock_queued_list(uow, declaration_id)
    await _compose(uow, queued, rulebook=rulebook, now=now)


async def put_off_list(uow: UnitOfWork, *, declaration_id: str, real_now: datetime) -> None:
    """It cannot be composed as it is: the others go before it for a while."""
    await messages.put_off(uow, declaration_id, until=real_now + _PUT_OFF)


async def _compose(
    uow: UnitOfWork, queued: Sequence[QueuedList], *, rulebook: Rulebook, now: datetime
) -> int:
    if not queued:
        return 0

    submissions = [submission_of(one, rulebook=rulebook, now=now) for one in queued]
    message = compose(
        CEB603,
        [submission.document for submission in submissions],
        [submission.declaration_id for submission in submissions],
        parties=rulebook.parties,
    )

    await messages.insert_message(uow, message, now=now)
    await messages.mark_composed(uow, submissions, guid=message.guid)
    return len(submissions)


async def deliver_messages(
    uow: UnitOfWork, *, single_window: SingleWindow, now: datetime, limit: int
) -> int:
    """Writes composed messages to the folder and returns how many. Files first, commit after:
    killed in between, the same files are written again.
    """
    unwritten = await messages.lock_unwritten(uow, rows_max=limit)
    if not unwritten:
        return 0
    lists = [one for one in unwritten if one.message_type == CEB603.message_type]
    reports = [one for one in unwritten if one.message_type == CEB509.message_type]
    list_ids = [declaration_id for one in lists for declaration_id in one.declaration_ids]
    submitted = await messages.lock_submitted(uow, list_ids) if list_ids else []

    changes = [after_submission(declaration, now=now) for declaration in submitted]
    announcements = [one.announcement for one in changes if one.announcement is not None]

    for message in unwritten:
        await asyncio.to_thread(single_window.deliver, message.guid, message.body)
        await record_delivery(
            uow,
            guid=message.guid,
            message_type=message.message_type,
            body=message.body,
            door="folder",
            now=now,
        )
    await messages.mark_written(uow, [message.guid for message in unwritten], now=now)
    if changes:
        await messages.save_submissions(uow, changes, now=now)
        announce(uow, announcements, declaration_event, now=now)
    if reports:
        await departures.mark_written(
            uow,
            guids=[report.guid for report in reports],
            declaration_ids=[one for report in reports for one in report.declaration_ids],
            now=now,
        )
    metrics.count_messages(
        uow, [message.message_type for message in unwritten], submitted=len(announcements)
    )
    return len(unwritten)
