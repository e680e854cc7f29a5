"""What a file must be for its role. Rules are data with the day from which they hold and where they
come from: a new one is a line below.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.catalog.domain.media import headers
from services.catalog.domain.media.check import (
    BYTES_MAX,
    FAULT_TEXTS,
    CheckStatus,
    Fetched,
    MediaCheck,
    MediaFacts,
)
from services.catalog.domain.products.details import MediaRole
from shared.kernel.errors import Text
from shared.kernel.words import Words, words

PICTURES: Final = frozenset((MediaRole.MAIN, MediaRole.GALLERY, MediaRole.SWATCH))
_SHOWN: Final = frozenset((MediaRole.MAIN, MediaRole.GALLERY))


@dataclass(frozen=True, slots=True)
class MediaRule:
    """Each limit None: the rule sets none. `side_px_min`: of the longer side. `ratio_max`: of the
    longer side to the shorter. `is_advice`: the file can be used all the same.
    """

    code: str
    roles: frozenset[MediaRole]
    detail: Text
    fix: Text
    since: date
    source: str
    types: frozenset[str] | None = None
    side_px_min: int | None = None
    ratio_max: float | None = None
    is_advice: bool = False


@dataclass(frozen=True, slots=True)
class MediaFinding:
    code: str
    detail: Words
    fix: Words
    is_advice: bool = False


_TYPES: Final = Text("It is {media_type}.", "文件类型为 {media_type}。")
_SINCE: Final = date(2026, 1, 1)
_OURS: Final = "Airlane: what the overseas stores take in common"
RULES: Final = (
    MediaRule(
        code="catalog.media.wrong_type",
        roles=PICTURES,
        detail=_TYPES,
        fix=Text("Use JPEG, PNG, WebP or GIF.", "请使用 JPEG、PNG、WebP 或 GIF。"),
        since=_SINCE,
        source=_OURS,
        types=frozenset((headers.JPEG, headers.PNG, headers.WEBP, headers.GIF)),
    ),
    MediaRule(
        code="catalog.media.wrong_type",
        roles=frozenset((MediaRole.MANUAL,)),
        detail=_TYPES,
        fix=Text("Use PDF.", "请使用 PDF。"),
        since=_SINCE,
        source=_OURS,
        types=frozenset((headers.PDF,)),
    ),
    MediaRule(
        code="catalog.media.wrong_type",
        roles=frozenset((MediaRole.VIDEO,)),
        detail=_TYPES,
        fix=Text("Use MP4 or WebM.", "请使用 MP4 或 WebM。"),
        since=_SINCE,
        source=_OURS,
        types=frozenset((headers.MP4, headers.WEBM)),
    ),
    MediaRule(
        code="catalog.media.too_small",
        roles=_SHOWN,
        detail=Text(
            "The picture has {width} × {height} pixels.", "图片尺寸为 {width} × {height} 像素。"
        ),
        fix=Text(
            "Use one with at least {side_px_min} pixels on the longer side.",
            "长边至少需要 {side_px_min} 像素。",
        ),
        since=_SINCE,
        source=_OURS,
        side_px_min=500,
    ),
    MediaRule(
        code="catalog.media.no_zoom",
        roles=_SHOWN,
        detail=Text(
            "With {width} × {height} pixels stores offer no zoom.",
            "{width} × {height} 像素的图片无法放大查看。",
        ),
        fix=Text(
            "Use one with at least {side_px_min} pixels on the longer side.",
            "建议长边不小于 {side_px_min} 像素。",
        ),
        since=_SINCE,
        source=_OURS,
        side_px_min=1000,
        is_advice=True,
    ),
    MediaRule(
        code="catalog.media.too_long_drawn",
        roles=_SHOWN,
        detail=Text(
            "The picture has {width} × {height} pixels: one side is more than {ratio_max} times as"
            " long as the other.",
            "图片尺寸为 {width} × {height} 像素：长边超过短边的 {ratio_max} 倍。",
        ),
        fix=Text("Crop it, or put it on a ground.", "请裁剪或补白。"),
        since=_SINCE,
        source=_OURS,
        ratio_max=3,
    ),
)


def status_of(check: MediaCheck, findings: list[MediaFinding]) -> CheckStatus:
    """Whether the file will do for the role that the findings are about."""
    if check.status is CheckStatus.OK and any(not one.is_advice for one in findings):
        return CheckStatus.FAILED
    return check.status


def findings(found: Fetched, role: MediaRole, on: date) -> list[MediaFinding]:
    """What is wrong with a file for this role on that day."""
    if found.fault is not None:
        detail, fix = FAULT_TEXTS[found.fault]
        params = {"http_status": found.http_status, "mib_max": BYTES_MAX // 2**20}
        code = f"catalog.media.{found.fault.value}"
        return [MediaFinding(code, words(detail, **params), words(fix, **params))]
    return list(_broken(found.facts, role, on))


def _broken(facts: MediaFacts, role: MediaRole, on: date) -> Iterator[MediaFinding]:
    params = {"width": facts.width, "height": facts.height, "media_type": facts.media_type}
    is_too_small = False
    for rule in RULES:
        if role not in rule.roles or on < rule.since or not _breaks(facts, rule):
            continue
        # Advice to be larger still says nothing new.
        if rule.side_px_min is not None and is_too_small:
            continue
        is_too_small = is_too_small or rule.side_px_min is not None
        limits = {"side_px_min": rule.side_px_min, "ratio_max": rule.ratio_max}
        yield MediaFinding(
            rule.code,
            words(rule.detail, **params, **limits),
            words(rule.fix, **params, **limits),
            rule.is_advice,
        )


def _breaks(facts: MediaFacts, rule: MediaRule) -> bool:
    """What is not known breaks nothing."""
    if rule.types is not None and facts.media_type is not None:
        return facts.media_type not in rule.types
    if rule.side_px_min is not None and facts.width is not None and facts.height is not None:
        return max(facts.width, facts.height) < rule.side_px_min
    return rule.ratio_max is not None and (facts.ratio or 1.0) > rule.ratio_max
