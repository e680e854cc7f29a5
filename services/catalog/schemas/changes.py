"""The change feed, as REST clients see it."""

import base64
import hashlib
import json
import re
from datetime import datetime
from typing import Final

from pydantic import BaseModel, Field, TypeAdapter

from shared.contracts.registry import EVENTS
from shared.db.feed import CURSOR_VALID, FeedEvent, FeedPage, Place
from shared.http.pages import BadCursor
from shared.kernel.errors import Gone, Invalid, Text
from shared.kernel.instants import rfc3339
from shared.kernel.json import JsonObject

CURSOR_CHARS_MAX: Final = 4096
TYPES: Final = frozenset(name for name in EVENTS if name.startswith("catalog."))

_SNAPSHOT: Final = re.compile(r"(\d{1,18}):(\d{1,18}):((?:\d{1,18}(?:,\d{1,18})*)?)", re.ASCII)
_PLACE: Final = TypeAdapter(Place)


class CursorExpired(Gone):
    code = "catalog.changes.cursor_expired"
    text = Text(
        "What has changed since {since} is no longer kept: that is {days} days.",
        "自 {since} 以来的变更已不再保留（保留 {days} 天）。",
    )
    fix = Text(
        "Take GET /v1/products:export and go on from its Airlane-Changes-Cursor.",
        "请重新执行 GET /v1/products:export，并从其 Airlane-Changes-Cursor 继续。",
    )


class CursorOfAnotherCluster(Gone):
    code = "catalog.changes.cursor_of_another_database"
    text = Text(
        "The data has been restored into another database since.", "数据此后已恢复到另一个数据库。"
    )
    fix = CursorExpired.fix


class UnknownChangeType(Invalid):
    code = "catalog.changes.unknown_type"
    text = Text("{type} is no type of change.", "没有变更类型 {type}。")
    fix = Text("Known types: {known}.", "可用类型：{known}。")


class ChangeOut(BaseModel):
    """One event, as webhooks and Kafka have it."""

    id: str = Field(examples=["evt_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])
    event_type: str = Field(examples=["catalog.product.updated"])
    subject: str = Field(description="Id of what changed: a product, an order, …")
    version: int = Field(description="Counts the events of the subject, from 1 without gaps.")
    occurred_at: datetime
    data: JsonObject = Field(description="As GET /v1/event-types of the webhooks describes it.")


class ChangesOut(BaseModel):
    items: list[ChangeOut]
    next: str = Field(description="Where to go on; also when there was nothing new.")
    has_more: bool = Field(description="Whether it is worth asking again at once.")


def changes_out(page: FeedPage, cursor: str) -> bytes:
    """As JSON. The data of the events is JSON already, so it is not read and written again."""
    items = b",".join(map(_change_json, page.events))
    more = b"false" if page.is_last else b"true"
    return b'{"items":[%b],"next":"%b","has_more":%b}' % (items, cursor.encode(), more)


def _change_json(event: FeedEvent) -> bytes:
    head = json.dumps(
        {
            "id": event.event_id,
            "event_type": event.type,
            "subject": event.subject,
            "version": event.version,
            "occurred_at": rfc3339(event.at),
        }
    )
    return f'{head[:-1]}, "data": {event.data}}}'.encode()


def types_of(given: str | None) -> list[str] | None:
    """The types of a comma-separated list; None: all. Raises UnknownChangeType."""
    if given is None:
        return None
    types = [name.strip() for name in given.split(",")]
    for name in types:
        if name not in TYPES:
            known = ", ".join(sorted(TYPES))
            raise UnknownChangeType(pointer="/query/event_types", type=name, known=known)
    return types


def cursor_of(place: Place, *, tenant: str) -> str:
    """Opaque: base64url of the place, and of a hash of the tenant whose feed it is."""
    held = [_hash(tenant), _PLACE.dump_python(place, mode="json")]
    raw = json.dumps(held, separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def place_of(cursor: str, *, tenant: str, cluster: int, real_now: datetime) -> Place:
    """Raises BadCursor, CursorExpired or CursorOfAnotherCluster."""
    place = _decoded(cursor, tenant)
    if place.cluster != cluster:
        raise CursorOfAnotherCluster(pointer="/query/cursor")
    if place.has_expired(real_now):
        since = rfc3339(place.since or real_now)
        raise CursorExpired(pointer="/query/cursor", since=since, days=CURSOR_VALID.days)
    return place


def _decoded(cursor: str, tenant: str) -> Place:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        digest, held = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        place = _PLACE.validate_python(held)
    except (ValueError, TypeError, RecursionError) as error:
        raise BadCursor(pointer="/query/cursor") from error
    snapshots = [place.seen] if place.target is None else [place.seen, place.target]
    ids = (place.last_id, place.floor_id, place.next_floor_id)
    if (
        digest != _hash(tenant)
        or not all(map(_is_snapshot, snapshots))
        or not all(0 <= one < 2**63 for one in ids)
        or not all(map(_is_instant, (place.seen_at, place.target_at, place.read_at)))
    ):
        raise BadCursor(pointer="/query/cursor")
    return place


def _is_snapshot(text: str) -> bool:
    """Whether PostgreSQL would read it: xmin:xmax:those between that are open, in order."""
    found = _SNAPSHOT.fullmatch(text)
    if found is None:
        return False
    xmin, xmax = int(found[1]), int(found[2])
    between = [int(one) for one in found[3].split(",")] if found[3] else []
    return 0 < xmin <= xmax and all(
        low <= one < xmax and (index == 0 or between[index - 1] < one)
        for index, (low, one) in enumerate((xmin, one) for one in between)
    )


def _is_instant(at: datetime | None) -> bool:
    """Whether it can be compared with others and moved to UTC."""
    return at is None or (at.tzinfo is not None and 2000 <= at.year < 3000)


def _hash(tenant: str) -> str:
    return hashlib.sha256(f"changes {tenant}".encode()).hexdigest()[:12]
