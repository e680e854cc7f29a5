"""Evidence: blocks for partners who note them, and what a package about a declaration is made of.

A message is the park's: it holds documents of many merchants. Whose declaration it is is asked
first, under the caller's tenant; the rest is read for the park, and domain/evidence/package decides
what of it is shown.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.errors import DeclarationNotFound
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.evidence.chain import Block
from services.customs.domain.evidence.entries import About, EntryKind, park_subject
from services.customs.domain.evidence.errors import BlockNotFound
from services.customs.domain.evidence.ownership import EvidencedDocument, own_numbers
from services.customs.domain.evidence.package import ReceiptClaim, SealedEntry
from services.customs.domain.evidence.pieces import OwnNumber
from services.customs.queries.declarations.files import DOCUMENTS_OF_DECLARATION
from shared.db import BIGINT, TEXT, TEXTS, Listing, Reader, Window, array_of, sql
from shared.db.types import INTEGER
from shared.kernel.identity import PARK


@dataclass(frozen=True, slots=True)
class BlockView:
    number: int
    previous: bytes
    skip: bytes
    root: bytes
    entries: int
    sealed_at: datetime
    hash: bytes


@dataclass(frozen=True, slots=True)
class EvidencedDeclaration:
    id: str
    house_waybill: str | None


@dataclass(frozen=True, slots=True)
class Leaf:
    block: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class UnsealedEntries:
    """`since`: when the oldest was recorded."""

    entries: int
    since: datetime | None


def _entry(  # noqa: PLR0917 - a row's columns
    entry_id: str,
    kind: str,
    subject: str,
    content: bytes,
    secret: bytes | None,
    block: int,
    place: int,
) -> SealedEntry:
    return SealedEntry(entry_id, EntryKind(kind), subject, content, secret, block, place)


def _document(
    document_id: str, kind: str, party_code: str, number: str, invt_no: str | None
) -> EvidencedDocument:
    return EvidencedDocument(document_id, DocumentKind(kind), party_code, number, invt_no)


def _block(  # noqa: PLR0917 - a row's columns
    number: int, previous: bytes, skip: bytes, root: bytes, entries: int, sealed_at: datetime
) -> Block:
    return Block(number, previous, skip, root, entries, sealed_at)


_COLUMNS: Final = "number, previous, skip, root, entries, sealed_at"

_BLOCKS: Final = Listing(
    f"SELECT {_COLUMNS}, hash FROM customs.evidence_blocks",  # noqa: S608 - constants
    BlockView,
    order_by="number DESC",
    after="number < :after_number",
    after_number=BIGINT,
)

_HEAD: Final = sql(
    f"SELECT {_COLUMNS}, hash FROM customs.evidence_blocks ORDER BY number DESC LIMIT 1",  # noqa: S608 - constants
    BlockView,
)

_SOME_BLOCKS: Final = sql(
    f"""
    SELECT {_COLUMNS} FROM customs.evidence_blocks WHERE number = ANY(:numbers)
    ORDER BY number DESC
    """,  # noqa: S608 - constants
    _block,
    numbers=array_of(BIGINT),
)

_UNSEALED: Final = sql(
    """
    SELECT count(*) AS entries, min(recorded_at) AS since FROM (
        SELECT recorded_at FROM customs.evidence_entries WHERE block_number IS NULL
        ORDER BY id LIMIT :at_most) counted
    """,
    UnsealedEntries,
    at_most=INTEGER,
)

_DECLARATION: Final = sql(
    f"""
    SELECT id, waybill ->> 'house_waybill' AS house_waybill
    FROM customs.declarations WHERE id = :id AND (:tenant = '{PARK}' OR tenant_id = :tenant)
    """,  # noqa: S608 - constants
    EvidencedDeclaration,
    id=TEXT,
    tenant=TEXT,
)

_DOCUMENTS: Final = sql(
    f"""
    SELECT id AS document_id, kind, party_code, number, invt_no
    FROM customs.documents
    WHERE id IN ({DOCUMENTS_OF_DECLARATION}) ORDER BY id
    """,  # noqa: S608 - constants
    _document,
    id=TEXT,
)

# The messages that took them to the port.
_SENT: Final = sql(
    """
    SELECT DISTINCT a.message_guid FROM customs.attempts AS a
    JOIN customs.outgoing_messages AS m ON m.guid = a.message_guid
    WHERE a.document_id = ANY(:documents) AND m.status = 'delivered'
    """,
    str,
    documents=TEXTS,
)

# What was said about it, about a document of it, or about a whole message that it was in.
_RECEIPTS: Final = sql(
    """
    SELECT inbound_digest AS digest, number, return_status, return_time
    FROM customs.receipts
    WHERE declaration_id = :id OR document_id = ANY(:documents)
       OR (number = ANY(:guids) AND message_type = 'CEB900')
    ORDER BY return_time, number, return_status, message_type, part, party_code, info_hash
    """,
    ReceiptClaim,
    id=TEXT,
    documents=TEXTS,
    guids=TEXTS,
)

# What customs made of the summaries that its lists are in, as far as it is about these lists.
_RESULTS: Final = sql(
    """
    SELECT DISTINCT r.inbound_digest FROM customs.documents AS x
    JOIN customs.summary_results AS r ON r.sum_no = x.sum_no
    CROSS JOIN jsonb_array_elements(r.content -> 'lines') AS line
    WHERE x.id = ANY(:documents) AND x.kind = 'summary' AND line ->> 0 = ANY(:invt_nos)
    """,
    str,
    documents=TEXTS,
    invt_nos=TEXTS,
)

_ENTRIES: Final = sql(
    """
    SELECT id AS entry_id, kind, subject, content, secret, block_number AS block, place
    FROM customs.evidence_entries
    WHERE subject = ANY(:subjects) AND block_number IS NOT NULL ORDER BY block_number, place
    """,
    _entry,
    subjects=TEXTS,
)

_WAITING: Final = sql(
    """
    SELECT count(*) FROM customs.evidence_entries
    WHERE subject = ANY(:subjects) AND block_number IS NULL
    """,
    int,
    subjects=TEXTS,
)

_LEAVES: Final = sql(
    """
    SELECT block_number AS block, leaf FROM customs.evidence_entries
    WHERE block_number = ANY(:blocks) ORDER BY block_number, place
    """,
    Leaf,
    blocks=array_of(BIGINT),
)

_BODY: Final = sql("SELECT body FROM customs.outgoing_messages WHERE guid = :guid", str, guid=TEXT)

_RAW: Final = sql(
    "SELECT raw FROM customs.inbound_messages WHERE digest = :digest", bytes, digest=TEXT
)


async def list_blocks(reader: Reader, window: Window) -> list[BlockView]:
    """Newest first."""
    return await _BLOCKS.page(reader, window)


async def get_head(reader: Reader) -> BlockView:
    """The newest block."""
    head = await reader.fetch_first(_HEAD)
    assert head is not None
    return head


async def count_unsealed(reader: Reader, *, at_most: int) -> UnsealedEntries:
    """The oldest of them."""
    found = await reader.fetch_first(_UNSEALED, at_most=at_most)
    assert found is not None
    return found


async def get_declaration(reader: Reader, *, declaration_id: str) -> EvidencedDeclaration:
    """Raises DeclarationNotFound, also if it is another tenant's."""
    found = await reader.fetch_first(_DECLARATION, id=declaration_id, tenant=reader.tenant)
    if found is None:
        raise DeclarationNotFound(declaration_id=declaration_id)
    return found


@dataclass(frozen=True, slots=True)
class Dossier:
    """What there is about a declaration: by which numbers messages name it, sealed entries in the
    order of the chain, the receipts, the leaves of the blocks. `pending`: facts that are not
    sealed.
    """

    numbers: tuple[OwnNumber, ...]
    entries: list[SealedEntry]
    receipts: list[ReceiptClaim]
    leaves: dict[int, list[bytes]]
    pending: int


async def read_dossier(reader: Reader, declaration: EvidencedDeclaration) -> Dossier:
    """For the park: of messages that others share."""
    documents = await reader.fetch_all(_DOCUMENTS, id=declaration.id)
    numbers = own_numbers(documents, house_waybill=declaration.house_waybill)
    ids = [document.id for document in documents]
    sent = await reader.fetch_values(_SENT, documents=ids)
    receipts = await reader.fetch_all(_RECEIPTS, id=declaration.id, documents=ids, guids=sent)
    invt_nos = [one.invt_no for one in documents if one.invt_no]
    results = await reader.fetch_values(_RESULTS, documents=ids, invt_nos=invt_nos)
    messages = {*sent, *results, *(one.digest for one in receipts)}
    # Acts on the declaration, and on the documents that it shares with others.
    acts = [declaration.id, *(park_subject(About.DOCUMENT, one) for one in ids)]
    entries = await reader.fetch_all(_ENTRIES, subjects=[*messages, *acts])
    waiting = await reader.fetch_value(_WAITING, subjects=acts) or 0
    unsealed = messages - {one.subject for one in entries}
    leaves: dict[int, list[bytes]] = {}
    for one in await reader.fetch_all(_LEAVES, blocks=sorted({one.block for one in entries})):
        leaves.setdefault(one.block, []).append(one.leaf)
    return Dossier(numbers, entries, receipts, leaves, waiting + len(unsealed))


async def read_blocks(reader: Reader, *, numbers: Collection[int]) -> list[Block]:
    """Latest first. Raises BlockNotFound."""
    found = await reader.fetch_all(_SOME_BLOCKS, numbers=sorted(numbers))
    if missing := set(numbers) - {block.number for block in found}:
        raise BlockNotFound(number=max(missing))
    return found


async def read_message(reader: Reader, entry: SealedEntry) -> bytes | None:
    """The bytes as they are kept. None: it is no message, or it is not there any more."""
    if entry.kind is EntryKind.DELIVERED:
        body = await reader.fetch_value(_BODY, guid=entry.subject)
        return None if body is None else body.encode()
    if entry.kind is EntryKind.RECEIVED:
        return await reader.fetch_value(_RAW, digest=entry.subject)
    return None
