"""A fault with one delivery stays with that delivery; a fault of a part ends the whole sender."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from services.webhooks.clients.key_ring import KeyRing
from services.webhooks.domain.delivery import Answer, Result
from services.webhooks.use_cases.sending import Sender
from shared.db import Database
from shared.kernel.clock import real_now
from shared.kernel.tasks import ENDED_BY_ITSELF
from tests.kit.clock import ManualClock

OK = Answer(Result.DELIVERED, 200, None, "ok", None, started_at=real_now(), duration_ms=1)


class _Sends:
    """A way out whose answer, or fault, depends on the address."""

    def __init__(self, answers: dict[str, Answer | Exception]) -> None:
        self.answers = answers

    async def __call__(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        answer = self.answers.get(url, OK)
        if isinstance(answer, Exception):
            raise answer
        return answer


def _sender(db: Database, key_ring: KeyRing, post: _Sends) -> Sender:
    return Sender(db=db, post=post, key_ring=key_ring, clock=ManualClock())


async def test_what_cannot_be_sent_or_recorded_costs_the_others_nothing(
    db: Database, key_ring: KeyRing, hooks: Any, make_endpoint: Any, publish: Any
) -> None:
    unstorable = replace(OK, excerpt="\x00")  # PostgreSQL takes no NUL in a text
    post = _Sends({"http://bad/": unstorable, "http://broken/": RuntimeError("a bug of ours")})
    made = {
        name: await make_endpoint(f"http://{name}/")
        for name in ("bad", "broken", *(f"good{n}" for n in range(6)))
    }
    await publish(*(hooks.event(tenant=endpoint.tenant) for endpoint in made.values()))
    stop = asyncio.Event()
    sending = asyncio.create_task(_sender(db, key_ring, post).run(stop))
    for name, endpoint in made.items():
        if name != "broken":
            await hooks.until(lambda e=endpoint: hooks.has_status(e.id, "delivered"))
    await hooks.until(lambda: _has_attempt(hooks, made["broken"].id))
    stop.set()
    await sending
    (kept,) = await hooks.attempts(made["bad"].id)
    assert (kept["result"], kept["status_code"], kept["answer_excerpt"]) == ("delivered", 200, None)
    (failed,) = await hooks.attempts(made["broken"].id)
    assert failed["result"] == "internal_error"
    (delivery,) = await hooks.deliveries(made["broken"].id)
    assert (delivery["status"], delivery["failures"]) == ("pending", 1)
    (health,) = await hooks.sql(
        "SELECT * FROM webhooks.endpoint_health WHERE endpoint_id = $1", made["broken"].id
    )
    assert (health["failing_since"], health["failures_in_a_row"]) == (None, 0)


async def _has_attempt(hooks: Any, endpoint_id: str) -> bool:
    return bool(await hooks.attempts(endpoint_id))


@pytest.mark.parametrize("sealed", [b"short", b"\x00" * 60])
async def test_a_secret_that_cannot_be_opened_fails_that_delivery_by_the_schedule(
    db: Database,
    key_ring: KeyRing,
    hooks: Any,
    make_endpoint: Any,
    publish: Any,
    sealed: bytes,
) -> None:
    locked, good = await make_endpoint("http://locked/"), await make_endpoint("http://good/")
    await hooks.sql(
        "UPDATE webhooks.endpoint_secrets SET sealed = $2 WHERE endpoint_id = $1", locked.id, sealed
    )
    await publish(*(hooks.event(tenant=endpoint.tenant) for endpoint in (locked, good)))
    stop = asyncio.Event()
    sending = asyncio.create_task(_sender(db, key_ring, _Sends({})).run(stop))
    await hooks.until(lambda: hooks.has_status(good.id, "delivered"))
    await hooks.until(lambda: _has_attempt(hooks, locked.id))
    stop.set()
    await sending
    (attempt,) = await hooks.attempts(locked.id)
    assert attempt["result"] == "internal_error"
    assert "secret" in attempt["error"]


async def test_a_recorder_that_ends_by_itself_ends_the_process(
    db: Database,
    key_ring: KeyRing,
    make_endpoint: Any,
    publish: Any,
    hooks: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endpoint = await make_endpoint("http://good/")
    sender = _sender(db, key_ring, _Sends({}))
    monkeypatch.setattr(sender._recorder, "_taken", lambda: 1 / 0)
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[dict[str, Any]] = loop.create_future()
    loop.set_exception_handler(lambda _, context: ended.set_result(context))
    await publish(hooks.event(tenant=endpoint.tenant))
    stop = asyncio.Event()
    sending = asyncio.create_task(sender.run(stop))
    async with asyncio.timeout(5):
        context = await ended
    stop.set()
    await sending
    assert context[ENDED_BY_ITSELF]
    assert isinstance(context["exception"], ZeroDivisionError)
