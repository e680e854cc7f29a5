"""A declaration in a world that goes wrong: uploads fail, receipts are lost, late, repeated or
meaningless, the port is down, orders are cancelled at any moment. At each step its state is that of
an oracle, which reads the rules of the brief from the top down.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Final

import pytest

from deploy.bench.storm.expected import (
    ENTERED,
    ExpectedDeclaration,
    KnownFacts,
    counting,
    is_listed,
)
from deploy.bench.storm.oracle import oracle_state
from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.milestones import new_milestones
from services.customs.domain.declarations.state import DeclarationState, declaration_state
from services.customs.domain.declarations.steps import Step
from services.customs.domain.documents.document import Attempt, DocumentFacts
from services.customs.domain.documents.kinds import RECEIPT_TYPE, DocumentKind
from services.customs.domain.documents.sending import next_app_time
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from tests.support.documents import a_refusal, at

PORT_CODES: Final = "1 2 2 3 3 4 -621017 -621099 -621004 -301014".split()
LIST_CODES: Final = "120 120 120 300 500 399 800 800 899 100".split()
UNKNOWN: Final = ["999", "501", "ABC"]


class World:
    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.clock_s = 10
        self.is_port_up = True
        self.match = Match.COMPLETE
        self.asked_at_s: int | None = None
        self.lists = [self.document(DocumentKind.LIST, 1)]
        self.cancellations: list[DocumentFacts] = []  # of all lists
        self.order = self.document(DocumentKind.ORDER, 1)
        self.under_way: list[tuple[str, Receipt]] = []
        self.announced: list[str] = []

    def document(
        self, kind: DocumentKind, number: int, replaces: str | None = None
    ) -> DocumentFacts:
        name = f"{kind.value}-{number}"
        return DocumentFacts(name, kind, DocumentKey("P", name), 1, 1, replaces, False, (), ())

    def case(self) -> Case:
        return Case(
            self.match,
            at(0),
            (self.order, *self.lists, *self.cancellations),
            frozenset({DocumentKind.ORDER}),
            None if self.asked_at_s is None else at(self.asked_at_s),
        )

    def documents(self) -> list[DocumentFacts]:
        return [self.order, *self.lists[-2:], *self.cancellations[-2:]]

    @property
    def cancelled(self) -> set[str]:
        done = [one for one in self.cancellations if oracle_state(one).phase == "concluded"]
        return {one.about for one in done if one.about is not None}

    @property
    def list(self) -> DocumentFacts:
        return counting(self.lists, self.cancelled)

    def put(self, changed: DocumentFacts) -> None:
        for held in (self.lists, self.cancellations):
            held[:] = [changed if one.id == changed.id else one for one in held]
        self.order = changed if changed.id == self.order.id else self.order

    # --- what may happen
    def step(self) -> None:
        rules: list[Callable[[], None]] = [
            *[self.we_send] * 6,
            *[self.the_port_answers] * 4,
            *[self.customs_answers] * 5,
            *[self.the_network_delivers] * 8,
            self.noise,
            self.the_port_changes,
            self.people_act,
        ]
        if self.chance.random() < 0.06:
            changes = [self.the_order_changes] * 2
            rules = [self.the_order_is_cancelled, *[self.the_match_changes] * 3, *changes]
        self.clock_s += self.chance.randint(0, 2)
        self.chance.choice(rules)()

    def we_send(self) -> None:
        state = declaration_state(self.case())
        for document in self.documents():
            waiting = [a for a in document.attempts[-1:] if a.left_at is None and a.refusal is None]
            if waiting and self.chance.random() < 0.1:
                refused = replace(waiting[-1], refusal=a_refusal(at_s=self.clock_s))
                self.put(replace(document, attempts=(*document.attempts[:-1], refused)))
            elif waiting and self.is_port_up:
                left = replace(waiting[-1], left_at=at(self.clock_s))
                self.put(replace(document, attempts=(*document.attempts[:-1], left)))
            elif document.id in state.sendable:
                self.compose(document)

    def compose(self, document: DocumentFacts) -> None:
        previous = document.attempts[-1].app_time if document.attempts else None
        heard = max((one.return_time for one in document.receipts), default=None)
        number = len(document.attempts) + 1
        app_time = next_app_time(previous, at(self.clock_s), heard=heard)
        guid = f"{document.id}-{number}"
        left_at = at(self.clock_s) if self.is_port_up else None
        attempt = Attempt(1, number, document.version, guid, f"M-{guid}", app_time, left_at)
        self.put(replace(document, attempts=(*document.attempts, attempt)))

    def the_port_answers(self) -> None:
        document = self.chance.choice(self.documents())
        left = [a for a in document.attempts if a.left_at]
        if left:
            attempt = self.chance.choice([*left, left[-1]])
            guid = self.chance.choice([attempt.guid, attempt.guid, None])
            self.say(document, self.chance.choice(PORT_CODES), guid)

    def customs_answers(self) -> None:
        document = self.chance.choice(self.documents())
        if any(a.left_at for a in document.attempts):
            is_list = document.kind is DocumentKind.LIST
            self.say(document, self.chance.choice(LIST_CODES if is_list else ["120", "399", "100"]))

    def noise(self) -> None:
        document = self.chance.choice(self.documents())
        self.say(document, self.chance.choice([*UNKNOWN, *UNKNOWN, *LIST_CODES]))

    def say(self, document: DocumentFacts, code: str, guid: str | None = None) -> None:
        number = "I1" if self.chance.random() < 0.7 else None
        receipt = Receipt(
            RECEIPT_TYPE[document.kind],
            document.key,
            code,
            at(self.clock_s),
            "",
            guid,
            None,
            number,
        )
        self.under_way.append((document.id, receipt))

    def the_network_delivers(self) -> None:
        """One of those under way, in any order; it may come again, or never."""
        if self.under_way:
            index = self.chance.randrange(len(self.under_way))
            again = self.chance.random() < 0.2
            about, receipt = self.under_way[index] if again else self.under_way.pop(index)
            known = [*self.lists, *self.cancellations, self.order]
            for document in known:
                if document.id == about and self.chance.random() < 0.95:
                    self.put(replace(document, receipts=(*document.receipts, receipt)))

    def the_port_changes(self) -> None:
        self.is_port_up = not self.is_port_up

    def the_order_is_cancelled(self) -> None:
        self.asked_at_s = self.clock_s if self.asked_at_s is None else self.asked_at_s

    def the_order_changes(self) -> None:
        """Whether it says something else is decided when it is drawn up."""
        if self.order.attempts and not self.lists[-1].attempts:
            self.put(replace(self.order, version=self.order.version + 1))

    def the_match_changes(self) -> None:
        self.match = self.chance.choice([*Match, *[Match.COMPLETE] * 3])

    def people_act(self) -> None:
        state = declaration_state(self.case())
        current = self.list
        for list_id in state.surplus_to_cancel:
            self.ask_to_cancel(list_id)
        if state.needs_cancellation or (
            Step.CANCEL in state.allowed and state.phase in ENTERED and self.chance.random() < 0.3
        ):
            self.ask_to_cancel(current.id)
        elif state.at_fault:
            assert Step.REPAIR in state.allowed
            self.put(replace(self.order, version=self.order.version + 1))
        elif Step.CLONE in state.allowed:
            self.lists.append(self.document(DocumentKind.LIST, len(self.lists) + 1, current.id))
        elif Step.AMEND in state.allowed or Step.REPAIR in state.allowed:
            if current.attempts:
                self.put(replace(current, version=current.version + 1))
        elif current.id in state.resendable and current.version == current.attempts[-1].version:
            self.compose(current)

    def ask_to_cancel(self, list_id: str) -> None:
        drawn_up = self.document(DocumentKind.CANCELLATION, len(self.cancellations))
        self.cancellations.append(replace(drawn_up, about=list_id))

    def expected(self) -> ExpectedDeclaration:
        return ExpectedDeclaration(
            KnownFacts(
                match=self.match.value,
                current=self.list,
                cancellations=[one for one in self.cancellations if one.about == self.list.id],
                predecessors=[self.order],
                is_cancel_asked=self.asked_at_s is not None,
                is_listed=is_listed(self.lists, self.cancelled),
            )
        )


def check(world: World, state: DeclarationState, where: tuple[int, int]) -> None:
    expected = world.expected()
    current = world.list

    assert state.list_id == current.id, where
    has = [one for one in world.lists if oracle_state(one).phase in ENTERED]
    surplus = {one.id for one in has if one.id not in world.cancelled | {current.id}}
    assert set(state.surplus) == surplus, where
    assert not any(one.id in state.sendable for one in world.lists if one is not current), where
    assert (state.phase.value, state.status.value) == (expected.phase, expected.status), where
    assert (current.id in state.sendable) == expected.list_goes, where
    assert list(state.at_fault) == expected.at_fault, where
    going = [one for one in state.sendable if one == world.order.id]
    assert going == expected.before_goes, where
    assert state.needs_cancellation == expected.needs_cancellation, where
    for document in world.documents():
        marks = oracle_state(document).marks
        found = {
            one.identity: state.documents[document.id].mark_of(one) for one in document.receipts
        }
        assert found == marks, where


@pytest.mark.parametrize("block", range(4))
def test_the_state_is_that_of_the_oracle_whatever_happens(block: int) -> None:
    for seed in range(block * 25, block * 25 + 25):
        world = World(seed)
        for step in range(60):
            world.step()
            state = declaration_state(world.case())
            check(world, state, (seed, step))
            told = new_milestones(world.case(), state, world.announced)
            world.announced += [one.name for one in told]

            assert len(world.announced) == len(set(world.announced)), (seed, step)


def answer_all(world: World, *codes: str) -> None:
    """What is under way is answered, and the answers arrive."""
    state = declaration_state(world.case())
    for document in world.documents():
        if document.attempts and document.id not in state.sendable:
            world.say(document, world.chance.choice(codes), document.attempts[-1].guid)
    for about, receipt in world.under_way:
        for document in world.documents():
            if document.id == about:
                world.put(replace(document, receipts=(*document.receipts, receipt)))
    world.under_way = []


@pytest.mark.parametrize("seed", range(3))
def test_after_an_outage_every_list_arrives(seed: int) -> None:
    """Every upload fails for forty rounds. Nobody does anything."""
    world = World(seed)
    for _ in range(40):
        world.clock_s += 400
        world.we_send()
        answer_all(world, "4", "-621017")

        assert declaration_state(world.case()).status == "queued"

    for _ in range(2):  # the order first, then the list
        world.clock_s += 400
        world.we_send()
        answer_all(world, "120")

    assert declaration_state(world.case()).status == "accepted"
