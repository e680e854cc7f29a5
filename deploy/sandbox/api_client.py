"""The REST APIs of the five services, as a partner's program would use them: own credentials,
tokens renewed before they expire, and every request repeated until it is answered.

Repeating is safe: a POST that creates carries an Idempotency-Key, the others have natural keys.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from shared.kernel.clock import monotonic_s

# Answers of a proxy or of a busy service: it is unavailable for a moment.
_AWAY: Final = frozenset((429, 502, 503, 504))
_FAULTS_MAX: Final = 15  # answers 500 to one request; a check of the day counts every one
_PAUSE_S_MAX: Final = 2.0
_TOKEN_MARGIN_S: Final = 60.0
_STILL_RUNNING: Final = "request.idempotency_in_progress"
PAGE: Final = 200


class RequestFailed(Exception):
    """A service did not answer in time, or answered what it must not."""


@dataclass(frozen=True)
class ApiResponse:
    status: int
    body: Any

    @property
    def ok(self) -> bool:
        return self.status < 300

    @property
    def code(self) -> str:
        """The problem's stable code; that of its first fault where the problem only sums up."""
        problem = self.body if isinstance(self.body, dict) else {}
        errors = problem.get("errors") or [{}]
        code = problem.get("code", f"http.{self.status}")
        return str(errors[0].get("code", code) if code == "request.invalid" else code)

    def must(self) -> Any:
        """The body of an answer that has no reason to be a refusal. Raises RequestFailed."""
        if not self.ok:
            raise RequestFailed(f"{self.status} {self.code}: {str(self.body)[:400]}")
        return self.body


class HttpPool:
    """The one connection pool, and a count of what was answered."""

    def __init__(self, *, patience_s: float = 240.0) -> None:
        self.patience_s = patience_s
        self.answers: Counter[int] = Counter()
        self.resent: Counter[str] = Counter()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=64, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=60, connect=5),
            trust_env=False,
        )

    async def close(self) -> None:
        await self._session.close()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        data: Any = None,
        params: Mapping[str, str] | None = None,
    ) -> ApiResponse:
        """Raises RequestFailed when nobody answered for `patience_s`."""
        deadline = monotonic_s() + self.patience_s
        attempt = faults = 0
        while True:
            attempt += 1
            why, pause_s = "", min(0.1 * 2**attempt, _PAUSE_S_MAX)
            try:
                async with self._session.request(
                    method, url, headers=headers, json=json, data=data, params=params
                ) as got:
                    answer = ApiResponse(got.status, await _body(got))
                    self.answers[got.status] += 1
                faults += answer.status == 500
                if not _should_repeat(answer, faults):
                    return answer
                why = f"answered {answer.status} {answer.code}"
            except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
                why = type(error).__name__
            self.resent[why] += 1
            if monotonic_s() > deadline:
                raise RequestFailed(f"{method} {url}: {why}, for {self.patience_s:.0f} s")
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))


def _should_repeat(answer: ApiResponse, faults: int) -> bool:
    return (
        answer.status in _AWAY
        or (answer.status == 500 and faults < _FAULTS_MAX)
        or (answer.status == 409 and answer.code == _STILL_RUNNING)
    )


async def _body(got: aiohttp.ClientResponse) -> Any:
    if got.content_type.endswith("json"):
        return await got.json(content_type=None)
    if got.content_type.startswith("text/"):
        return await got.text()
    return await got.read()


class TokenSource:
    """One credential and its current token."""

    def __init__(self, pool: HttpPool, url: str, client_id: str, client_secret: str) -> None:
        self._pool, self._url = pool, url
        self.client_id, self.client_secret = client_id, client_secret
        self._token, self._ends_s = "", 0.0
        self._lock = asyncio.Lock()

    async def sign_in(self) -> ApiResponse:
        """Gets a token now. A refusal is an answer, not an error: the credential may be gone."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        asked_s = monotonic_s()
        answer = await self._pool.request("POST", f"{self._url}/oauth/token", data=form)
        if answer.ok:
            self._token = answer.body["access_token"]
            life_s = float(answer.body["expires_in"])
            self._ends_s = asked_s + life_s - min(_TOKEN_MARGIN_S, life_s / 4)
        return answer

    async def token(self) -> str:
        async with self._lock:
            if monotonic_s() >= self._ends_s:
                (await self.sign_in()).must()
            return self._token

    def forget(self) -> None:
        self._ends_s = 0.0


class ServiceClient:
    """One service, with one credential."""

    def __init__(self, pool: HttpPool, url: str, tokens: TokenSource) -> None:
        self._pool, self.url, self._tokens = pool, url, tokens
        self.patience_s = pool.patience_s

    async def get(self, path: str, tenant: str | None = None, **params: str) -> ApiResponse:
        return await self._send("GET", path, {}, tenant, params=params)

    async def post(
        self,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        tenant: str | None = None,
    ) -> ApiResponse:
        return await self._send("POST", path, _keyed(key), tenant, json=body)

    async def post_xml(self, path: str, xml: str, *, key: str | None = None) -> ApiResponse:
        headers = _keyed(key) | {"Content-Type": "application/xml"}
        return await self._send("POST", path, headers, None, data=xml.encode())

    async def post_file(
        self,
        path: str,
        content: bytes,
        media_type: str,
        *,
        key: str | None = None,
        tenant: str | None = None,
        **params: str,
    ) -> ApiResponse:
        headers = _keyed(key) | {"Content-Type": media_type}
        return await self._send("POST", path, headers, tenant, data=content, params=params)

    async def get_file(self, path: str, *, tenant: str | None = None) -> bytes:
        """Raises RequestFailed."""
        content: bytes = (await self._send("GET", path, {}, tenant)).must()
        return content

    async def delete(self, path: str) -> ApiResponse:
        return await self._send("DELETE", path, {"If-Match": "*"}, None)

    async def pages(
        self, path: str, *, tenant: str | None = None, **params: str
    ) -> AsyncIterator[dict[str, Any]]:
        """Every item of a list, page after page. Raises RequestFailed."""
        more: dict[str, str] = {}
        while True:
            page = (await self.get(path, tenant, limit=str(PAGE), **params, **more)).must()
            for item in page["items"]:
                yield item
            if page["next"] is None:
                return
            more = {"cursor": page["next"]}

    async def _send(
        self, method: str, path: str, headers: dict[str, str], tenant: str | None, **more: Any
    ) -> ApiResponse:
        if tenant:
            headers["Airlane-Tenant"] = tenant
        for _ in range(2):
            headers["Authorization"] = f"Bearer {await self._tokens.token()}"
            answer = await self._pool.request(method, f"{self.url}{path}", headers=headers, **more)
            if answer.status != 401:
                break
            self._tokens.forget()  # its keys were changed, or our clock is behind
        return answer


def _keyed(key: str | None) -> dict[str, str]:
    return {"Idempotency-Key": key} if key else {}
