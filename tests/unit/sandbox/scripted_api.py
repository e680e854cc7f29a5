"""All services of a park at one address: real HTTP, answers as a test scripts them."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from deploy.sandbox.api_client import HttpPool, ServiceClient
from deploy.sandbox.park import SeededPark
from deploy.sandbox.settings import SandboxSettings
from shared.contracts.topics import SERVICES
from shared.kernel.clock import ClockFile, SystemClock, real_now
from shared.settings import KafkaSettings


@dataclass(frozen=True)
class Asked:
    """A request as it arrived; `token` is that of its Authorization header."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any

    @property
    def token(self) -> str:
        return self.headers["Authorization"].removeprefix("Bearer ")


Answer = tuple[int, object]  # status and JSON body
Scripted = Answer | Callable[[Asked], Answer]


def all_created(asked: Asked) -> Answer:
    """A batch of which every item was taken."""
    items = asked.body["items"]
    return 207, {"items": [{"status": 201, "id": f"id_{n}"} for n in range(len(items))]}


def page(*items: object, following: str | None = None) -> Answer:
    return 200, {"items": list(items), "next": following}


def problem(status: int, code: str, **more: object) -> Answer:
    return status, {"code": code, **more}


class ScriptedApi:
    """`script` the answers of a path one after the other; the last one is repeated. Every sign-in
    gets the next of the tokens token-1, token-2 …, unless `POST /oauth/token` is scripted, too."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.token_life_s = 900
        self._scripts: dict[tuple[str, str], list[Scripted]] = defaultdict(list)
        self._tokens = 0
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def script(self, method: str, path: str, *answers: Scripted) -> None:
        self._scripts[method, path] += answers

    def asked_for(self, path: str, method: str = "POST") -> list[Asked]:
        return [one for one in self.asked if (one.method, one.path) == (method, path)]

    async def _answer(self, request: web.Request) -> web.Response:
        raw = await request.read()
        is_json = request.content_type == "application/json"
        asked = Asked(
            request.method,
            request.path,
            dict(request.query),
            dict(request.headers),
            json.loads(raw) if raw and is_json else raw.decode(),
        )
        self.asked.append(asked)
        scripted = self._scripts[asked.method, asked.path]
        if scripted:
            answer = scripted.pop(0) if len(scripted) > 1 else scripted[0]
            status, body = answer(asked) if callable(answer) else answer
        elif asked.path == "/oauth/token":
            self._tokens += 1
            status = 200
            body = {"access_token": f"token-{self._tokens}", "expires_in": self.token_life_s}
        else:
            status, body = problem(404, "not_scripted")
        return web.json_response(body, status=status)


def a_fast_clock() -> SystemClock:
    """A business day in a tenth of a second."""
    now = real_now()
    return SystemClock(rate=1_000_000.0, epoch=now, anchor=now)


def settings_for(
    api: ScriptedApi, state: Path, clock: SystemClock | ClockFile | None = None
) -> SandboxSettings:
    return SandboxSettings(
        url=dict.fromkeys(SERVICES, api.url),
        kafka=KafkaSettings(bootstrap_servers="127.0.0.1:1"),
        single_window=state / "single-window",
        state=state,
        operator_id="operator-1",
        operator_secret="s" * 20,
        clock=clock or a_fast_clock(),
        orders=state / "orders.csv",
        kill=(),
        exits=True,
        seed=1,
        patience_s=5.0,
    )


def park_at(api: ScriptedApi, pool: HttpPool, state: Path, merchants: int = 24) -> SeededPark:
    """A park that was seeded: merchant ids mer_0, mer_1 …"""
    park = SeededPark(settings_for(api, state), pool)
    park.merchant_ids = [f"mer_{place}" for place in range(merchants)]
    operator = park.credentials["operator"]
    park.credentials["merchant"] = type(operator)("merchant-1", "x" * 20, "mer_0")
    park.credentials["partner"] = type(operator)("partner-1", "y" * 20, "par_1")
    return park


def client_at(api: ScriptedApi, pool: HttpPool, state: Path) -> ServiceClient:
    return park_at(api, pool, state).client("catalog")
