"""Batches: many items in one request, each accepted or refused on its own (207 Multi-Status).

    items = await read_items(OrderIn, body.items, to_domain)
    async def act(uow: UnitOfWork) -> Reply:
        outcomes = await place_orders(uow, orders=accepted(items), …)
        return batch_reply(call, items, [_done(outcome) for outcome in outcomes])

Items are documented as their model and read one by one, so that a bad item does not affect others.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field

from shared.documents.faults import ITEM_ERRORS_MAX
from shared.documents.fields import DocumentedAs, read_each
from shared.http.call import Call
from shared.http.errors import problem
from shared.http.openapi_parts import Problem
from shared.http.replies import Reply
from shared.kernel.errors import AirlaneError
from shared.kernel.json import JsonObject

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


class BatchItemOut(BaseModel):
    """`status` is the HTTP status that the item would have received on its own."""

    index: int = Field(description="Position in the request, from 0.", examples=[0])
    status: int = Field(description="201: new; 200: already known; else that of the error.")
    id: str | None = Field(default=None, description="Of what was created or found.")
    error: Annotated[JsonObject, DocumentedAs(Problem)] | None = None


class BatchOut(BaseModel):
    items: list[BatchItemOut]


@dataclass(frozen=True, slots=True)
class ItemDone:
    """An accepted item: `id` of what was created or found. `refusal`: the item was kept, although
    what it refers to is not known here.
    """

    id: str | None
    is_new: bool = True
    refusal: AirlaneError | None = None


async def read_items(
    model: type[M], items: Sequence[object], build: Callable[[M], T]
) -> list[T | AirlaneError]:
    """Each item as `build` makes it from its model, or what is wrong with it."""
    return [_built(item, build) for item in await read_each(model, items)]


def _built(item: M | AirlaneError, build: Callable[[M], T]) -> T | AirlaneError:
    if isinstance(item, AirlaneError):
        return item
    try:
        return build(item)
    except AirlaneError as refusal:
        return refusal


def accepted(items: Iterable[T | AirlaneError]) -> list[T]:
    """The items that could be read, in order."""
    return [item for item in items if not isinstance(item, AirlaneError)]


def batch_reply(
    call: Call, items: Sequence[object | AirlaneError], outcomes: Iterable[ItemDone | AirlaneError]
) -> Reply:
    """207 with one entry per item. `outcomes`: one per accepted item, in order."""
    following = iter(outcomes)
    entries = []
    for index, item in enumerate(items):
        outcome = item if isinstance(item, AirlaneError) else next(following)
        entries.append({"index": index, **_entry(call, index, outcome)})
    return Reply(207, {"items": entries})


def _entry(call: Call, index: int, outcome: ItemDone | AirlaneError) -> dict[str, object]:
    if isinstance(outcome, ItemDone) and outcome.refusal is None:
        return {"status": 201 if outcome.is_new else 200, "id": outcome.id}
    refusal = outcome.refusal if isinstance(outcome, ItemDone) else outcome
    assert refusal is not None
    error = problem(
        refusal,
        locale=call.locale,
        instance=f"{call.path}#/items/{index}",
        errors_max=ITEM_ERRORS_MAX,
    )
    if isinstance(outcome, ItemDone):
        return {"status": error["status"], "id": outcome.id, "error": error}
    return {"status": error["status"], "error": error}
