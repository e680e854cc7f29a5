"""A desk of the customs office whose clock goes on by hand."""

from datetime import UTC, datetime, timedelta

from deploy.sandbox.customs_office.clerks.case import Rules
from deploy.sandbox.customs_office.desk import Desk, Planned
from deploy.sandbox.customs_office.inbound.papers import Key
from deploy.sandbox.customs_office.ledger import Filed
from tests.support import uploads as ceb

AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
LATER, EARLIER = "20261122120000", "20261122100000"  # appTime


class Office:
    """A desk whose clock goes on by hand. Every document gets a guid of its own."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.desk, self.now, self.guids = Desk(1, rules), AT, 0

    def take(self, kind: str, node: str, *, note: str | None = ceb.UNSIGNED) -> list[Planned]:
        self.guids += 1
        raw = ceb.message(kind, node.replace(ceb.guid(1), ceb.guid(1_000 + self.guids)), note=note)
        return self.desk.take(raw, "x", self.now)

    def codes(self, kind: str, node: str, *, note: str | None = ceb.UNSIGNED) -> list[str]:
        """Its answers, in the order of customs' clock."""
        planned = sorted(self.take(kind, node, note=note), key=lambda one: one.answer.at)
        return [one.answer.status or one.answer.kind.message for one in planned]

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def file(self, number: str = "AL~800") -> Filed:
        return self.desk.ledger.documents[Key("CEB603", ceb.AGENT, number)]


def released(number: str = "AL~800", **changes: str | None) -> Office:
    """An office that has released a list."""
    office = Office()
    office.take("CEB603", ceb.a_list(copNo=number, **changes))
    office.wait(hours=1)
    return office
