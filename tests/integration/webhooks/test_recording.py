"""A fault with one delivery stays with that delivery; a fault of a loop ends the whole sender."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from services.webhooks.domain.deliveries.answers import Answer, Result
from shared.kernel.clock import real_now
from shared.kernel.tasks import ENDED_BY_ITSELF
from tests.kit.waiting import until
from tests.support.worlds.webhooks import WebhooksWorld

OK = Answer(Result.DELIVERED, 200, None, "ok", None, started_at=real_now(), duration_ms=1)


class _Answers:
    """Takes the place of HTTP: the answer, or fault, depends on the address."""

    def __init__(self, answers: dict[str, Answer | Exception]) -> None:
        self.answers = answers

    async def __call__(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        answer = self.answers.get(url, OK)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_what_cannot_be_sent_or_recorded_costs_the_others_nothing(
    world: WebhooksWorld,
) -> None:
    unstorable = replace(OK, excerpt="\x00")  # PostgreSQL takes no NUL in a text
    post = _Answers({"http://bad/": unstorable, "http://broken/": RuntimeError("a bug of ours")})
    made = {
        name: await world.register(f"http://{name}/")
        for name in ("bad", "broken", *(f"good{n}" for n in range(6)))
    }
    await world.publish(*(world.event(tenant=endpoint.tenant) for endpoint in made.values()))
    stop = asyncio.Event()
    sending = asyncio.create_task(world.sender(post).run(stop))
    for name, endpoint in made.items():
        if name != "broken":
            await world.until_all_have(endpoint.id, "delivered")
    await until(lambda: _has_attempt(world, made["broken"].id))
    stop.set()

    await sending

    (kept,) = await world.attempts(made["bad"].id)
    assert (kept["result"], kept["status_code"], kept["answer_excerpt"]) == ("delivered", 200, None)
    (failed,) = await world.attempts(made["broken"].id)
    assert failed["result"] == "internal_error"
    (delivery,) = await world.deliveries(made["broken"].id)
    assert (delivery["status"], delivery["failures"]) == ("pending", 1)
    (health,) = await world.sql(
        "SELECT * FROM webhooks.endpoint_health WHERE endpoint_id = $1", made["broken"].id
    )
    assert (health["failing_since"], health["failures_in_a_row"]) == (None, 0)


async def _has_attempt(world: WebhooksWorld, endpoint_id: str) -> bool:
    return bool(await world.attempts(endpoint_id))


@pytest.mark.parametrize("sealed", [b"short", b"\x00" * 60])
async def test_a_secret_that_cannot_be_opened_fails_that_delivery_by_the_schedule(
    world: WebhooksWorld, sealed: bytes
) -> None:
    locked, good = await world.register("http://locked/"), await world.register("http://good/")
    await world.sql(
        "UPDATE webhooks.endpoint_secrets SET sealed = $2 WHERE endpoint_id = $1", locked.id, sealed
    )
    await world.publish(*(world.event(tenant=endpoint.tenant) for endpoint in (locked, good)))
    stop = asyncio.Event()
    sending = asyncio.create_task(world.sender(_Answers({})).run(stop))
    await world.until_all_have(good.id, "delivered")
    await until(lambda: _has_attempt(world, locked.id))
    stop.set()

    await sending

    (attempt,) = await world.attempts(locked.id)
    assert attempt["result"] == "internal_error"
    assert "secret" in attempt["error"]


async def test_a_recorder_that_ends_by_itself_ends_the_process(
    world: WebhooksWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = await world.register("http://good/")
    sender = world.sender(_Answers({}))
    monkeypatch.setattr(sender._recorder, "_taken", lambda: 1 / 0)
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[dict[str, Any]] = loop.create_future()
    loop.set_exception_handler(lambda _, context: ended.set_result(context))
    await world.publish(world.event(tenant=endpoint.tenant))
    stop = asyncio.Event()
    sending = asyncio.create_task(sender.run(stop))
    async with asyncio.timeout(5):
        context = await ended
    stop.set()

    await sending

    assert context[ENDED_BY_ITSELF]
    assert isinstance(context["exception"], ZeroDivisionError)
