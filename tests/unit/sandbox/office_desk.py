"""A desk of the customs office whose clock goes on by hand."""

from collections.abc import Iterator
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


def a_day() -> Iterator[Planned]:
    """Every kind of document, one after the other, with whatever follows."""
    desk, at = Desk(1), AT

    def take(kind: str, *nodes: str) -> list[Planned]:
        nonlocal at
        at += timedelta(hours=6)
        return desk.take(ceb.message(kind, *nodes), f"{kind}.xml", at)

    yield from take("CEB303", ceb.an_order(), ceb.an_order(orderNo="ORD-2"))
    yield from take("CEB403", ceb.a_payment())
    yield from take("CEB505", ceb.a_waybill(), ceb.a_waybill(logisticsNo="W2"))
    second = ceb.a_list(copNo="AL2~800", orderNo="ORD-2", logisticsNo="W2", guid=ceb.guid(2))
    yield from take("CEB603", ceb.a_list(copNo="AL1~120"), second)
    yield from take("CEB603", ceb.a_list(copNo="AL1~120", guid=ceb.guid(7)))
    one, two = (
        desk.ledger.documents[Key("CEB603", ceb.AGENT, number)].invt_no
        for number in ("AL1~120", "AL2~800")
    )
    yield from take("CEB605", ceb.a_cancellation(invtNo=one))
    yield from take("CEB607", ceb.a_bill([{"logisticsNo": "W2", "invtNo": two}]))
    yield from take("CEB507", ceb.an_arrival([], billNo="999-12345675"))
    yield from take("CEB509", ceb.a_departure([{"logisticsNo": "W2"}]))
    yield from take("CEB701", ceb.a_summary([two]))
    yield from take("CEB213", ceb.a_return(invtNo=two))
    yield from take("CEB215", ceb.a_tally(invtNo=two))
