"""What the office has on file: every document, what was decided about it and when, and how the
documents hang together. Nothing here depends on how they came or how answers leave.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from deploy.sandbox.customs_office.answers.decisions import Step
from deploy.sandbox.customs_office.answers.numbers import invt_no
from deploy.sandbox.customs_office.inbound.papers import Key, Paper

CANCELLED: Final = "cancelled"
_UNDER_WAY: Final = "1 2 3 120 300 500 399 800 899 505 600".split()
_GONE: Final = frozenset(("100", CANCELLED))


@dataclass(frozen=True, slots=True)
class Decision:
    """`status`: a returnStatus, or `cancelled`."""

    status: str
    at: datetime


@dataclass(slots=True)
class Filed:
    """A document in its newest version. Answers dated after `silent_from` do not leave: a newer
    version or a cancellation has overtaken them. `later`: what waits for the arrival of the goods.
    """

    paper: Paper
    filed_at: datetime
    decisions: list[Decision] = field(default_factory=list)
    silent_from: datetime | None = None
    later: tuple[Step, ...] = ()
    has_arrived: bool = False
    bill_no: str = ""
    is_summarised: bool = False

    @property
    def invt_no(self) -> str:
        return invt_no(self.paper.number, self.filed_at)

    def status_at(self, now: datetime) -> str:
        """The newest decision that counts; empty before the first. Unknown codes do not count."""
        known = [one for one in self.decisions if one.at <= now and _is_known(one.status)]
        last = max(known, key=lambda one: (one.at, _rank(one.status)), default=None)
        return last.status if last else ""

    def speaks_at(self, at: datetime) -> bool:
        return self.silent_from is None or at <= self.silent_from

    def is_under_way(self, now: datetime) -> bool:
        """Customs has it, or will: it is neither returned, cancelled nor refused."""
        status = self.status_at(now)
        return status not in _GONE and status != "4" and not status.startswith("-")

    def is_released(self, now: datetime) -> bool:
        return self.status_at(now) in ("399", "800", "899")

    def cancel(self, now: datetime, at: datetime) -> None:
        """Decided now, and true from `at` on."""
        self.decisions = [one for one in self.decisions if one.at <= now]
        self.decisions.append(Decision(CANCELLED, at))
        self.silent_from, self.later = now, ()


def _is_known(status: str) -> bool:
    return status in (*_UNDER_WAY, *_GONE, "4") or status.startswith("-")


def _rank(status: str) -> int:
    return _UNDER_WAY.index(status) if status in _UNDER_WAY else len(_UNDER_WAY)


@dataclass(slots=True)
class Ledger:
    """`refused`: by key, the codes of documents that never came on file. `clients_with_orders`:
    enterprises that send transaction data, so that their lists can be matched."""

    documents: dict[Key, Filed] = field(default_factory=dict)
    refused: dict[Key, list[Decision]] = field(default_factory=dict)
    messages_refused: list[str] = field(default_factory=list)
    clients_with_orders: set[str] = field(default_factory=set)
    failed: set[Key] = field(default_factory=set)  # have to come again
    told_by: set[tuple[str, str]] = field(default_factory=set)  # (kind, number): done once
    _by_waybill: dict[str, Filed] = field(default_factory=dict)
    _by_invt_no: dict[str, Filed] = field(default_factory=dict)
    _returned: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def file(self, paper: Paper, now: datetime) -> Filed:
        """The first version of a document, or a newer one in place of the one before."""
        before = self.documents.get(paper.key)
        filed = Filed(paper, before.filed_at if before else now)
        if before:
            filed.decisions = [one for one in before.decisions if one.at <= now]
            before.silent_from = now
            filed.has_arrived, filed.bill_no = before.has_arrived, before.bill_no
        self.documents[paper.key] = filed
        if paper.kind.message == "CEB603":
            self._by_waybill[paper.head["logisticsNo"]] = filed
            self._by_invt_no[filed.invt_no] = filed
        return filed

    def refuse(self, paper: Paper, status: str, now: datetime) -> None:
        self.refused.setdefault(paper.key, []).append(Decision(status, now))

    def find(self, message: str, party: str, number: str) -> Filed | None:
        return self.documents.get(Key(message, party, number))

    def list_of_waybill(self, waybill_no: str) -> Filed | None:
        return self._by_waybill.get(waybill_no)

    def list_of_invt_no(self, number: str) -> Filed | None:
        return self._by_invt_no.get(number)

    def lists_of_bill(self, bill_no: str) -> list[Filed]:
        return [one for one in self.lists() if bill_no and one.bill_no == bill_no]

    def lists(self) -> Iterator[Filed]:
        return (one for key, one in self.documents.items() if key.message == "CEB603")

    def list_using(self, name: str, paper: Paper, now: datetime) -> Filed | None:
        """The list under way that names this order, payment or waybill by its number."""
        number = paper.head[name]
        return next(
            (
                one
                for one in self.lists()
                if one.paper.head[name] == number and one.is_under_way(now)
            ),
            None,
        )

    # -- goods that come back -------------------------------------------------------------------

    def returnable(self, original: Filed, gnum: str) -> Decimal:
        """How much of a line is still abroad."""
        line = next((one for one in original.paper.lines if one["gnum"] == gnum), None)
        quantity = Decimal(line["qty"]) if line else Decimal(0)
        return quantity - self._returned.get((original.invt_no, gnum), Decimal(0))

    def take_back(self, original: Filed, lines: Iterable[tuple[str, Decimal]]) -> None:
        for gnum, quantity in lines:
            key = (original.invt_no, gnum)
            self._returned[key] = self._returned.get(key, Decimal(0)) + quantity

    # -- at the end of a day --------------------------------------------------------------------

    def decided(self, now: datetime) -> dict[Key, str]:
        """Every document that ever came, with what it amounts to: a returnStatus, `cancelled`, or
        empty where nothing was said yet."""
        fates = {key: one[-1].status for key, one in self.refused.items()}
        return fates | {key: one.status_at(now) for key, one in self.documents.items()}

    def counts(self, now: datetime) -> dict[str, dict[str, int]]:
        """By message and fate."""
        found: dict[str, Counter[str]] = {}
        for key, fate in self.decided(now).items():
            found.setdefault(key.message, Counter())[fate or "taken"] += 1
        return {message: dict(counter) for message, counter in sorted(found.items())}
