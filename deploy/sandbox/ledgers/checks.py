"""Three ledgers have to agree: what catalog lists, what Kafka holds, and what the partner received.
The slice has books of its own, which have to balance.

Pure: everything compared is handed in. Each check names the first things that differ.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deploy.sandbox.factory.clerk import ClerksWork
from deploy.sandbox.factory.goods import FAULTS
from deploy.sandbox.ledgers.audit import Audit
from deploy.sandbox.ledgers.catalog_orders import END_STATES, STATES_WITH_REASON, CatalogOrder
from deploy.sandbox.partner.ledger import WebhookLedger

_SHOWN: Final = 5


@dataclass(frozen=True)
class LedgerCheck:
    """`differing`: the first of the things that do not agree."""

    name: str
    ok: bool
    detail: str
    differing: tuple[str, ...] = ()


def check(name: str, differing: Iterable[str], detail: str) -> LedgerCheck:
    """Holds if nothing differs."""
    found = sorted(differing)
    more = f", {len(found)} differ" if found else ""
    return LedgerCheck(name, not found, detail + more, tuple(found[:_SHOWN]))


def equal(name: str, ours: Collection[str], theirs: Collection[str], detail: str) -> LedgerCheck:
    return check(name, set(ours) ^ set(theirs), detail)


def clerk_checks(work: ClerksWork, shown: Iterable[Mapping[str, Any]]) -> list[LedgerCheck]:
    """`shown`: the products that catalog lists of the clerk's merchant."""
    products = {product["sku"]: product for product in shown}
    differing = [
        f"{sku} {header}"
        for sku, row in work.goods.items()
        for header, value in _as_listed(products.get(sku)).items()
        if str(row.right[header]) != value
    ]
    steps, rows = work.steps, len(work.goods)
    wrong = [
        f"{name}: {step}"
        for name, step, held in (
            ("check", steps["check"], steps["check"].failed == FAULTS),
            ("corrected", steps["corrected"], steps["corrected"].failed == 0),
            ("again", steps["again"], steps["again"].unchanged == rows),
        )
        if not held or step.state != "done" or step.read == 0
    ]
    return [check("the clerk's spreadsheet is in catalog, each row once", differing + wrong,
                  f"{rows} rows, {FAULTS} corrected")]  # fmt: skip


def _as_listed(product: Mapping[str, Any] | None) -> dict[str, str]:
    """A product as the cells of the clerk's sheet."""
    if product is None:
        return {"货号": "missing"}
    return {
        "货号": product["sku"],
        "中文品名": product["title"].get("zh-CN", ""),
        "英文品名": product["title"]["en"],
        "海关编码": product["hs_code"],
        "净重(g)": str(product["net_weight_g"]),
        "毛重(g)": str(product["gross_weight_g"]),
        "单价(USD)": str(float(product["price"]["amount"])),
        "条形码": product["gtin"],
        "品牌": product["brand"],
        "材质": product["material"],
    }


def slice_checks(invoices: int, buckets: Mapping[str, int]) -> list[LedgerCheck]:
    total = sum(buckets.values())
    differing = [] if total == invoices else [f"{invoices} invoices, {total} in the buckets"]
    return [check("every invoice of the slice is in one bucket", differing, f"{total} invoices")]


def catalog_checks(
    accepted: Mapping[str, str], orders: Mapping[str, CatalogOrder], ours: Collection[str]
) -> list[LedgerCheck]:
    """`accepted`: order number by id as the API answered; `orders`: catalog's list, all runs;
    `ours`: the ids in it that bear this run's mark."""
    lost = [f"{number} ({order_id})" for order_id, number in accepted.items()
            if order_id not in orders]  # fmt: skip
    known = [orders[order_id] for order_id in accepted if order_id in orders]
    under_way = [f"{o.id} is {o.status}" for o in known if o.status not in END_STATES]
    silent = [
        f"{o.id} is {o.status}" for o in known if o.status in STATES_WITH_REASON and not o.reason
    ]
    count = f"{len(accepted)} orders"
    return [
        check("catalog has every order that was accepted", lost, count),
        equal("catalog has each of them once, and no other", accepted, ours, count),
        check("every order came to an end", under_way, count),
        check("every order that was not delivered has a reason", silent, count),
    ]


def kafka_checks(
    accepted: Mapping[str, str], orders: Mapping[str, CatalogOrder], found: Audit
) -> list[LedgerCheck]:
    traces = {order_id: found.orders[order_id] for order_id in accepted if order_id in found.orders}
    begun = [f"{i}: {t.first}" for i, t in traces.items() if len(t.first) != 1]
    begun += [f"{order_id}: no event" for order_id in accepted if order_id not in traces]
    twice = [f"{i}: placed {t.placed} times" for i, t in traces.items() if t.placed > 1]
    differing = [
        f"{order_id}: Kafka {trace.status}, catalog {orders[order_id].status}"
        for order_id, trace in traces.items()
        if order_id in orders and trace.status != orders[order_id].status
    ]
    events = f"{len(found.ids)} events, {found.duplicates} duplicates"
    return [
        check("Kafka: each order begins with one event", begun, f"{len(traces)} orders"),
        check("Kafka: no order is placed twice", twice, f"{len(traces)} orders"),
        check(
            "Kafka: every record is an event of ours", found.malformed, f"{found.records} records"
        ),
        check("Kafka: versions have no gap", found.gaps, events),
        check("Kafka: versions are in order", found.disorder, events),
        check("Kafka: one version is one event", found.doubles, events),
        check("Kafka and catalog agree on every order's state", differing, f"{len(traces)} orders"),
    ]


def webhook_checks(ledger: WebhookLedger, found: Audit) -> list[LedgerCheck]:
    received = ledger.types.keys()
    wrong = [
        f"{i}: received {ledger.types[i]}, Kafka {found.ids[i]}"
        for i in received
        if i in found.ids and ledger.types[i] != found.ids[i]
    ]
    count = f"{len(received)} webhooks"
    return [
        check(
            "webhooks: every event arrived",
            (f"{i} {found.ids[i]}" for i in found.since - received),
            f"{len(found.since)} events",
        ),
        check("webhooks: nothing arrived that Kafka has not", received - found.ids.keys(), count),
        check("webhooks: types agree with Kafka", wrong, count),
        check("webhooks: every signature was right", ledger.unverified, count),
    ]


def dead_letter_checks(dead: Iterable[str]) -> list[LedgerCheck]:
    return [check("no event was given up", dead, "dead-letter topics")]


def answer_checks(answers: Mapping[int, int]) -> list[LedgerCheck]:
    faults = [f"{count} answers {status}" for status, count in answers.items() if status == 500]
    return [check("no service answered 500", faults, f"{sum(answers.values())} answers")]
