"""Which events an endpoint asks for: exact types, `prefix.*`, or `*`.

Pure matching only; the list of known types is handed in, because contracts are not domain.
"""

from collections.abc import Collection, Sequence
from typing import Final

from shared.kernel.errors import FieldProblem, Invalid, Text

PATTERNS_MAX: Final = 50


class UnknownEventType(Invalid):
    code = "webhooks.event_type.unknown"
    text = Text("No event matches {pattern}.", "没有与 {pattern} 匹配的事件类型。")
    fix = Text(
        "Known types: {known}; or prefix.*, or *.", "可用类型：{known}；也可用 前缀.* 或 *。"
    )


class EventTypesMissing(Invalid):
    code = "webhooks.event_types.missing"
    text = Text("An endpoint needs 1 to {most} event types.", "端点需要 1 至 {most} 个事件类型。")
    fix = Text("Send * to get every event.", "如需全部事件，请填写 *。")


def matches(pattern: str, event_type: str) -> bool:
    return pattern in patterns_matching(event_type)


def patterns_matching(event_type: str) -> tuple[str, ...]:
    """Every pattern that selects this type: `a.b.c` → `*`, `a.*`, `a.b.*`, `a.b.c`."""
    parts = event_type.split(".")
    prefixes = (".".join(parts[:n]) + ".*" for n in range(1, len(parts)))
    return ("*", *prefixes, event_type)


def checked_patterns(patterns: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """The patterns without repeats, in the order given. Raises with one problem per unknown one."""
    unique = tuple(dict.fromkeys(patterns))
    if not 1 <= len(unique) <= PATTERNS_MAX:
        raise EventTypesMissing(pointer="/event_types", most=PATTERNS_MAX)
    selectable = {pattern for event_type in known for pattern in patterns_matching(event_type)}
    listed = ", ".join(sorted(known))
    problems = [
        FieldProblem(
            pointer=f"/event_types/{patterns.index(pattern)}",
            code=UnknownEventType.code,
            text=UnknownEventType.text,
            fix=UnknownEventType.fix,
            params={"pattern": pattern, "known": listed},
        )
        for pattern in unique
        if pattern not in selectable
    ]
    if problems:
        first = problems[0].params["pattern"]
        raise UnknownEventType(problems=problems, pattern=first, known=listed)
    return unique


def checked_type(event_type: str, known: Collection[str], *, pointer: str) -> str:
    """The type itself. Raises UnknownEventType; patterns do not count here."""
    if event_type not in known:
        raise UnknownEventType(pointer=pointer, pattern=event_type, known=", ".join(sorted(known)))
    return event_type
