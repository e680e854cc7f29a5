"""`fields=`: an answer with only the members that the client asks for.

    Chosen = Annotated[Fields | None, Depends(fields_of(ProductOut))]

    return json_reply(product_out(stored), fields=chosen)

`fields=sku,title(en),price(amount)`: names separated by commas; in parentheses those inside of an
object or of the objects of a list. The ETag stays that of the whole resource, so that what was read
in part can be changed with If-Match.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Final, TypeAlias, Union, get_args, get_origin

from fastapi import Query
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from shared.http.pages import Page
from shared.kernel.errors import Invalid, Text

_CHARS_MAX: Final = 500
_PART: Final = re.compile(r"[\w-]+|[(),]", re.ASCII)
_DEPTH_MAX: Final = 8
# Any name: the keys of such an object are data, such as languages.
_ANY: Final = "*"
# A name -> what is chosen inside of it; nothing: all of it.
Tree: TypeAlias = "dict[str, Tree]"


class FieldsUnreadable(Invalid):
    code = "request.fields_unreadable"
    text = Text("`fields` cannot be read at {at}.", "fields 在 {at} 处无法解析。")
    fix = Text(
        "Separate names by commas, and put those inside of an object in parentheses:"
        " sku,price(amount).",
        "字段名以逗号分隔，对象内的字段写在括号中，例如 sku,price(amount)。",
    )


class UnknownField(Invalid):
    code = "request.unknown_field"
    text = Text("The answer has no member {field}.", "返回结果中没有字段 {field}。")
    fix = Text("Use the names of the answer without `fields`.", "请使用完整返回结果中的字段名。")


@dataclass(frozen=True, slots=True)
class Fields:
    """What the client asked for."""

    tree: Tree

    def of(self, body: object) -> object:
        """The chosen part of a resource, or of each item of a page."""
        if isinstance(body, Page):
            whole = to_jsonable_python(body, by_alias=True)
            return {**whole, "items": _part(whole["items"], self.tree)}
        return _part(to_jsonable_python(body, by_alias=True), self.tree)


def fields_of(model: Any) -> Callable[..., Awaitable[Fields | None]]:
    """The dependency of a route that answers with `model`, or with a page of it."""
    known = _members(model)

    async def chosen(
        fields: Annotated[
            str | None,
            Query(
                max_length=_CHARS_MAX,
                description="Only these members of the answer, or of each item:"
                " `sku,title(en),price(amount)`.",
            ),
        ] = None,
    ) -> Fields | None:
        if fields is None:
            return None
        tree = parse_fields(fields)
        _check(tree, known, "")
        return Fields(tree)

    return chosen


def parse_fields(text: str) -> Tree:
    """Raises FieldsUnreadable. The parentheses around all of it may be left out."""
    compact = "".join(text.split())
    if compact.startswith("(") and compact.endswith(")"):
        compact = compact[1:-1]
    root: Tree = {}
    open_trees = [root]
    last: Tree | None = None
    at = 0
    while at < len(compact):
        part = _PART.match(compact, at)
        if part is None:
            raise FieldsUnreadable(pointer="/query/fields", at=compact[at:])
        last = _step(part[0], open_trees, last, rest=compact[at:])
        at = part.end()
    if len(open_trees) > 1 or last is None:
        raise FieldsUnreadable(pointer="/query/fields", at="…")
    return root


def _step(part: str, open_trees: list[Tree], last: "Tree | None", *, rest: str) -> "Tree | None":
    """The tree of the name that was just read; None where a name must follow."""
    if part[0] not in "(),":
        if last is None:
            return open_trees[-1].setdefault(part, {})
    elif last is not None:
        if part == ",":
            return None
        if part == "(" and len(open_trees) < _DEPTH_MAX:
            open_trees.append(last)
            return None
        if part == ")" and len(open_trees) > 1:
            return open_trees.pop()
    raise FieldsUnreadable(pointer="/query/fields", at=rest)


def _check(tree: Tree, known: Tree, path: str) -> None:
    for name, inside in tree.items():
        found = known.get(name, known.get(_ANY))
        if found is None:
            raise UnknownField(pointer="/query/fields", field=f"{path}{name}")
        _check(inside, found, f"{path}{name}.")


def _part(value: object, tree: Tree) -> object:
    if not tree:
        return value
    if isinstance(value, list):
        return [_part(one, tree) for one in value]
    if isinstance(value, Mapping):
        return {name: _part(value[name], inside) for name, inside in tree.items() if name in value}
    return value


def _members(kind: Any) -> Tree:
    """What a value of this type has inside, by name."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {
            field.serialization_alias or name: _members(field.annotation)
            for name, field in kind.model_fields.items()
        }
    origin = get_origin(kind)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {_ANY: _members(get_args(kind)[-1])}
    if origin is Annotated:
        return _members(get_args(kind)[0])
    if kind is Any or isinstance(kind, type) or kind is None:
        return {_ANY: {}} if isinstance(kind, type) and issubclass(kind, Mapping) else {}
    if origin in (Union, UnionType, list, tuple):
        inside: Tree = {}
        for argument in get_args(kind):
            inside |= _members(argument)
        return inside
    # A named type, such as that of JSON objects: its inside is not ours.
    return {_ANY: {}}
