"""The answer of a batch: 207, each item as if it had come alone, whatever became of the others."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from shared.http import Call, Reply
from shared.http.errors import problem
from shared.http.faults import ITEM_ERRORS_MAX
from shared.kernel.errors import AirlaneError

T = TypeVar("T")


def merged(read: Sequence[T | AirlaneError], outcomes: Sequence[Any]) -> list[Any]:
    """The outcomes of the items that could be read, put back between those that could not."""
    following = iter(outcomes)
    return [item if isinstance(item, AirlaneError) else next(following) for item in read]


def batch_reply(
    call: Call,
    instance: str,
    outcomes: Sequence[Any],
    done: Callable[[Any], dict[str, Any]],
) -> Reply:
    """`done` gives `status`, `id` and whatever else an item that succeeded says."""
    items = []
    for index, outcome in enumerate(outcomes):
        if isinstance(outcome, AirlaneError):
            where = f"{instance}#/items/{index}"
            error = problem(outcome, locale=call.locale, instance=where, errors_max=ITEM_ERRORS_MAX)
            items.append({"index": index, "status": error["status"], "error": error})
        else:
            items.append({"index": index, **done(outcome)})
    return Reply(207, {"items": items})
