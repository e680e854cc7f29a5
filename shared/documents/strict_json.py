"""A JSON document (RFC 8259) as Python values, read once, in time linear in its length.

It refuses what parsers accept and no database stores (NUL, halves of surrogate pairs, NaN, numbers
that overflow), what parsers read differently (a name twice in one object, RFC 7493 §2.3), and what
costs more than it can be worth (depth, number of values).
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, NoReturn, cast

from shared.documents.errors import (
    ForbiddenCharacter,
    LoneSurrogate,
    Malformed,
    MalformedJson,
    NestedTooDeep,
    NotFiniteNumber,
    NumberTooLong,
    RepeatedName,
    TooManyValues,
)
from shared.documents.faults import pointer

# Of an ordinary document; whoever takes batches of them allows more.
VALUES_MAX: Final = 20_000
DEPTH_MAX: Final = 64
MEMBERS_MAX: Final = 1000

_COUNTED_BYTES: Final = 256 * 1024
# A place inside a value: the place of its parent, and the last step; None: the whole value.
_Place = tuple[object, str | int] | None


class _Repeating(dict[str, object]):
    """An object with a repeated name; it exists only while its place is searched for."""

    name: str


class _RepeatedError(Exception):
    """Raised inside the parser, which does not know its position."""


def parse(body: bytes, *, values_max: int) -> object:
    """Raises Malformed (or one of its kinds), TooManyValues, ForbiddenCharacter, LoneSurrogate."""
    opened = _count(body, values_max)
    try:
        # The RFC forbids sending a byte order mark and allows ignoring one.
        text = body.decode("utf-8-sig")
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise MalformedJson(position=error.pos, reason=error.msg) from error
    except RecursionError as error:
        raise NestedTooDeep(limit=DEPTH_MAX) from error
    except UnicodeDecodeError as error:
        raise Malformed from error
    except ValueError as error:  # int() limits the number of digits
        raise NumberTooLong from error
    except _RepeatedError:
        raise _repeated(text) from None
    if opened > DEPTH_MAX:
        _check_depth(value)
    if "\\u" in text:
        _check_escapes(text, value)
    return value


def _count(body: bytes, values_max: int) -> int:
    """An upper bound of the number of arrays and objects. Raises TooManyValues.

    Commas and brackets inside texts count too: that is exact enough for a bound, and hundreds of
    times faster than parsing. A long body is counted in parts, so that an absurd one fails early.
    """
    values = opened = 0
    for start in range(0, len(body), _COUNTED_BYTES):
        end = start + _COUNTED_BYTES
        opened += body.count(b"[", start, end) + body.count(b"{", start, end)
        values += body.count(b",", start, end)
        if values + opened > values_max:
            raise TooManyValues(limit=values_max)
    return opened


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    count = len(pairs)
    if len(members) != count:
        raise _RepeatedError
    if count > MEMBERS_MAX:
        raise TooManyValues(limit=MEMBERS_MAX)
    return members


def _float(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise NotFiniteNumber(value=digits[:40])
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise NotFiniteNumber(value=name)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_float, parse_constant=_refuse_constant
)


def _repeated(text: str) -> Malformed:
    """The refusal with its pointer: parses once more and marks objects with a repeated name. What
    is wrong further on in the text is refused instead.
    """

    def mark(pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        counts = Counter(name for name, _ in pairs)
        repeating = _Repeating(members)
        repeating.name = next(name for name, count in counts.items() if count > 1)
        return repeating

    try:
        value = json.loads(text, object_pairs_hook=mark)
    except json.JSONDecodeError as error:
        return MalformedJson(position=error.pos, reason=error.msg)
    except ValueError:
        return NumberTooLong()
    except RecursionError:
        return NestedTooDeep(limit=DEPTH_MAX)
    for place, found in _walk(value):
        if isinstance(found, _Repeating):
            return RepeatedName(pointer=_pointer((place, found.name)), name=found.name)
    raise AssertionError("the parser found a repeated name")


def _check_depth(value: object) -> None:
    """Level by level. Raises NestedTooDeep."""
    level: list[object] = [value]
    for _ in range(DEPTH_MAX + 1):
        nodes = [v for v in level if isinstance(v, dict | list)]
        if not nodes:
            return
        level = [i for v in nodes for i in (v.values() if isinstance(v, dict) else v)]
    raise NestedTooDeep(limit=DEPTH_MAX)


def _check_escapes(text: str, value: object) -> None:
    """Finds what only an escape can put into text. Raises ForbiddenCharacter, LoneSurrogate."""
    if "\\u0000" in text and (place := _first(value, lambda s: "\x00" in s)) is not None:
        raise ForbiddenCharacter(pointer=place)
    if ("\\ud" in text or "\\uD" in text) and (place := _first(value, _is_half)) is not None:
        raise LoneSurrogate(pointer=place)


def _is_half(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _first(value: object, is_bad: Callable[[str], bool]) -> str | None:
    """A pointer to the first bad text, or to the object if one of its names is bad."""
    for place, found in _walk(value):
        if isinstance(found, str) and is_bad(found):
            return _pointer(place)
        if isinstance(found, dict) and any(map(is_bad, found)):
            return _pointer(place)
    return None


def _walk(value: object) -> Iterator[tuple[_Place, object]]:
    """Every value inside `value`, in the order of the text."""
    waiting: list[tuple[_Place, object]] = [(None, value)]
    while waiting:
        place, found = waiting.pop()
        yield place, found
        if isinstance(found, dict):
            waiting.extend([((place, k), v) for k, v in reversed(found.items())])
        elif isinstance(found, list):
            waiting.extend([((place, i), found[i]) for i in range(len(found) - 1, -1, -1)])


def _pointer(place: _Place) -> str:
    steps: list[str | int] = []
    while place is not None:
        within, step = place
        steps.append(step)
        place = cast("_Place", within)
    return pointer(["body", *reversed(steps)]) or "/"
