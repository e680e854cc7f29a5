"""Types for JSON, its order, and merging it."""

from typing import Any, TypeVar

T = TypeVar("T")

# A JSON object whose members its reader knows, such as a JSON Schema or an OpenAPI document.
JsonObject = dict[str, Any]


def as_kept(members: dict[str, T]) -> dict[str, T]:
    """The members in the order in which jsonb keeps them: shorter names first, then by their bytes.
    So an answer to a change is, to the byte, what is read later, and has the same ETag.
    """
    names = sorted(members, key=_place)
    return members if names == list(members) else {name: members[name] for name in names}


def _place(name: str) -> tuple[int, bytes]:
    written = name.encode()
    return len(written), written


def merged(target: object, patch: object) -> object:
    """`target` after the patch (RFC 7396 §2)."""
    if not isinstance(patch, dict):
        return patch
    return merged_object(target if isinstance(target, dict) else {}, patch)


def merged_object(target: JsonObject, patch: JsonObject) -> JsonObject:
    """The same for two objects."""
    result = dict(target)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def same(one: object, other: object) -> bool:
    """Whether two JSON values are equal. For Python True is 1; in JSON true is no number."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(v, other[n]) for n, v in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other
