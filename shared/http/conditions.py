"""Conditional requests (RFC 9110 §13). The ETag of a resource is a digest of its JSON, so it
changes with the content, whatever the cause. A resource that is created again under an old name has
another id and so another ETag. Pages of lists have none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from shared.documents.errors import Malformed
from shared.kernel.errors import PreconditionFailed, PreconditionRequired, Text

# RFC 9110 §8.8.3 and §5.6.1: entity tags between commas; elements may be empty.
_ELEMENT: Final = re.compile(r'[ \t]*(?:(W/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*)?(?:,|$)')


class EntityTagMalformed(Malformed):
    code = "request.entity_tag_malformed"
    text = Text("{header} is not a valid list of ETags.", "{header} 不是有效的 ETag 列表。")
    fix = Text(
        'Send the ETag as you received it, with its quotes: {header}: "3f2a…", or send *.',
        '请按收到的形式发送 ETag（含引号）：{header}: "3f2a…"，或发送 *。',
    )


class NothingToMatch(PreconditionFailed):
    code = "request.nothing_to_match"
    text = Text(
        "The resource does not exist, so If-Match cannot match.",
        "资源不存在，If-Match 条件不成立。",
    )
    fix = Text("Leave If-Match out to create it.", "如需创建，请去掉 If-Match。")


class ExistsAlready(PreconditionFailed):
    code = "request.exists_already"
    text = Text("The resource exists; its ETag is {etag}.", "资源已存在，ETag 为 {etag}。")
    fix = Text("Read it, then change it with If-Match.", "请先读取资源，再携带 If-Match 进行修改。")


def etag_of(content: bytes) -> str:
    """The strong entity tag of a representation, with its quotes."""
    return f'"{sha256(content).hexdigest()[:24]}"'


@dataclass(frozen=True, slots=True)
class _Tags:
    """The value of a field: `any` for "*", else the tags; weak tags without their W/."""

    any: bool
    strong: frozenset[str]
    weak: frozenset[str]

    def match_strongly(self, current: str | None) -> bool:
        return current is not None and (self.any or current in self.strong)

    def match_weakly(self, current: str | None) -> bool:
        return self.match_strongly(current) or current in self.weak


@dataclass(frozen=True, slots=True)
class Conditions:
    """If-Match and If-None-Match of one request, in the order of precedence of §13.2.2. Resources
    have no modification dates here, so conditions on dates are ignored (§13.1.3).
    """

    if_match: _Tags | None
    if_none_match: _Tags | None

    @classmethod
    def of(cls, headers: Mapping[bytes, bytes]) -> "Conditions":
        """Raises EntityTagMalformed."""
        return cls(_tags(headers, "If-Match"), _tags(headers, "If-None-Match"))

    def check_change(self, current: str | None, *, is_applied: bool = False) -> None:
        """Whether the resource with the ETag `current` may be changed; None: there is nothing yet.

        `is_applied`: it already is as the request wants it, so a retry whose answer was lost
        succeeds (§13.1.1). Raises PreconditionFailed, or PreconditionRequired for a change without
        any condition.
        """
        if self.if_match is not None:
            if current is None:
                raise NothingToMatch
            if not is_applied and not self.if_match.match_strongly(current):
                raise PreconditionFailed(etag=current)
        if self.if_none_match is not None and self.if_none_match.match_weakly(current):
            raise ExistsAlready(etag=current)
        is_free = current is None or is_applied
        if self.if_match is None and self.if_none_match is None and not is_free:
            raise PreconditionRequired

    def is_known(self, current: str) -> bool:
        """Whether the reader already has it (304). Raises PreconditionFailed."""
        if self.if_match is not None and not self.if_match.match_strongly(current):
            raise PreconditionFailed(etag=current)
        return self.if_none_match is not None and self.if_none_match.match_weakly(current)


def _tags(headers: Mapping[bytes, bytes], name: str) -> _Tags | None:
    value = headers.get(name.lower().encode())
    if value is None:
        return None
    text = value.decode("latin-1").strip(" \t")
    if text == "*":
        return _Tags(any=True, strong=frozenset(), weak=frozenset())
    strong: set[str] = set()
    weak: set[str] = set()
    at = 0
    while at < len(text):
        element = _ELEMENT.match(text, at)
        if element is None:
            raise EntityTagMalformed(pointer=f"/header/{name.lower()}", header=name)
        is_weak, opaque = element.groups()
        if opaque is not None:
            (weak if is_weak else strong).add(f'"{opaque}"')
        at = element.end()
    if not strong and not weak:
        raise EntityTagMalformed(pointer=f"/header/{name.lower()}", header=name)
    return _Tags(any=False, strong=frozenset(strong), weak=frozenset(weak))
