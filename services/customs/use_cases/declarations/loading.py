"""A dossier with its documents, what was sent of them and what was answered."""

from collections.abc import Container, Mapping, Sequence

from services.customs.domain.declarations.case import BEFORE_LIST
from services.customs.domain.declarations.dossier import Dossier, DossierFile, files_of
from services.customs.domain.documents.correlation import KeptReceipt
from services.customs.domain.documents.document import Attempt
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.stored import (
    DocumentHistory,
    StoredDocument,
    group_by_number,
    numbers_of,
)
from services.customs.domain.messages.document import Document
from services.customs.repository import receipts
from services.customs.repository.documents import stored as documents
from services.customs.repository.documents.contents import contents_of
from shared.db import UnitOfWork


async def load_files(
    uow: UnitOfWork,
    dossiers: Sequence[Dossier],
    *,
    for_cancellation: bool = False,
    for_step: bool = False,
) -> list[DossierFile]:
    """The dossiers are locked; so are their documents then. In the order of the dossiers.
    `for_cancellation`: somebody is about to ask for it. `for_step`: documents may be drawn up
    although the list has left.
    """
    ids = [dossier.subject.id for dossier in dossiers if dossier.list_id]
    stored = await documents.lock_of_declarations(uow, ids) if ids else []
    history, _ = await load_history(uow, stored)
    heads = await load_heads(uow, dossiers, stored, for_cancellation=for_cancellation)
    list_ids = {dossier.list_id for dossier in dossiers}
    left = {one.declaration_id for one in stored if one.id in list_ids and one.attempts}
    contents = await _load_contents(uow, stored, without=set() if for_step else left)
    return files_of(dossiers, stored, history, heads, contents)


async def _load_contents(
    uow: UnitOfWork, stored: Sequence[StoredDocument], *, without: Container[str | None]
) -> Mapping[str, tuple[Document, ...]]:
    """Of what has left before the list: what is drawn up anew is compared with it. `without`:
    declarations of which nothing is drawn up.
    """
    before = [one for one in stored if one.kind in BEFORE_LIST and one.attempts]
    ids = [one.id for one in before if one.declaration_id not in without]
    return await contents_of(uow, ids) if ids else {}


async def load_heads(
    uow: UnitOfWork,
    dossiers: Sequence[Dossier],
    stored: Sequence[StoredDocument],
    *,
    for_cancellation: bool = False,
) -> Mapping[str, Mapping[str, str]]:
    """Of the lists that customs may have to cancel. `stored`: the documents of the dossiers."""
    ids = {
        one.list_id
        for one in dossiers
        if one.list_id and (for_cancellation or one.unwanted_since is not None)
    }
    lists = [one for one in stored if one.kind is DocumentKind.LIST]
    with_several = {one.declaration_id for one in lists if one.replaces}
    ids |= {one.id for one in lists if one.attempts and one.declaration_id in with_several}
    return await documents.heads_of(uow, sorted(ids)) if ids else {}


async def load_history(
    uow: UnitOfWork, stored: Sequence[StoredDocument]
) -> tuple[DocumentHistory, list[KeptReceipt]]:
    """What was sent of the documents, and what was answered."""
    if not stored:
        return DocumentHistory(), []
    attempts = await load_attempts(uow, stored)
    kept = await receipts.receipts_by_number(uow, numbers_of(stored, attempts))
    return DocumentHistory(attempts, group_by_number(one.receipt for one in kept)), kept


async def load_attempts(
    uow: UnitOfWork, stored: Sequence[StoredDocument]
) -> dict[str, tuple[Attempt, ...]]:
    uploaded = [one.id for one in stored if one.attempts]
    return await documents.attempts_of(uow, uploaded) if uploaded else {}
