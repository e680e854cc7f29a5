"""The partner records every webhook once, and knows the newest status of each order."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import standardwebhooks

from deploy.sandbox.chance import share
from deploy.sandbox.park import SeededPark
from deploy.sandbox.partner import receiver
from deploy.sandbox.partner.ledger import WebhookLedger
from deploy.sandbox.partner.receiver import DESCRIPTION, Partner
from tests.unit.sandbox.scripted_api import ScriptedApi, page

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SEED = 1


def a_message(event_type: str, minutes: float = 0, **data: Any) -> dict[str, Any]:
    at = (AT + timedelta(minutes=minutes)).isoformat()
    return {"type": event_type, "timestamp": at, "data": {"order_id": "ord_1", **data}}


def changed(status: str, minutes: float) -> dict[str, Any]:
    return a_message("catalog.order.status_changed", minutes, status=status)


# -- the ledger -------------------------------------------------------------------------------


def test_a_webhook_that_comes_again_changes_nothing() -> None:
    ledger = WebhookLedger()
    ledger.record("evt_1", changed("booked", 1), 10.0)

    ledger.record("evt_1", changed("declared", 2), 20.0)

    assert ledger.status == {"ord_1": "booked"}
    assert ledger.last_news_s == 10.0


@pytest.mark.parametrize(
    ("event_type", "status"),
    [("catalog.order.placed", "placed"), ("catalog.order.backordered", "backordered")],
)
def test_an_order_begins_with_the_status_of_its_first_event(event_type: str, status: str) -> None:
    ledger = WebhookLedger()

    ledger.record("evt_1", a_message(event_type), 0.0)

    assert ledger.status == {"ord_1": status}


def test_older_news_that_arrives_late_does_not_change_the_status() -> None:
    ledger = WebhookLedger()
    ledger.record("evt_2", changed("departed", 20), 0.0)

    ledger.record("evt_1", changed("booked", 10), 1.0)

    assert ledger.status == {"ord_1": "departed"}
    assert ledger.newest_at == AT + timedelta(minutes=20)
    assert ledger.types == {
        "evt_2": "catalog.order.status_changed",
        "evt_1": "catalog.order.status_changed",
    }


def test_within_an_instant_the_greater_id_is_newer() -> None:
    ledger = WebhookLedger()
    ledger.record("evt_2", changed("booked", 0), 0.0)

    ledger.record("evt_1", a_message("catalog.order.placed"), 0.0)

    assert ledger.status == {"ord_1": "booked"}


def test_events_about_other_things_have_no_status() -> None:
    ledger = WebhookLedger()

    ledger.record("evt_1", a_message("routing.flight.departed"), 5.0)

    assert ledger.status == {}
    assert ledger.types == {"evt_1": "routing.flight.departed"}
    assert ledger.last_news_s == 5.0


# -- the receiver -----------------------------------------------------------------------------


@pytest.fixture
async def partner(api: ScriptedApi, park: SeededPark) -> AsyncIterator[Partner]:
    """One that has subscribed."""
    api.script("GET", "/v1/endpoints", page())
    api.script("POST", "/v1/endpoints", (201, {"id": "end_1", "secret": SECRET}))
    async with Partner(SEED) as made:
        await made.subscribe(park.client("webhooks", "partner"), "run")
        yield made


async def deliver(partner: Partner, webhook_id: str, secret: str = SECRET) -> int:
    body = json.dumps(changed("booked", 1))
    at = datetime.now(UTC)  # noqa: TID251 - a signature is dated by real time
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": standardwebhooks.Webhook(secret).sign(webhook_id, at, body),
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(partner.url, data=body, headers=headers) as answer,
    ):
        return answer.status


def an_id(low: float, high: float) -> str:
    """A webhook id whose share lies between the two."""
    ids = (f"evt_{n}" for n in range(1_000_000))
    return next(i for i in ids if low <= share(SEED, "webhook", i) < high)


async def test_a_signed_webhook_is_recorded(partner: Partner) -> None:
    webhook_id = an_id(0.5, 1.0)

    statuses = [await deliver(partner, webhook_id) for _ in range(2)]

    assert statuses == [204, 204]
    assert partner.ledger.types == {webhook_id: "catalog.order.status_changed"}
    assert partner.ledger.retries == 1


async def test_a_wrong_signature_is_refused_and_remembered(partner: Partner) -> None:
    status = await deliver(partner, "evt_1", secret="whsec_" + "A" * 32)

    assert status == 401
    assert partner.ledger.types == {}
    assert partner.ledger.unverified[0].startswith("evt_1: ")


async def test_now_and_then_the_first_attempt_fails_and_the_second_arrives(
    partner: Partner,
) -> None:
    webhook_id = an_id(0.0, 0.008)

    first = await deliver(partner, webhook_id)
    known_after_first = dict(partner.ledger.types)
    second = await deliver(partner, webhook_id)

    assert (first, second) == (500, 204)
    assert known_after_first == {}
    assert partner.ledger.types.keys() == {webhook_id}
    assert partner.ledger.failed_on_purpose == 1


async def test_now_and_then_an_answer_is_slow(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "_SLOW_S", 0.01)

    status = await deliver(partner, an_id(0.008, 0.01))

    assert status == 204
    assert partner.ledger.slow_on_purpose == 1


async def test_before_it_has_subscribed_nothing_is_taken() -> None:
    async with Partner(SEED) as partner:
        assert await deliver(partner, "evt_1") == 503


# -- the subscription -------------------------------------------------------------------------


async def test_endpoints_of_earlier_runs_are_removed_and_others_kept(
    api: ScriptedApi, park: SeededPark
) -> None:
    api.script("GET", "/v1/endpoints", page({"id": "end_old", "description": DESCRIPTION},
                                            {"id": "end_mine", "description": "mine"},
                                            {"id": "end_plain"}))  # fmt: skip
    api.script("DELETE", "/v1/endpoints/end_old", (204, None))
    api.script("POST", "/v1/endpoints", (201, {"id": "end_1", "secret": SECRET}))

    async with Partner(SEED) as partner:
        await partner.subscribe(park.client("webhooks", "partner"), "run")

    assert [a.path for a in api.asked if a.method == "DELETE"] == ["/v1/endpoints/end_old"]
    (made,) = api.asked_for("/v1/endpoints")
    assert made.body["event_types"] == ["*"]
    assert made.body["url"] == partner.url


async def test_a_secret_whose_answer_got_lost_is_rotated(
    api: ScriptedApi, park: SeededPark
) -> None:
    api.script("GET", "/v1/endpoints", page())
    api.script("POST", "/v1/endpoints", (201, {"id": "end_1"}))
    api.script(
        "POST", "/v1/endpoints/end_1:rotate-secret", (200, {"id": "end_1", "secret": SECRET})
    )

    async with Partner(SEED) as partner:
        await partner.subscribe(park.client("webhooks", "partner"), "run")
        status = await deliver(partner, an_id(0.5, 1.0))

    assert status == 204


async def test_pending_deliveries_are_those_of_the_own_endpoint(
    api: ScriptedApi, park: SeededPark, partner: Partner
) -> None:
    api.script("GET", "/v1/deliveries", page({}, {}, {}))

    pending = await partner.pending(park.client("webhooks", "partner"))

    (asked,) = api.asked_for("/v1/deliveries", "GET")
    assert pending == 3
    assert asked.query == {"endpoint_id": "end_1", "status": "pending", "limit": "200"}
