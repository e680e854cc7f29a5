"""What documents say, as far as a decision needs it."""

from collections.abc import Sequence
from typing import Final

from services.customs.domain.documents.content import ContentJson, content_from_json
from services.customs.domain.messages.document import Document
from shared.db import TEXTS, UnitOfWork, sql


def _content(document_id: str, content: ContentJson) -> tuple[str, tuple[Document, ...]]:
    return document_id, content_from_json(content)


_CONTENTS: Final = sql(
    "SELECT id AS document_id, content FROM customs.documents WHERE id = ANY(:ids)",
    _content,
    ids=TEXTS,
)


async def contents_of(
    uow: UnitOfWork, document_ids: Sequence[str]
) -> dict[str, tuple[Document, ...]]:
    """What each document says."""
    return dict(await uow.fetch_all(_CONTENTS, ids=document_ids))
