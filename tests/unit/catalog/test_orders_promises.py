"""The timeline of an order says whether its promise was kept, in both languages."""

import pytest

from services.catalog.consumers.orders import on_promise_graded
from services.catalog.domain.orders.facts import OrderFacts
from shared.kafka import Received
from tests.support.events.envelopes import enveloped
from tests.support.events.routing.promises import a_promise_graded


@pytest.mark.parametrize(
    ("grade", "late_min", "en", "zh"),
    [
        ("kept", None, "promised delivery kept", "按承诺"),
        ("late", 95, "95 min later", "95 分钟"),
        ("overdue", None, "not delivered", "尚未妥投"),
        ("void", None, "no longer counts", "不再适用"),
    ],
)
def test_a_grade_is_a_line_of_the_timeline_and_no_fact_about_the_order(
    grade: str, late_min: int | None, en: str, zh: str
) -> None:
    promise = a_promise_graded(grade=grade, late_min=late_min)

    observed = on_promise_graded(Received(promise, enveloped(promise)))

    assert (observed.order_id, observed.facts) == (promise.order_id, OrderFacts())
    assert observed.entry.at == promise.at
    assert en in observed.entry.detail.en
    assert zh in observed.entry.detail.zh
