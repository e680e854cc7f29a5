"""What the marketplaces send, and where every invoice ends."""

from deploy.sandbox.marketplaces.plan import (
    Aside,
    Line,
    PlannedCancellation,
    PlannedOrder,
    SlicePlan,
)
from deploy.sandbox.marketplaces.sending import Bucket, SendingOutcome, buckets


def test_every_invoice_is_in_one_bucket() -> None:
    def an_order(invoice: str, number: str) -> PlannedOrder:
        return PlannedOrder(invoice, number, "1", "DE", "DE", (Line("A", "", 1, "1.00"),))

    plan = SlicePlan(
        steps=[
            an_order("1", "1"),
            an_order("1", "1/2"),
            an_order("2", "2"),
            an_order("3", "3"),
            an_order("3", "3/2"),
            PlannedCancellation("C1", "1"),
        ],
        aside={"A9": Aside.NOT_GOODS},
    )
    outcome = SendingOutcome(cancelled={"C1": Bucket.CANCELLED})
    outcome.by_invoice.update({"1": ["ord_1", "ord_2"], "3": ["ord_3"]})
    outcome.refused_parts.update({"2": 1, "3": 1})
    assert buckets(plan, outcome) == {
        Aside.NOT_GOODS: 1,
        Bucket.SENT: 1,
        Bucket.REFUSED: 1,
        Bucket.PARTLY_REFUSED: 1,
        Bucket.CANCELLED: 1,
    }
