"""What shops and factories call the axes in which variants differ, as names of axes."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from services.catalog.domain.imports.units import folded

_NAMES: Final = {
    folded(name): axis
    for axis, names in {
        "color": "color colour 颜色 颜色分类 颜色名称 颜色类别 color颜色",
        "size": "size 尺码 尺寸 尺码名称 大小 鞋码",
        "style": "style 款式 风格 款型",
        "material": "material 材质 材料",
        "spec": "spec 规格 型号 specification",
        "length": "length 长度",
        "capacity": "capacity 容量",
        "bundle": "bundle 套餐 套装",
        "pattern": "pattern 图案 花型",
        "flavor": "flavor flavour 口味",
        "scent": "scent 香味",
        "quantity": "quantity 数量 件数 itempackagequantity numberofitems",
        "weight": "weight 重量",
        "width": "width 宽度",
        "height": "height 高度",
        "shape": "shape 形状",
        "voltage": "voltage 电压",
        "plug": "plug 插头 插头规格 plugtype",
        "ships_from": "发货地 shipsfrom",
        "finish": "finish",
        "edition": "edition 版本",
    }.items()
    for name in names.split()
}
# Parents that somebody made by hand may spell their axes otherwise.
_SPELLINGS: Final = ({"color", "colour"}, {"flavor", "flavour"}, {"spec", "specification"})
_BETWEEN_AXES: Final = re.compile(r"[-/;,，、；+&|*×\s]+")
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[\u3400-\u9fff]+|\d+")
_LENGTH_MAX: Final = 30
# What Shopify writes for a product without variants.
_NO_CHOICE: Final = ("title", "default title")


def is_no_choice(name: str, value: str) -> bool:
    return (name.casefold(), value.casefold()) == _NO_CHOICE


def axis_of(name: str, number: int = 1) -> str:
    """`颜色` and `Colour_Name` are `color`. A name without Latin letters that nobody knows is
    `option_1`, by the number of its column.
    """
    bare = folded(name)
    for key in (bare, bare.removesuffix("name"), bare.removeprefix("pa"), bare.removesuffix("map")):
        if (known := _NAMES.get(key)) is not None:
            return known
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    axis = re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_").lstrip("0123456789_")[:_LENGTH_MAX]
    return axis.strip("_") or f"option_{number}"


def axes_of_theme(theme: str) -> tuple[str, ...]:
    """`SizeColor`, `COLOR_NAME-SIZE_NAME`, `颜色/尺码` → color and size, in their order."""
    axes: list[str] = []
    for part in filter(None, _BETWEEN_AXES.split(theme.strip())):
        axes += [axis_of(part)] if folded(part) in _NAMES else _several(part)
    return tuple(dict.fromkeys(axes))


def _several(part: str) -> list[str]:
    """`SizeColor`, `sizecolor`, `COLOR_NAME_SIZE_NAME`: if all of it is known; else one axis."""
    words = [word.lower() for word in _WORDS.findall(part) if word.lower() not in {"name", "map"}]
    if words and all(word in _NAMES for word in words):
        return [_NAMES[word] for word in words]
    bare = folded(part)
    for place in range(3, len(bare) - 2):
        if bare[:place] in _NAMES and bare[place:] in _NAMES:
            return [_NAMES[bare[:place]], _NAMES[bare[place:]]]
    return [axis_of(part)]


def spelled_as(axis: str, known: Iterable[str]) -> str | None:
    """The name among these that means this axis."""
    names = set(known)
    if axis in names:
        return axis
    for spellings in _SPELLINGS:
        if axis in spellings and (same := spellings & names):
            return min(same)
    return None
