"""After the storm: what customs stored, against what the port was sent, what it handed over, and
what the oracle makes of both.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from deploy.bench.storm.expected import ExpectedDeclaration, KnownFacts
from deploy.bench.storm.oracle import oracle_state
from deploy.bench.storm.park import Park
from deploy.bench.storm.port import Number
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.kinds import RECEIPT_TYPE, DocumentKind
from services.customs.domain.receipts.receipt import (
    FORMAT_RECEIPT,
    DocumentKey,
    ReceiptIdentity,
)
from shared.db import sql
from shared.kernel.identity import PARK

_DECIDED: Final = {
    *("released", "closed", "returned", "rejected_technical", "cancelled", "withdrawn"),
}
_BEFORE_LIST: Final = (DocumentKind.ORDER, DocumentKind.PAYMENT, DocumentKind.WAYBILL)
# Whom a list that is not decided waits for. What is not here waits for nobody: it is stranded.
_WAITS_FOR: Final = {
    "transmitted": "an answer of the port",
    "staged": "an answer of the port",
    "declaring": "an answer of the port",
    "sent": "customs",
    "accepted": "customs",
    "manual_review": "customs",
    "inspection": "customs",
    "concluded": "customs",
    "cancel_requested": "customs",
}


@dataclass(frozen=True)
class _Declaration:
    id: str
    order_id: str
    list_id: str | None
    phase: str
    status: str
    channel: str | None


@dataclass(frozen=True)
class _Document:
    id: str
    declaration_id: str | None
    kind: str
    party_code: str
    number: str
    replaces: str | None
    about: str | None
    phase: str


@dataclass(frozen=True)
class _StoredReceipt:
    message_type: str
    party_code: str
    number: str
    part: int
    return_status: str
    return_time: datetime
    info_hash: str
    mark: str | None
    times: int

    @property
    def identity(self) -> ReceiptIdentity:
        key = DocumentKey(self.party_code, self.number, self.part)
        return (self.message_type, key, self.return_status, self.return_time, self.info_hash)


_DECLARATIONS: Final = sql(
    "SELECT id, order_id, list_id, phase, status, channel FROM customs.declarations", _Declaration
)
_DOCUMENTS: Final = sql(
    """
    SELECT id, declaration_id, kind, party_code, number, replaces, about, phase
    FROM customs.documents ORDER BY id
    """,
    _Document,
)
_RECEIPTS: Final = sql(
    """
    SELECT message_type, party_code, number, part, return_status, return_time, info_hash, mark,
           times
    FROM customs.receipts
    """,
    _StoredReceipt,
)
_GUIDS: Final = sql("SELECT guid FROM customs.attempts", str)


@dataclass
class Outcome:
    """`differing`: everything that is not as it must be."""

    lists: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    documents: int = 0
    receipts: int = 0
    handed: int = 0
    messages: int = 0
    uploads: int = 0
    refusals: int = 0
    seconds: float = 0.0
    differing: list[str] = field(default_factory=list)


async def compare(park: Park) -> Outcome:
    async with park.db.transaction(PARK) as uow:
        declarations = await uow.fetch_all(_DECLARATIONS)
        documents = await uow.fetch_all(_DOCUMENTS)
        receipts = await uow.fetch_all(_RECEIPTS)
        guids = set(await uow.fetch_values(_GUIDS))
    found = Outcome(documents=len(documents), receipts=len(receipts), messages=park.told.messages)
    found.handed = park.told.codes.total()
    found.uploads = sum(map(len, park.port.uploads.values()))
    found.refusals = park.port.refusals
    asked = {one.id for one in declarations if one.order_id in park.asked}
    facts = {
        one.id: _facts(park, one, is_unwanted=one.declaration_id in asked) for one in documents
    }
    _compare_uploads(park, documents, guids, found)
    _compare_receipts(park, facts.values(), receipts, found)
    for one in documents:
        expected = oracle_state(facts[one.id]).phase
        if one.phase != expected:
            found.differing.append(f"{one.kind} {one.number} is {one.phase}, not {expected}")
    by_declaration: defaultdict[str | None, list[_Document]] = defaultdict(list)
    for one in documents:
        by_declaration[one.declaration_id].append(one)
    _compare_declarations(park, declarations, by_declaration, facts, found)
    return found


def _facts(park: Park, document: _Document, *, is_unwanted: bool) -> DocumentFacts:
    """From what the port knows; of the database only how documents hang together. `is_unwanted`:
    its order was cancelled."""
    kind = DocumentKind(document.kind)
    about: Number = (kind, document.number)
    uploads = park.port.uploads.get(about, [])
    key = DocumentKey(document.party_code, document.number)
    receipts = [
        one
        for one in park.told.variants.get(document.number, ())
        if one.message_type == RECEIPT_TYPE[kind] and one.key == key
    ]
    for guid in dict.fromkeys(one.message_guid for one in uploads):
        refused = park.told.variants.get(guid, ())
        receipts += (one for one in refused if one.message_type == FORMAT_RECEIPT)
    return DocumentFacts(
        id=document.id,
        kind=kind,
        key=key,
        version=1,
        parts=1,
        replaces=document.replaces,
        is_dropped=is_unwanted and not uploads and kind in (DocumentKind.LIST, *_BEFORE_LIST),
        attempts=tuple(uploads),
        receipts=tuple(receipts),
        about=document.about,
    )


def _compare_uploads(
    park: Park, documents: Sequence[_Document], guids: set[str], found: Outcome
) -> None:
    """What was composed left, and what left is known here."""
    left = {one.guid for tried in park.port.uploads.values() for one in tried}
    found.differing += (f"upload {guid} never left" for guid in guids - left)
    found.differing += (f"upload {guid} is not known here" for guid in left - guids)
    ours = {(DocumentKind(one.kind), one.number) for one in documents}
    found.differing += (f"{kind} {no} is not kept" for kind, no in park.port.uploads.keys() - ours)


def _compare_receipts(
    park: Park, facts: Iterable[DocumentFacts], stored: Sequence[_StoredReceipt], found: Outcome
) -> None:
    """Each stored once, as often as it came, with the mark of the oracle. What is said of a whole
    message is marked by what it did to any of its documents."""
    marks: defaultdict[ReceiptIdentity, set[str | None]] = defaultdict(set)
    for one in facts:
        for identity, mark in oracle_state(one).marks.items():
            marks[identity].add(mark)
    rows: Counter[ReceiptIdentity] = Counter(one.identity for one in stored)
    for identity in park.told.times.keys() - rows.keys():
        found.differing.append(f"a receipt was lost: {identity}")
    for row in stored:
        found.marks[row.mark or "no document"] += 1
        identity, came = row.identity, park.told.times[row.identity]
        if rows[identity] > 1:
            found.differing.append(f"a receipt is stored {rows[identity]} times: {identity}")
        if row.times != came:
            found.differing.append(f"a receipt came {came} times, not {row.times}: {identity}")
        expected = marks.get(identity, {None})
        if row.mark not in expected:
            found.differing.append(f"a receipt is {row.mark}, not {expected}: {identity}")


def _compare_declarations(
    park: Park,
    declarations: Sequence[_Declaration],
    documents: Mapping[str | None, Sequence[_Document]],
    facts: Mapping[str, DocumentFacts],
    found: Outcome,
) -> None:
    orders = {one.order_id for one in declarations}
    found.differing += (f"{o.order_id} is lost" for o in park.orders if o.order_id not in orders)
    for one in declarations:
        if one.list_id is None:
            found.differing.append(f"{one.id} has no list: {one.status}")
            continue
        own = [facts[document.id] for document in documents[one.id]]
        predecessors = [it for it in own if it.kind in _BEFORE_LIST]
        expected = ExpectedDeclaration(
            KnownFacts(
                match="complete",
                current=facts[one.list_id],
                cancellations=[
                    it
                    for it in own
                    if it.kind is DocumentKind.CANCELLATION and it.about in (None, one.list_id)
                ],
                predecessors=predecessors,
                is_cancel_asked=one.order_id in park.asked,
            )
        )
        # Of what is taken back, the phase of its list matters no more.
        is_over = expected.status in ("withdrawn", "cancelled")
        phase = expected.status if is_over else expected.phase
        stored, meant = (one.phase, one.status), (phase, expected.status)
        if stored != meant:
            found.differing.append(f"{one.id} is {stored}, not {meant}")
        if one.channel != expected.channel:
            found.differing.append(f"{one.id} is in {one.channel}, not {expected.channel}")
        found.lists[one.status] += 1
        if one.status in _DECIDED:
            continue
        reason = _WAITS_FOR.get(one.status) or _waits_for_another(predecessors)
        found.waiting[reason or "nobody"] += 1
        if reason is None:
            found.differing.append(f"{one.id} is stranded: {one.status}")


def _waits_for_another(predecessors: Iterable[DocumentFacts]) -> str | None:
    """A list that is queued waits for what customs has to accept before it."""
    missing = [it.kind.value for it in predecessors if oracle_state(it).phase != "accepted"]
    return f"customs to accept the {missing[0]}" if missing else None
