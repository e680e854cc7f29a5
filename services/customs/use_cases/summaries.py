"""Month's summaries of released lists: previewed, applied for, and what customs made of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.documents.fold import fold_document
from services.customs.domain.evidence.entries import About, ActKind
from services.customs.domain.messages.senders import Sender
from services.customs.domain.receipts.summary_result import SummaryResult
from services.customs.domain.summaries.errors import (
    MonthNotOver,
)
from services.customs.domain.summaries.grouping import (
    Group,
    ReleasedList,
    SummaryFlag,
    draw_applications,
    group_lists,
)
from services.customs.domain.summaries.month import Age, Month
from services.customs.domain.summaries.reconciling import (
    Declared,
    LineKey,
    ReconciledLine,
    declared,
    reconcile,
)
from services.customs.domain.summaries.replacing import require_replaceable
from services.customs.repository import summaries as repository
from services.customs.repository.documents import stored as documents
from services.customs.repository.summaries import WaitingList
from services.customs.use_cases.declarations.loading import load_history
from services.customs.use_cases.evidence import record_park_act
from shared.db import Filters, Reader, UnitOfWork, Window

# Of one request, so that it ends. The next one takes those that are left.
LISTS_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Preview:
    """`lists`: those that would be summarised. `without_number`: released, but invtNo has not come.
    `not_released`: sent in the month, and customs still has them. `is_complete`: these are all.
    """

    month: Month
    age: Age
    lists: tuple[ReleasedList, ...]
    groups: tuple[Group, ...]
    without_number: int
    not_released: int
    is_complete: bool


async def preview(reader: Reader, *, month: Month, flag: SummaryFlag, now: datetime) -> Preview:
    waiting = await repository.list_waiting(reader, month, replaces=None, rows_max=LISTS_MAX)
    lists = tuple(one for one in waiting if one.invt_no)
    return Preview(
        month=month,
        age=month.age(now),
        lists=lists,
        groups=group_lists(lists, flag),
        without_number=len(waiting) - len(lists),
        not_released=await repository.count_not_released(reader, month),
        is_complete=len(waiting) < LISTS_MAX,
    )


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """`month`: in which it was released, and which summary it is for."""

    waiting: WaitingList
    month: Month
    age: Age


async def list_waiting(
    reader: Reader, window: Window, *, month: Month | None, filters: Filters, now: datetime
) -> list[WaitingRow]:
    """Released lists in no summary, the oldest first."""
    released = {
        "released_from": month.begins_at if month else None,
        "released_to": month.ends_at if month else None,
    }
    found = await repository.page_of_waiting(reader, window, {**filters, **released})
    months = [Month.of(one.released_at) for one in found]
    return [WaitingRow(one, of, of.age(now)) for one, of in zip(found, months, strict=True)]


async def apply_for(
    uow: UnitOfWork,
    *,
    month: Month,
    flag: SummaryFlag,
    replaces: str | None,
    sender: Sender,
    by: str,
    now: datetime,
    real_now: datetime,
) -> list[str]:
    """Draws up the summaries of a month; they may leave at once, by the client of `sender`. They
    name the enterprises of their lists. Returns their ids, none if no list waits.

    Raises MonthNotOver, Invalid; DocumentUnderWay where customs may still enter `replaces`.
    """
    if now < month.ends_at:
        raise MonthNotOver(month=str(month), due_on=month.due_on.isoformat())
    if replaces is not None:
        await _lock_replaceable(uow, replaces)
    # Locked, then read again: what another request has taken meanwhile waits no more.
    for _ in range(2):
        waiting = await repository.list_waiting(uow, month, replaces=replaces, rows_max=LISTS_MAX)
        await repository.lock_lists(uow, [one.id for one in waiting])
    lists = [one for one in waiting if one.invt_no]

    applications = draw_applications(
        lists, flag, replaces=replaces, sender=sender, real_now=real_now
    )

    await documents.insert_documents(uow, [one.document for one in applications], now=now)
    await repository.insert_lists(uow, applications, month=month)
    if replaces is not None and applications:
        await documents.mark_replaced(uow, [replaces], now=now)
    for one in applications:
        await record_park_act(
            uow,
            about=About.DOCUMENT,
            name=one.document.id,
            act=ActKind.SUMMARISE,
            actor=by,
            detail={"number": one.document.drawn.number, "month": str(month), "replaces": replaces},
            now=now,
        )
    return [one.document.id for one in applications]


async def _lock_replaceable(uow: UnitOfWork, summary_id: str) -> None:
    """Raises Invalid, DocumentUnderWay."""
    is_there = await repository.is_there(uow, summary_id)
    stored = await documents.lock_with_declarations(uow, {summary_id: None} if is_there else {})
    history, _ = await load_history(uow, stored)
    states = [fold_document(history.facts_of(one)) for one in stored]
    require_replaceable(summary_id, states[0] if states else None)


@dataclass(frozen=True, slots=True)
class RecordedResult:
    """`is_matched`: its summary is known here."""

    id: str
    is_matched: bool
    is_new: bool


async def record_results(
    uow: UnitOfWork, *, digest: str, results: Sequence[SummaryResult], now: datetime
) -> list[RecordedResult]:
    """In their order. Results of unknown summaries are kept, too: sumNo may come later."""
    known = await repository.known_sum_nos(uow, sorted({one.sum_no for one in results}))
    recorded = []
    for one in results:
        is_new = await repository.insert_result(uow, one, digest=digest, now=now)
        result_id = f"{one.sum_no}/{one.decl_seq_no}/{one.part}"
        recorded.append(RecordedResult(result_id, one.sum_no in known, is_new))
    return recorded


@dataclass(frozen=True, slots=True)
class Reconciliation:
    lines: tuple[ReconciledLine, ...]
    declarations: tuple[Declared, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(line.status for line in self.lines)


async def reconcile_summary(
    reader: Reader, *, summary_id: str, sum_no: str | None
) -> Reconciliation:
    results = await repository.results_of(reader, sum_no) if sum_no else []
    expected = [
        (
            LineKey(one.invt_no, line.get("gnum") or ""),
            line.get("gcode") or "",
            one.said("logisticsNo"),
        )
        for one in await repository.lists_of(reader, summary_id)
        for line in one.content.lines
    ]
    return Reconciliation(reconcile(expected, results), declared(results))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Released lists in no summary, by how pressing it is. `due_at`: the end of the day by which
    those of months that are over must be in one; None: there are none of them.
    """

    lists: Counter[Age]
    due_at: datetime | None


async def waiting_by_age(reader: Reader, *, now: datetime) -> Waiting:
    months = Counter(Month.of(at) for at in await repository.waiting_since(reader))
    lists: Counter[Age] = Counter()
    for month, count in months.items():
        lists[month.age(now)] += count
    over = [month.due_at for month in months if month.age(now) != "later"]
    return Waiting(lists, min(over, default=None))
