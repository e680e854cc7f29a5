"""What the marketplaces send, and where every invoice ends."""

from typing import Final

import pytest

from deploy.sandbox.marketplaces.plan import (
    Aside,
    Line,
    PlannedCancellation,
    PlannedOrder,
    SlicePlan,
)
from deploy.sandbox.marketplaces.sending import (
    Bucket,
    Marketplaces,
    SendingOutcome,
    buckets,
    merchant_of,
)
from deploy.sandbox.park import SeededPark
from tests.unit.sandbox.scripted_api import Answer, Asked, ScriptedApi, problem

INVOICES: Final = [str(536_365 + n) for n in range(60)]


def an_order(invoice: str, number: str = "", country: str = "DE") -> PlannedOrder:
    lines = (Line("22086", "PAPER CHAIN KIT", 6, "2.55"), Line("85123A", "HEART", 1, "0.001"))
    return PlannedOrder(invoice, number or invoice, "17850", country, "DE", lines)


def placed(asked: Asked) -> Answer:
    return 201, {"id": f"ord_{asked.body['order_number']}"}


def placed_by_batch(asked: Asked) -> Answer:
    items = [{"status": 201, "id": f"ord_{i['order_number']}"} for i in asked.body["items"]]
    return 207, {"items": items}


def take_all(api: ScriptedApi) -> None:
    api.script("POST", "/v1/orders", placed)
    api.script("POST", "/v1/orders:batch", placed_by_batch)


async def play(park: SeededPark, *steps: PlannedOrder | PlannedCancellation) -> SendingOutcome:
    markets = Marketplaces(park, SlicePlan(steps=list(steps)), "run")
    await markets.play()
    return markets.outcome


def sent_numbers(api: ScriptedApi) -> list[str]:
    alone = [asked.body["order_number"] for asked in api.asked_for("/v1/orders")]
    by_batch = [
        item["order_number"]
        for asked in api.asked_for("/v1/orders:batch")
        for item in asked.body["items"]
    ]
    return alone + by_batch


async def test_every_order_is_sent_once_with_the_mark_of_the_run(
    api: ScriptedApi, park: SeededPark
) -> None:
    take_all(api)

    outcome = await play(park, *map(an_order, INVOICES))

    assert sorted(sent_numbers(api)) == [f"{invoice}-run" for invoice in INVOICES]
    assert outcome.accepted == {f"ord_{i}-run": f"{i}-run" for i in INVOICES}
    assert outcome.done == len(INVOICES)


async def test_about_half_of_the_invoices_go_in_batches(api: ScriptedApi, park: SeededPark) -> None:
    take_all(api)

    await play(park, *map(an_order, INVOICES))

    alone = len(api.asked_for("/v1/orders"))
    assert len(INVOICES) * 0.25 < alone < len(INVOICES) * 0.75


async def test_an_order_is_sent_as_the_slice_has_it(api: ScriptedApi, park: SeededPark) -> None:
    take_all(api)

    await play(park, *map(an_order, INVOICES))

    body = api.asked_for("/v1/orders")[0].body
    assert body["ship_to"] == {"country": "DE"}
    assert body["lines"] == [
        {
            "line": 1,
            "sku": "22086",
            "quantity": 6,
            "unit_price": {"amount": "2.55", "currency": "GBP"},
        },
        {
            "line": 2,
            "sku": "85123A",
            "quantity": 1,
            "unit_price": {"amount": "0.001", "currency": "GBP"},
        },
    ]


async def test_one_merchant_sends_by_itself_and_the_operator_for_the_others(
    api: ScriptedApi, park: SeededPark
) -> None:
    take_all(api)

    await play(park, *map(an_order, INVOICES))

    tenants = {asked.headers.get("Airlane-Tenant") for asked in api.asked_for("/v1/orders")}
    by_merchant = {merchant_of(1, i) for i in INVOICES}
    assert tenants <= {None, *(f"mer_{place}" for place in by_merchant - {0})}
    assert "mer_0" not in tenants
    for asked in api.asked_for("/v1/orders:batch"):
        (place,) = {merchant_of(1, i["order_number"][:-4]) for i in asked.body["items"]}
        assert asked.headers.get("Airlane-Tenant") == (f"mer_{place}" if place else None)


async def test_a_refusal_is_counted_by_its_code(api: ScriptedApi, park: SeededPark) -> None:
    refusal = {"code": "catalog.order.unknown_country"}
    api.script("POST", "/v1/orders", problem(422, "catalog.order.unknown_country"))
    api.script("POST", "/v1/orders:batch", lambda asked: (
        207, {"items": [{"status": 422, "error": refusal} for _ in asked.body["items"]]},
    ))  # fmt: skip

    outcome = await play(park, *map(an_order, INVOICES))

    assert outcome.refused == {"catalog.order.unknown_country": len(INVOICES)}
    assert outcome.accepted == {}
    assert outcome.bucket_of(INVOICES[0]) is Bucket.REFUSED


@pytest.mark.parametrize(
    ("answer", "bucket", "refused"),
    [
        ((200, {}), Bucket.CANCELLED, {}),
        (
            problem(409, "catalog.order.not_cancellable"),
            Bucket.CANCELLATION_REFUSED,
            {"catalog.order.not_cancellable": 1},
        ),
    ],
)
async def test_a_cancellation_follows_its_order(
    api: ScriptedApi, park: SeededPark, answer: Answer, bucket: Bucket, refused: dict[str, int]
) -> None:
    take_all(api)
    cancel = f"/v1/orders/ord_{INVOICES[0]}-run:cancel"
    api.script("POST", cancel, answer)

    outcome = await play(park, an_order(INVOICES[0]), PlannedCancellation("C1", INVOICES[0]))
    paths = [asked.path for asked in api.asked]

    assert outcome.cancelled == {"C1": bucket}
    assert outcome.cancellations_refused == refused
    assert paths.index(cancel) == len(paths) - 1
    assert api.asked_for(cancel)[0].body == {"reason": "taken back by invoice C1"}


async def test_an_order_in_parts_is_cancelled_only_if_every_part_is(
    api: ScriptedApi, park: SeededPark
) -> None:
    take_all(api)
    invoice = INVOICES[0]
    parts = [an_order(invoice, number) for number in (invoice, f"{invoice}/2", f"{invoice}/3")]
    for number, answer in (
        (invoice, (200, {})),
        (f"{invoice}/2", problem(409, "catalog.order.not_cancellable")),
        (f"{invoice}/3", (200, {})),
    ):
        api.script("POST", f"/v1/orders/ord_{number}-run:cancel", answer)

    outcome = await play(park, *parts, PlannedCancellation("C1", invoice))

    assert outcome.cancelled == {"C1": Bucket.CANCELLATION_REFUSED}


async def test_a_cancellation_of_a_refused_order_asks_for_nothing(
    api: ScriptedApi, park: SeededPark
) -> None:
    for path in ("/v1/orders", "/v1/orders:batch"):
        api.script("POST", path, lambda a: (
            (422, {"code": "x.y"}) if "items" not in a.body
            else (207, {"items": [{"status": 422, "error": {"code": "x.y"}}]})
        ))  # fmt: skip

    outcome = await play(park, an_order(INVOICES[0]), PlannedCancellation("C1", INVOICES[0]))

    assert outcome.cancelled == {"C1": Bucket.NOTHING_TO_CANCEL}
    assert not any(asked.path.endswith(":cancel") for asked in api.asked)


def test_every_invoice_is_in_one_bucket() -> None:
    plan = SlicePlan(
        steps=[
            an_order("1"),
            an_order("1", "1/2"),
            an_order("2"),
            an_order("3"),
            an_order("3", "3/2"),
            PlannedCancellation("C1", "1"),
        ],
        aside={"A9": Aside.NOT_GOODS},
    )
    outcome = SendingOutcome(cancelled={"C1": Bucket.CANCELLED})
    outcome.by_invoice.update({"1": ["ord_1", "ord_2"], "3": ["ord_3"]})
    outcome.refused_parts.update({"2": 1, "3": 1})

    counted = buckets(plan, outcome)

    assert counted == {
        Aside.NOT_GOODS: 1,
        Bucket.SENT: 1,
        Bucket.REFUSED: 1,
        Bucket.PARTLY_REFUSED: 1,
        Bucket.CANCELLED: 1,
    }
