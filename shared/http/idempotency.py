"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): a repeated POST has one effect
and one answer. The key's row is written in the transaction of the effect, so that neither exists
without the other, whatever crashes in between. Only success is stored: a refused request may be
corrected and sent again under the same key.
"""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from starlette.responses import Response

from shared.db import BIGINT, BYTES, INTEGER, JSON, TEXT, Database, Statement, UnitOfWork, sql
from shared.http.replies import JsonBytes, Reply, json_bytes
from shared.kernel.errors import AirlaneError, Conflict, Invalid, Text

# As in the OpenAPI document.
_KEY: Final = re.compile("[!-~]{1,255}")
_ORDERED_BYTES_MAX: Final = 64 * 1024
# A larger answer is sent but not stored: a repetition learns that the request was done.
_KEPT_BYTES_MAX: Final = 2 * 1024 * 1024
_NOT_KEPT: Final = "not-kept"

Act = Callable[[UnitOfWork], Awaitable[Reply]]


class IdempotencyKeyInvalid(Invalid):
    code = "request.idempotency_key_invalid"
    text = Text(
        "Idempotency-Key must have 1 to 255 visible ASCII characters.",
        "Idempotency-Key 须为 1 至 255 个可见 ASCII 字符。",
    )
    fix = Text("Send a fresh UUID for each new request.", "请为每个新请求使用新的 UUID。")


class IdempotencyMismatch(Invalid):
    code = "request.idempotency_mismatch"
    text = Text(
        "This Idempotency-Key was used for a request with another body.",
        "该 Idempotency-Key 已用于内容不同的请求。",
    )
    fix = Text("Send a new request with a new key.", "新请求请使用新的键。")


class IdempotencyInProgress(Conflict):
    code = "request.idempotency_in_progress"
    text = Text(
        "The first request with this key is still running.", "使用该键的首个请求仍在处理中。"
    )
    fix = Text("Repeat it in a moment to get its response.", "请稍后重试，将返回其结果。")
    retry_after_s = 1


class IdempotencyAnswerNotKept(Conflict):
    code = "request.idempotency_answer_not_kept"
    text = Text(
        "The first request succeeded; its response was too large to be stored.",
        "该请求已执行；其结果过大，未予保存。",
    )
    fix = Text("Read the resources instead.", "请直接查询相关资源。")


class _OvertakenError(Exception):
    """Another request with the key committed between our lookup and our commit."""


@dataclass(frozen=True, slots=True)
class Key:
    """One use of a key: `hash` identifies the key, `fingerprint` the request made with it."""

    hash: str
    fingerprint: str

    @property
    def lock(self) -> int:
        """A signed 64-bit number for PostgreSQL's advisory lock."""
        return int.from_bytes(bytes.fromhex(self.hash[:16]), signed=True)


def key_of(
    header: str,
    *,
    tenant: str,
    method: str,
    path: str,
    query: bytes,
    body: bytes,
    value: object = None,
) -> Key:
    """`value` is the parsed body if it is JSON. Raises IdempotencyKeyInvalid. The draft quotes the
    key and most clients do not: both work.
    """
    name = header.strip()
    if len(name) >= 2 and name[0] == name[-1] == '"':
        name = name[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if _KEY.fullmatch(name) is None:
        raise IdempotencyKeyInvalid(pointer="/header/idempotency-key")
    named = "\0".join((tenant, method, path, name)).encode("utf-8", "backslashreplace")
    return Key(hashlib.sha256(named).hexdigest(), _fingerprint(query, body, value))


def _fingerprint(query: bytes, body: bytes, value: object) -> str:
    """Equal for equal requests: the order of members and white space in JSON do not matter, except
    in long bodies, where sorting would hold up other requests.
    """
    content = body
    if value is not None and len(body) <= _ORDERED_BYTES_MAX:
        content = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(query + b"\0" + content).hexdigest()


@dataclass(frozen=True, slots=True)
class _Answer:
    fingerprint: str
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _First:
    """What is known of the first request with a key; `is_locked`: this request has its lock."""

    is_locked: bool
    answer: _Answer | None


def _first(
    is_locked: bool,
    fingerprint: str | None,
    status: int | None,
    headers: dict[str, str] | None,
    body: bytes | None,
) -> _First:
    if fingerprint is None or status is None or headers is None or body is None:
        return _First(is_locked, None)
    return _First(is_locked, _Answer(fingerprint, status, headers, body))


@cache
def _statements(schema: str) -> tuple[Statement[_First], Statement[None]]:
    """Look up (and lock), store. `schema` is the service's own name, never a value from outside."""
    # One statement for both saves a round trip. Its snapshot may be older than the lock; the
    # primary key then refuses the second row (see run_once).
    look = sql(
        "SELECT pg_try_advisory_xact_lock(:lock) AS is_locked,"  # noqa: S608 - the schema is ours
        " k.fingerprint, k.status, k.headers, k.body"
        f" FROM (SELECT 1) AS one LEFT JOIN {schema}.idempotency_key AS k"
        " ON k.tenant_id = :tenant_id AND k.key_hash = :key_hash",
        _first,
        lock=BIGINT,
        tenant_id=TEXT,
        key_hash=TEXT,
    )
    keep = sql(
        f"INSERT INTO {schema}.idempotency_key"  # noqa: S608 - the schema is ours
        " (tenant_id, key_hash, fingerprint, status, headers, body)"
        " VALUES (:tenant_id, :key_hash, :fingerprint, :status, :headers, :body)"
        " ON CONFLICT (tenant_id, key_hash) DO NOTHING",
        tenant_id=TEXT,
        key_hash=TEXT,
        fingerprint=TEXT,
        status=INTEGER,
        headers=JSON,
        body=BYTES,
    )
    return look, keep


async def run_once(db: Database, tenant: str, key: Key, act: Act) -> Response:
    """Runs `act` and returns its answer, or returns the stored answer of the first run.

    Raises IdempotencyMismatch, IdempotencyInProgress, IdempotencyAnswerNotKept, and what `act`
    raises. If another request with the key commits at the same moment, `act` may run twice; the
    first run is then rolled back.
    """
    try:
        return await _attempt(db, tenant, key, act)
    except _OvertakenError:
        return await _attempt(db, tenant, key, act)
    except (IdempotencyMismatch, IdempotencyInProgress, IdempotencyAnswerNotKept):
        raise
    except AirlaneError:
        # Perhaps refused only because the first request has just taken effect ("that order number
        # exists"): then its answer is the right one.
        stored = await _stored(db, tenant, key)
        if stored is None:
            raise
        return stored


async def _attempt(db: Database, tenant: str, key: Key, act: Act) -> Response:
    look, keep = _statements(db.schema)
    async with db.transaction(tenant) as uow:
        first = await uow.fetch_first(look, lock=key.lock, tenant_id=tenant, key_hash=key.hash)
        assert first is not None
        if first.answer is not None:
            return _replay(first.answer, key)
        if not first.is_locked:
            raise IdempotencyInProgress
        reply = await act(uow)
        body, headers = json_bytes(reply.body), reply.named_headers()
        if 200 <= reply.status < 300:
            is_kept = len(body) <= _KEPT_BYTES_MAX
            kept = await uow.execute(
                keep,
                tenant_id=tenant,
                key_hash=key.hash,
                fingerprint=key.fingerprint,
                status=reply.status,
                headers=headers if is_kept else {_NOT_KEPT: "true"},
                body=body if is_kept else b"",
            )
            if not kept:
                raise _OvertakenError
    return JsonBytes(body, reply.status, headers)


async def _stored(db: Database, tenant: str, key: Key) -> Response | None:
    look, _ = _statements(db.schema)
    async with db.transaction(tenant) as uow:
        first = await uow.fetch_first(look, lock=key.lock, tenant_id=tenant, key_hash=key.hash)
    assert first is not None
    return None if first.answer is None else _replay(first.answer, key)


def _replay(answer: _Answer, key: Key) -> Response:
    if answer.fingerprint != key.fingerprint:
        raise IdempotencyMismatch(pointer="/header/idempotency-key")
    if _NOT_KEPT in answer.headers:
        raise IdempotencyAnswerNotKept
    headers = {**answer.headers, "idempotency-replayed": "true"}
    return JsonBytes(answer.body, answer.status, headers)
