"""What a return is decided on: the list that the goods left with, and the returns there are."""

from datetime import datetime
from typing import Final

from services.customs.domain.documents.content import ContentJson, content_from_json
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.returns.kept import ExportedList, KeptReturn
from shared.db import TEXT, Reader, UnitOfWork, sql


def _exported(  # noqa: PLR0917 - a row's columns
    list_id: str,
    content: ContentJson,
    invt_no: str | None,
    departed_at: datetime | None,
    released_at: datetime | None,
    is_closed: bool,
) -> ExportedList:
    parts = content_from_json(content)
    (part, *_) = (*parts, None)
    return ExportedList(list_id, part, invt_no, departed_at, released_at, is_closed)


_EXPORTED: Final = sql(
    """
    SELECT l.id AS list_id, l.content, l.invt_no, p.departed_at,
           (SELECT min(r.return_time) FROM customs.receipts AS r
            WHERE r.document_id = l.id AND r.return_status IN ('800', '899')) AS released_at,
           l.phase = 'closed' AS is_closed
    FROM customs.declarations AS d
    JOIN customs.documents AS l ON l.id = d.list_id
    LEFT JOIN customs.parcels AS p ON p.declaration_id = d.id
    WHERE d.id = :declaration_id
    """,
    _exported,
    declaration_id=TEXT,
)


def _kept(
    return_id: str, about: str | None, phase: str, replaces: str | None, content: ContentJson
) -> KeptReturn:
    (part,) = content_from_json(content)
    return KeptReturn(return_id, about, DocumentPhase(phase), replaces, part)


_OF_DECLARATION: Final = sql(
    """
    SELECT id AS return_id, about, phase, replaces, content FROM customs.documents
    WHERE declaration_id = :declaration_id AND kind = 'return' ORDER BY id
    """,
    _kept,
    declaration_id=TEXT,
)

_OWNER: Final = sql(
    "SELECT declaration_id FROM customs.documents WHERE id = :id AND kind = 'return'",
    str,
    id=TEXT,
)


async def get_exported(reader: Reader, declaration_id: str) -> ExportedList | None:
    """None: the declaration is not there, or has no list."""
    return await reader.fetch_first(_EXPORTED, declaration_id=declaration_id)


async def returns_of(reader: Reader, declaration_id: str) -> list[KeptReturn]:
    """All there are, in the order in which they were made."""
    return await reader.fetch_all(_OF_DECLARATION, declaration_id=declaration_id)


async def declaration_of(uow: UnitOfWork, return_id: str) -> str | None:
    """Whose it is; None: there is no such return."""
    return await uow.fetch_value(_OWNER, id=return_id)
