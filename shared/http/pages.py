"""Lists in pages: `{items, next}`.

    asked = page.of(filters, str)
    async with call.read() as reader:
        orders = await queries.list_orders(reader, asked.window, asked.filters)
    return json_reply(asked.page(orders, order_out, key=lambda order: (order.id,)))

The cursor is the sort key of the last row, so pages neither skip nor repeat rows when others are
inserted in between, and cost the same at any depth.

It is opaque, not secret: base64url of the key and of a hash of the filters it was made for. A
cursor that is not ours, or that belongs to another list or filter, is refused rather than giving a
wrong page.
"""

import base64
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final, Generic, TypeVar, cast

from fastapi import Depends, Header, Query, Request
from pydantic import BaseModel, Field

from shared.db import Filters, Window
from shared.kernel.errors import Invalid, Text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
R = TypeVar("R")

LIMIT_MAX: Final = 200
_CURSOR_CHARS_MAX: Final = 1024


class BadCursor(Invalid):
    code = "request.bad_cursor"
    text = Text("The cursor does not belong to this list.", "游标与该列表不匹配。")
    fix = Text(
        "Use `next` of the previous page with the same filters, or start without a cursor.",
        "请使用上一页返回的 next 并保持筛选条件不变，或不带游标重新开始。",
    )


class Page(BaseModel, Generic[T]):
    """One page; `next` is the cursor of the following page, null on the last one. A page may have
    fewer entries than asked for, or none, although another one follows.
    """

    items: list[T]
    next: str | None = None


class Total(BaseModel):
    """How many entries all pages have together: this many, or more if it is not exact."""

    count: int
    is_exact: bool


class CountedPage(Page[T]):
    """A page of a list that can be counted."""

    total: Total | None = Field(
        default=None, description="With `Prefer: return=total-count`; exact up to 10,000."
    )


@dataclass(frozen=True, slots=True)
class AskedPage:
    """A page of one list. Read as many rows as the window says: it asks for one more than the
    page shows, and that row means that there is another page.
    """

    limit: int
    window: Window
    filters: Filters
    bound: Filters

    def page(
        self,
        rows: Sequence[R],
        build: Callable[[R], T],
        *,
        key: Callable[[R], Sequence[object]],
        total: Total | None = None,
        passed: R | None = None,
    ) -> Page[T]:
        """The page of these rows. `key`: the sort key of a row, of the shape given to `of`.
        `passed`: the last row that was looked at, if the page ends there before it is full.
        """
        shown = rows[: self.limit]
        last = shown[-1] if len(rows) > self.limit else passed
        following = None if last is None else encode_cursor(key(last), self.bound)
        # Not validated again: `build` has just made the items.
        items = [build(row) for row in shown]
        if total is None:
            return Page[T].model_construct(items=items, next=following)
        return CountedPage[T].model_construct(items=items, next=following, total=total)


@dataclass(frozen=True, slots=True)
class PageParams:
    """`limit` and `cursor` of a request.

    `path` names the list, so that a cursor of one list without filters is refused by another.
    """

    limit: int
    cursor: str | None
    path: str

    def of(self, filters: object, *shape: type) -> AskedPage:
        """The page that the request asks for. `filters`: a dataclass or a mapping, with None for
        those not given; `shape`: the types of the list's sort key. Raises BadCursor.
        """
        named: Filters = (
            filters if isinstance(filters, Mapping) else asdict(cast("DataclassInstance", filters))
        )
        bound: Filters = {**named, "path": self.path}
        after = None if self.cursor is None else decode_cursor(self.cursor, bound, *shape)
        return AskedPage(self.limit, Window(self.limit + 1, after), named, bound)


async def page_params(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="Entries per page.")] = 50,
    cursor: Annotated[
        str | None,
        Query(max_length=_CURSOR_CHARS_MAX, description="`next` of the previous page."),
    ] = None,
) -> PageParams:
    return PageParams(limit, cursor, request.scope["path"])


# The parameter of a route that answers with a page.
PageOf = Annotated[PageParams, Depends(page_params)]

TOTAL_MAX: Final = 10_000
_TOTAL_WANTED: Final = re.compile(
    r"(^|[,;\s])return\s*=\s*\"?total-count\"?($|[,;\s])", re.IGNORECASE
)


async def _total_wanted(
    prefer: Annotated[
        str | None,
        Header(
            max_length=200,
            description="`return=total-count` (RFC 7240): the page says how many entries there are"
            " in all, exactly up to 10,000.",
        ),
    ] = None,
) -> bool:
    return prefer is not None and _TOTAL_WANTED.search(prefer) is not None


# Whether the client wants a CountedPage: beside PageOf.
TotalWanted = Annotated[bool, Depends(_total_wanted)]
TOTAL_APPLIED: Final = {"Preference-Applied": "return=total-count"}


async def total_of(count: Callable[[int], Awaitable[int]]) -> Total:
    """The total of a list that `count(at_most)` counts."""
    found = await count(TOTAL_MAX + 1)
    return Total(count=min(found, TOTAL_MAX), is_exact=found <= TOTAL_MAX)


def encode_cursor(key: Sequence[object], filters: Filters) -> str:
    """`key` has texts, whole numbers and aware instants; `filters` all other parameters."""
    values = [v.isoformat() if isinstance(v, datetime) else v for v in key]
    raw = json.dumps([_hash(filters), *values], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, filters: Filters, *shape: type) -> tuple[object, ...]:
    """The key, checked against its types (`str`, `int`, `datetime`). Raises BadCursor."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        held = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        made_for, *values = held
        if made_for != _hash(filters) or len(values) != len(shape):
            raise BadCursor(pointer="/query/cursor")
        return tuple(_typed(value, kind) for value, kind in zip(values, shape, strict=True))
    except (ValueError, TypeError, RecursionError) as error:
        raise BadCursor(pointer="/query/cursor") from error


def _typed(value: object, kind: type) -> object:
    if kind is datetime:
        instant = datetime.fromisoformat(str(value))
        if instant.tzinfo is None:
            raise ValueError("no offset")
        return instant
    if type(value) is not kind:  # not isinstance: true is not a number here
        raise ValueError("not of that type")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("larger than a bigint")
    # encode() refuses lone surrogates
    if isinstance(value, str) and b"\x00" in value.encode():
        raise ValueError("PostgreSQL cannot store that text")
    return value


def _hash(filters: Filters) -> str:
    given = sorted((name, str(value)) for name, value in filters.items() if value is not None)
    return hashlib.sha256(repr(given).encode("utf-8", "replace")).hexdigest()[:12]
