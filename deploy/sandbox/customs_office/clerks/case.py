"""What a clerk of the office has before him, and what a clerk is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from deploy.sandbox.customs_office.answers.decisions import Step
from deploy.sandbox.customs_office.answers.writing import Answer
from deploy.sandbox.customs_office.inbound.papers import Paper
from deploy.sandbox.customs_office.ledger import Filed, Ledger


@dataclass(frozen=True, slots=True)
class Rules:
    """Off is what a park needs that sends export lists and departures only.

    `needs_transaction_data`: no list without its order and waybill, matching; the office asks it of
    every enterprise that has sent an order · `arrival_first`: no release before the goods are here
    · `strict_departures`: complete, and of released lists only · `every_kind_fails`: uploads of all
    documents fail at times, not only those of lists.
    """

    needs_transaction_data: bool = False
    arrival_first: bool = False
    strict_departures: bool = False
    every_kind_fails: bool = False


@dataclass(slots=True)
class Case:
    """`others`: answers about other documents, `results`: messages without a document of theirs,
    each with the time it waits; `notes`: what a person should look at."""

    paper: Paper
    ledger: Ledger
    rules: Rules
    seed: int
    now: datetime
    others: list[tuple[Filed, Step]] = field(default_factory=list)
    results: list[tuple[Answer, timedelta]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sum_no: str = ""
    left: tuple[str, ...] = ()
    accepted_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.accepted_at = self.now

    @property
    def head(self) -> Mapping[str, str]:
        return self.paper.head


class Objection(Exception):
    """The document does not come on file; `code` is negative."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def _nothing(_case: Case) -> str:
    return ""


def _no_effect(_case: Case) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Clerk:
    """`returns`: why the document is returned with 100, or nothing; raises Objection. `effect`:
    what is true once the document is accepted, at `accepted_at`. `minutes`: until it is."""

    returns: Callable[[Case], str] = _nothing
    effect: Callable[[Case], None] = _no_effect
    minutes: float = 2
