"""Receipts, up to 100 at a time: stored once each, folded into the documents that they answer, and
these into their declarations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.customs.domain.documents.correlation import (
    add_repetitions,
    match_receipts,
    touched_documents,
)
from services.customs.domain.documents.stored import (
    DocumentHistory,
    group_by_number,
    numbers_of,
)
from services.customs.domain.doors.answers import answers_of
from services.customs.domain.receipts.receipt import FORMAT_RECEIPT, Receipt
from services.customs.domain.receipts.retry import Retry, retry_class
from services.customs.repository import declarations, receipts, signing
from services.customs.repository.documents import stored as documents
from services.customs.use_cases import metrics
from services.customs.use_cases.declarations.loading import load_attempts
from services.customs.use_cases.declarations.settling import settle
from services.customs.use_cases.doors import note_answers
from shared.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class RecordedReceipt:
    """`is_matched`: the document that it answers is known here."""

    id: str
    is_matched: bool
    is_new: bool


async def record_receipts(
    uow: UnitOfWork,
    *,
    digest: str,
    received: Sequence[Receipt],
    is_repetition: bool = True,
    now: datetime,
    real_now: datetime,
) -> list[RecordedReceipt]:
    """In the order of `received`; `digest` names the message they came in. Repetition and order of
    arrival make no difference; receipts of unknown documents are kept. `is_repetition`: those that
    are known have come again, which is counted. Runs for the whole park.
    """
    if not received:
        return []
    owners = await _owners(uow, received)
    dossiers = await declarations.lock_dossiers(uow, sorted(set(filter(None, owners.values()))))
    stored = await documents.lock_with_declarations(uow, owners)
    attempts = await load_attempts(uow, stored)
    matched = match_receipts(received, stored, attempts)
    new = await receipts.insert_receipts(
        uow, matched.values(), digest=digest, is_repetition=is_repetition, now=now
    )
    numbers = {*numbers_of(stored, attempts), *(receipt.key.number for receipt in received)}
    found = await receipts.receipts_by_number(uow, sorted(numbers))
    kept, completed = add_repetitions(found, received, attempts)
    if completed:
        await receipts.save_completed(uow, completed)
    history = DocumentHistory(attempts, group_by_number(one.receipt for one in kept))
    telling = [*(matched[one].receipt for one in new), *(one.receipt for one in completed)]
    touched = touched_documents(stored, history, telling)

    changes = await settle(
        uow,
        dossiers=dossiers,
        stored=stored,
        history=history,
        kept=kept,
        touched=touched,
        now=now,
        real_now=real_now,
    )
    at_fault = [one.id for one in changes if one.retry is Retry.SECURITY]
    if at_fault:
        await signing.complain(uow, at_fault, reason=_words(received), now=now)
    heard = [matched[identity] for identity in new]
    metrics.count_receipts(uow, heard, changes)
    await note_answers(uow, answers_of(heard, attempts), real_now=real_now)
    ids = {one.receipt.identity: one.id for one in kept}
    return [
        RecordedReceipt(
            id=ids[identity],
            is_matched=matched[identity].document is not None,
            is_new=identity in new,
        )
        for identity in (receipt.identity for receipt in received)
    ]


def _words(received: Sequence[Receipt]) -> str:
    """What customs says is wrong with a signature."""
    return next(
        (
            f"{one.return_status} {one.return_info}".strip()
            for one in received
            if retry_class(one.return_status, one.return_info) is Retry.SECURITY
        ),
        "customs found fault with its signature",
    )


async def _owners(uow: UnitOfWork, received: Sequence[Receipt]) -> dict[str, str | None]:
    """The documents that the receipts may be about, and the declarations of these."""
    numbers = sorted({one.key.number for one in received if one.message_type != FORMAT_RECEIPT})
    guids = sorted({one.key.number for one in received if one.message_type == FORMAT_RECEIPT})
    found = await documents.owners_by_number(uow, numbers) if numbers else []
    if guids:
        found += await documents.owners_by_message(uow, guids)
    return dict(found)
