"""At no time a list leaves that says something else than the order and the waybill that customs has
then. Orders and bookings change, uploads are accepted, returned, refused or lost at any moment.
What customs has is kept by a port of the test, and not read from our own state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

import pytest

from services.customs.domain.declarations import acts
from services.customs.domain.declarations.acts import Acting
from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.deciding import answered, decide, state_of
from services.customs.domain.declarations.dossier import DossierChange, DossierFile
from services.customs.domain.declarations.errors import StillFaulty
from services.customs.domain.declarations.state import declaration_state
from services.customs.domain.declarations.steps import Step
from services.customs.domain.documents.document import Attempt
from services.customs.domain.documents.kinds import RECEIPT_TYPE, DocumentKind
from services.customs.domain.documents.stored import (
    DocumentHistory,
    StoredDocument,
    group_by_number,
)
from services.customs.domain.documents.uploading import DueDocument, compose_uploads
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.reader import read_documents, read_message
from services.customs.domain.messages.senders import Sender
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from tests.support.customs import NOW, PARTIES, RULEBOOK, a_line, a_waybill, an_order
from tests.support.documents import a_document, a_receipt, at
from tests.support.dossiers import a_dossier, stored

ORDER, WAYBILL, LIST = DocumentKind.ORDER, DocumentKind.WAYBILL, DocumentKind.LIST
SENDS_ALL: Final = replace(RULEBOOK, sends_before=(ORDER, WAYBILL))
PARK: Final = Sender.of_declarant(PARTIES)
# By the names of CEB303, CEB505 and CEB603: what of the list customs compares with which.
OF_LINE: Final = "gnum itemNo qty price totalPrice unit currency".split()
OF_WAYBILL: Final = "logisticsCode logisticsNo grossWeight packNo".split()


def is_same(one: Document, other: Document) -> bool:
    of_upload = {"guid": None, "appTime": None, "appType": None}
    return replace(one, head={**one.head, **of_upload}) == replace(
        other, head={**other.head, **of_upload}
    )


@dataclass
class Customs:
    """`has`: by kind and number, what customs holds; `is_listed`: it has a list. `accepts`: the
    code by which it does so.
    """

    chance: Random
    accepts: str
    has: dict[tuple[DocumentKind, str], Document] = field(default_factory=dict)
    is_listed: bool = False

    def takes(self, kind: DocumentKind, number: str, content: Document) -> list[str]:
        """An upload: the return codes that answer it."""
        is_change = content.head["appType"] == "2"
        there = self.has.get((kind, number))
        if is_change and there is None:
            return ["-301009"]
        if there is not None and is_same(there, content):
            return ["-301010", self.accepts]  # it says once more what it has
        if there is not None and not is_change:
            return ["-301010"]
        if is_change and kind is not LIST and self.is_listed:
            return ["-301011"]
        accepts = "120" if kind is LIST else self.accepts
        refusals = ["100", "-301008", "4"] if kind is not LIST else ["100", "-621000", "4"]
        answer = self.chance.choice([*[accepts] * 7, *refusals])
        if answer in {"120", "399"}:
            self.has[kind, number] = content
            self.is_listed = self.is_listed or kind is LIST
        elif answer == "100":
            self.has.pop((kind, number), None)
            self.is_listed = self.is_listed and kind is not LIST
        return [self.chance.choice(["2", "3"]), answer] if answer[0] != "-" else [answer]


class World:
    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.now: datetime = NOW
        self.customs = Customs(self.chance, self.chance.choice(["120", "399"]))
        self.order = an_order()
        self.contents: dict[str, tuple[Document, ...]] = {}
        self.attempts: dict[str, tuple[Attempt, ...]] = {}
        self.receipts: list[Receipt] = []
        self.words: list[Receipt] = []
        self.waiting: list[tuple[str, Attempt, Document]] = []
        self.lists = 0
        self.changes = 0
        dossier = a_dossier(order=self.order, waybill=a_waybill(self.order))
        self.file = DossierFile(dossier, (), DocumentHistory())
        self.match()

    # --- the service
    def match(self) -> None:
        change = decide(
            self.known(),
            parcel=None,
            rulebook=SENDS_ALL,
            takers={},
            now=self.now,
            real_now=self.now,
        )
        if change is not None:
            self.save(change)

    def settle(self) -> None:
        known = self.known()
        self.save(answered(known, parcel=None, now=self.now, real_now=self.now).change)

    def known(self) -> DossierFile:
        left = {one.id for one in self.file.documents if one.attempts}
        contents = {key: said for key, said in self.contents.items() if key in left}
        history = DocumentHistory(self.attempts, group_by_number(self.receipts))
        return replace(self.file, history=history, contents=contents)

    def save(self, change: DossierChange) -> None:
        dossier = replace(
            self.file.dossier,
            phase=change.phase,
            status=change.status,
            phase_at=change.phase_at,
            list_id=change.list_id,
            cop_no=change.cop_no,
            findings=change.findings,
            repairs=change.repairs,
            rulebook=change.rulebook,
            announced=change.announced,
            version=change.version,
            work=change.work,
        )
        documents = {one.id: one for one in self.file.documents}
        for one in change.documents:
            documents[one.id] = replace(
                documents[one.id],
                phase=one.phase,
                phase_at=one.phase_at,
                send_at=one.send_at,
                pre_no=one.pre_no,
                invt_no=one.invt_no,
            )
        for redrawn in change.redrawn:
            self.contents[redrawn.id] = redrawn.drawn.parts
            documents[redrawn.id] = replace(documents[redrawn.id], version=redrawn.version)
        for new in change.new_documents:
            self.contents[new.id] = new.drawn.parts
            documents[new.id] = stored(new)
        self.file = replace(self.file, dossier=dossier, documents=tuple(documents.values()))

    def compose(self) -> None:
        """What is due goes into messages, which may have to wait for the door."""
        for one in self.file.documents:
            if one.send_at is None or one.send_at > self.now:
                continue
            heard = max((r.return_time for r in self.receipts if one.answers(r)), default=None)
            due = DueDocument(
                one.id,
                one.tenant_id,
                one.kind,
                one.version,
                one.attempts,
                one.app_time,
                heard,
                one.phase,
                one.covers,
                self.contents[one.id],
            )
            (made,) = compose_uploads([due], park=PARK, signs=lambda *_: False, now=self.now)
            (upload,) = made.uploads
            (content,) = read_documents(read_message(made.message.body.encode()))
            assert isinstance(content, Document)
            attempt = Attempt(
                1,
                upload.number,
                upload.version,
                upload.guid,
                upload.message_guid,
                upload.app_time,
                None,
            )
            self.attempts[one.id] = (*self.attempts.get(one.id, ()), attempt)
            self.waiting.append((one.id, attempt, content))
            sent = replace(one, attempts=upload.number, app_time=upload.app_time, send_at=None)
            self.put(sent)
        self.settle()

    def put(self, changed: StoredDocument) -> None:
        documents = tuple(changed if o.id == changed.id else o for o in self.file.documents)
        self.file = replace(self.file, documents=documents)

    def deliver(self) -> None:
        """In the order in which they were composed."""
        for document_id, attempt, content in self.waiting:
            left = replace(attempt, left_at=self.now)
            self.attempts[document_id] = tuple(
                left if one.number == left.number else one for one in self.attempts[document_id]
            )
            document = next(one for one in self.file.documents if one.id == document_id)
            if document.kind is LIST:
                self.lists += 1
                self.agrees(content)
            elif content.head["appType"] == "2":
                self.changes += 1
            codes = self.customs.takes(document.kind, document.number, content)
            for n, code in enumerate(codes, start=1):
                is_port = code in {"1", "2", "3", "4"} or code.startswith("-")
                receipt = Receipt(
                    RECEIPT_TYPE[document.kind],
                    DocumentKey(document.party_code, document.number),
                    code,
                    self.now + timedelta(seconds=n),
                    "",
                    attempt.guid if is_port else None,
                    None,
                    "I1" if document.kind is LIST else None,
                )
                self.words.append(receipt)
        self.waiting = []
        self.settle()

    # --- the rule
    def agrees(self, declared: Document) -> None:
        """Typed from the rule: orderNo, gnum to gnum, sums, logisticsNo and weight."""
        head = declared.head
        order = self.customs.has[ORDER, str(head["orderNo"])]
        waybill = self.customs.has[WAYBILL, str(head["logisticsNo"])]
        assert said(declared.lines, OF_LINE) == said(order.lines, OF_LINE)
        names = [line["itemName"] for line in order.lines]
        assert [line["gname"] for line in declared.lines] == names
        total = sum(float(line["totalPrice"] or 0) for line in declared.lines)
        assert total == pytest.approx(float(order.head["goodsValue"] or 0))
        assert said([head], OF_WAYBILL) == said([waybill.head], OF_WAYBILL)

    # --- what may happen
    def step(self) -> None:
        self.now += timedelta(seconds=self.chance.choice([3, 10, 60, 400]))
        rules = [self.compose, self.deliver, self.hear, self.hear] * 4
        if self.chance.random() < 0.06:
            rules = [self.the_order_changes, self.the_booking_changes]
        elif self.chance.random() < 0.15:
            rules = [self.people_act]
        self.chance.choice(rules)()

    def hear(self) -> None:
        """One or two of the words under way; now and then one is lost."""
        for _ in range(self.chance.choice([1, 2])):
            if self.words:
                word = self.words.pop(0)
                if self.chance.random() < 0.99:
                    self.receipts.append(word)
        self.settle()

    def the_order_changes(self) -> None:
        lines = [
            a_line(n, quantity=self.chance.choice([6, 6, 5]), unit_price_minor=price)
            for n in range(1, self.chance.choice([3, 3, 4]))
            for price in [self.chance.choice([255, 255, 300])]
        ]
        self.order = an_order(*lines)
        self.papers()

    def the_booking_changes(self) -> None:
        self.papers()

    def papers(self) -> None:
        waybill = a_waybill(self.order, pieces=self.chance.choice([1, 1, 2]))
        dossier = replace(self.file.dossier, order=self.order, waybill=waybill)
        self.file = replace(self.file, dossier=dossier)
        self.match()

    def people_act(self) -> None:
        file = self.known()
        state = state_of(file, now=self.now)
        allowed = state.allowed
        acting = Acting(file, None, "client", self.now, self.now, SENDS_ALL, {})
        try:
            if Step.CLONE in allowed:
                self.save(acts.clone(acting, repairs=()))
            elif Step.REPAIR in allowed:
                self.save(acts.repair(acting, given=(), apply_suggested=False))
            elif Step.AMEND in allowed:
                self.save(acts.amend(acting, repairs=()))
            elif again := self.unchanged(state.resendable):
                self.save(acts.resend(acting, document_ids=again))
        except StillFaulty:
            return

    def unchanged(self, resendable: Sequence[str]) -> list[str]:
        return [
            one.id
            for one in self.file.documents
            if one.id in resendable and self.attempts[one.id][-1].version == one.version
        ]


def said(
    lines: Sequence[Mapping[str, str | None]], elements: Sequence[str]
) -> list[list[str | None]]:
    return [[line.get(one) for one in elements] for line in lines]


@pytest.mark.parametrize("block", range(2))
def test_no_list_leaves_that_contradicts_what_customs_has(block: int) -> None:
    lists = changes = 0
    for seed in range(block * 25, block * 25 + 25):
        world = World(seed)
        for _ in range(60):
            world.step()
        lists, changes = lists + world.lists, changes + world.changes
    assert lists > 10
    assert changes > 20


@pytest.mark.parametrize(
    ("codes", "goes"),
    [(("-621000",), True), (("3", "-621000"), True), (("3",), False), (("120",), False)],
)
def test_a_change_waits_as_long_as_customs_has_a_list_or_may_take_it(
    codes: tuple[str, ...], goes: bool
) -> None:
    order = a_document(a_receipt("120"), id="order", kind=ORDER, version=2)
    said = [a_receipt(code, n, guid="GUID-1-1") for n, code in enumerate(codes, start=5)]
    old = a_document(*said, id="old")
    new = a_document(id="new", attempts=(), replaces="old")

    case = Case(Match.COMPLETE, at(0), (order, old, new), frozenset({ORDER}))

    assert ("order" in declaration_state(case).sendable) is goes
