"""Checks of media: what was found at an address, and when to look again.

The address is what is checked, once for a merchant, however many products name it. What was found
are facts; whether they will do depends on what the file is for (`domain.media.rules`).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from shared.kernel.errors import Text

BYTES_MAX: Final = 20 * 1024 * 1024
# After each attempt that failed for a passing reason; then it is given up until somebody asks.
_AGAIN_AFTER: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
    timedelta(hours=12),
)
# Nobody can make us fetch an address more often.
REST: Final = timedelta(minutes=1)


class CheckStatus(StrEnum):
    """`pending`: not looked at yet, or to be looked at again."""

    PENDING = "pending"
    OK = "ok"
    FAILED = "failed"


class FetchFault(StrEnum):
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    NOT_PUBLIC = "not_public"
    REDIRECTS = "redirects"
    TOO_LARGE = "too_large"
    UNKNOWN_TYPE = "unknown_type"
    DAMAGED = "damaged"


# These may pass. An answer that refuses may do so, too, by its status.
_PASSING: Final = frozenset((FetchFault.UNREACHABLE, FetchFault.TIMEOUT))
_PASSING_STATUSES: Final = frozenset((408, 425, 429))

FAULT_TEXTS: Final[dict[FetchFault, tuple[Text, Text]]] = {
    FetchFault.UNREACHABLE: (
        Text("The address cannot be reached.", "无法访问该地址。"),
        Text("Open it in a browser outside your own network.", "请在外部网络用浏览器打开核对。"),
    ),
    FetchFault.TIMEOUT: (
        Text("The server did not answer in time.", "服务器未在时限内响应。"),
        Text("Use a faster host, or smaller files.", "请使用更快的服务器或更小的文件。"),
    ),
    FetchFault.REFUSED: (
        Text("The server answered {http_status}.", "服务器返回 {http_status}。"),
        Text(
            "The address must answer 200 to everybody, without a log-in.",
            "该地址须允许任何人访问并返回 200，且无需登录。",
        ),
    ),
    FetchFault.NOT_PUBLIC: (
        Text("The address is not on the public internet.", "该地址不在公网上。"),
        Text("Use a host that everybody can reach.", "请使用公网可访问的地址。"),
    ),
    FetchFault.REDIRECTS: (
        Text("The address redirects too often.", "重定向次数过多。"),
        Text("Use the address at which the file is.", "请直接填写文件所在的地址。"),
    ),
    FetchFault.TOO_LARGE: (
        Text("The file has more than {mib_max} MiB.", "文件超过 {mib_max} MiB。"),
        Text("Make it smaller.", "请压缩文件。"),
    ),
    FetchFault.UNKNOWN_TYPE: (
        Text(
            "What is at the address is no picture, video or PDF.",
            "该地址的内容不是图片、视频或 PDF。",
        ),
        Text(
            "Use the address of the file itself, not of a page that shows it.",
            "请填写文件本身的地址，而不是展示文件的网页。",
        ),
    ),
    FetchFault.DAMAGED: (
        Text("The picture is damaged: it does not tell its size.", "图片已损坏，无法读取尺寸。"),
        Text("Save it again and upload it anew.", "请重新保存并上传。"),
    ),
}


def url_hash(url: str) -> bytes:
    """By which a check is found: an address may be too long for an index."""
    return sha256(url.encode()).digest()


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """Each None: not known. `media_type` by its first bytes; `width`, `height` in pixels."""

    media_type: str | None = None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None

    @property
    def ratio(self) -> float | None:
        """Of the longer side to the shorter: at least 1."""
        if not self.width or not self.height:
            return None
        return max(self.width, self.height) / min(self.width, self.height)


NO_FACTS: Final = MediaFacts()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one attempt. `http_status`: of the answer, if there was one."""

    facts: MediaFacts = NO_FACTS
    fault: FetchFault | None = None
    http_status: int | None = None

    @property
    def may_pass(self) -> bool:
        if self.fault is FetchFault.REFUSED and self.http_status is not None:
            return self.http_status >= 500 or self.http_status in _PASSING_STATUSES
        return self.fault in _PASSING


@dataclass(frozen=True, slots=True)
class MediaCheck:
    """`attempts` since somebody asked; `next_at` None: it is not looked at again by itself.
    `version` counts the events.
    """

    id: str
    merchant_id: str
    url: str
    status: CheckStatus
    found: Fetched
    attempts: int
    checked_at: datetime | None
    next_at: datetime | None
    version: int


def after(check: MediaCheck, found: Fetched, *, now: datetime) -> MediaCheck:
    """The check after an attempt. Its version is higher if others must know."""
    attempts = check.attempts + 1
    if found.may_pass and attempts <= len(_AGAIN_AFTER):
        next_at = now + _AGAIN_AFTER[attempts - 1]
        # What was found before is still the best that is known.
        return replace(check, attempts=attempts, checked_at=now, next_at=next_at)
    status = CheckStatus.OK if found.fault is None else CheckStatus.FAILED
    is_new = check.version == 0 or found != check.found
    return replace(
        check,
        status=status,
        found=found,
        attempts=attempts,
        checked_at=now,
        next_at=None,
        version=check.version + is_new,
    )
