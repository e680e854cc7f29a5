"""Language tags (BCP 47): which are well formed, how they are written, and which text to show to
whom.
"""

import re
from collections.abc import Collection, Container, Iterable
from functools import lru_cache
from typing import Final

CHARS_MAX: Final = 35
# RFC 5646 §2.1: language, extended languages, script, region, variants, extensions, private use.
# Tags of the old registry ("i-klingon") and tags that are private as a whole are left out.
TAG_PATTERN: Final = (
    r"^[A-Za-z]{2,3}(-[A-Za-z]{3}){0,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?"
    r"(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(-[0-9A-WY-Za-wy-z](-[A-Za-z0-9]{2,8})+)*"
    r"(-[Xx](-[A-Za-z0-9]{1,8})+)?$"
)
_TAG: Final = re.compile(TAG_PATTERN.removesuffix("$"), re.ASCII)


@lru_cache(maxsize=4096)
def canonical_tag(tag: str) -> str | None:
    """The tag as it is usually written: zh-CN, zh-Hans, sr-Latn-RS (RFC 5646 §2.1.1). None if it is
    not well formed.
    """
    if len(tag) > CHARS_MAX or _TAG.fullmatch(tag) is None:
        return None
    first, *rest = tag.split("-")
    written = [first.lower()]
    is_plain = True
    for part in rest:
        if is_plain and len(part) == 2:
            written.append(part.upper())
        elif is_plain and len(part) == 4 and part.isalpha():
            written.append(part.title())
        else:
            written.append(part.lower())
        # After a single character everything belongs to an extension or is private.
        is_plain = is_plain and len(part) > 1
    return "-".join(written)


def lookup(asked: Iterable[str], available: Container[str]) -> str | None:
    """The first available tag of those asked for, each shortened from its end until it fits
    (RFC 4647 §3.4): zh-Hans-CN, zh-Hans, zh. None if none fits.
    """
    for tag in asked:
        parts = tag.split("-")
        while parts:
            shortened = "-".join(parts)
            if shortened in available:
                return shortened
            parts.pop()
            if parts and len(parts[-1]) == 1:
                parts.pop()
    return None


def best(wanted: Iterable[str], available: Collection[str]) -> str | None:
    """The available tag for a reader who wants these, the dearest first. Where the lookup of a tag
    finds nothing, another tag of the same language is nearer to it than another language: a reader
    of zh is shown zh-CN, and one of pt-BR is shown pt-PT. None if there is neither for any.
    """
    for tag in wanted:
        found = lookup((tag,), available)
        if found is None:
            language = tag.partition("-")[0]
            kin = [one for one in available if one.partition("-")[0] == language]
            found = min(kin, default=None)
        if found is not None:
            return found
    return None
