"""What uploads and answers make of documents and of their declarations."""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.customs.domain.declarations.deciding import answered
from services.customs.domain.declarations.dossier import Dossier, files_of
from services.customs.domain.documents.chains import is_entered
from services.customs.domain.documents.changing import (
    DocumentChange,
    answered_document,
    new_marks,
)
from services.customs.domain.documents.correlation import KeptReceipt
from services.customs.domain.documents.stored import DocumentHistory, StoredDocument
from services.customs.repository import lanes, receipts
from services.customs.repository.documents import stored as documents
from services.customs.use_cases import metrics
from services.customs.use_cases.declarations.loading import load_heads
from services.customs.use_cases.declarations.saving import save_dossiers
from shared.db import UnitOfWork


async def settle(
    uow: UnitOfWork,
    *,
    dossiers: Sequence[Dossier],
    stored: Sequence[StoredDocument],
    history: DocumentHistory,
    kept: Sequence[KeptReceipt],
    touched: Collection[str],
    now: datetime,
    real_now: datetime,
) -> list[DocumentChange]:
    """`stored`: all documents of the dossiers, and those that cover many. Only what has a `touched`
    document changes. All of them are locked. Returns how the documents changed.
    """
    heads = await load_heads(uow, dossiers, stored)
    files = [
        file
        for file in files_of(dossiers, stored, history, heads)
        if any(document.id in touched for document in file.documents)
    ]
    ids = [file.dossier.subject.id for file in files]
    parcels = await lanes.parcels_of(uow, ids) if ids else {}

    decided = [
        answered(file, parcel=parcels.get(file.dossier.subject.id), now=now, real_now=real_now)
        for file in files
    ]
    own = [
        answered_document(one, history.facts_of(one), now=now, real_now=real_now)
        for one in stored
        if one.declaration_id is None and one.id in touched
    ]

    await save_dossiers(uow, files, [one.change for one in decided], now=now)
    if own:
        await documents.save_changes(uow, [one.change for one in own])
    late = [one.change.id for one in own if one.state.is_replaced and is_entered(one.state)]
    if late:
        await documents.take_back_replacements(uow, late, now=now)
    states = [state for one in decided for state in one.states] + [one.state for one in own]
    marks = new_marks(kept, states)
    if marks:
        await receipts.save_marks(uow, marks)
        metrics.count_marks(uow, marks.values())
    changes = [change for one in decided for change in one.change.documents]
    return [*changes, *(one.change for one in own)]
