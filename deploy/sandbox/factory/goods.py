"""The goods of a small factory of wigs, as its clerk keeps them in a spreadsheet: made up, and
marked as such. Some cells are wrong, in the ways of real spreadsheets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

# The columns in the clerk's order.
HEADERS: Final = (
    "货号",
    "中文品名",
    "英文品名",
    "海关编码",
    "原产国",
    "净重(g)",
    "毛重(g)",
    "包装尺寸(cm)",
    "单价(USD)",
    "是否带电",
    "条形码",
    "品牌",
    "材质",
    "示例数据",
)
SKU: Final = HEADERS[0]
_LENGTHS_IN: Final = (10, 12, 14, 16, 18, 20, 22, 24, 26, 28)
_COLOURS: Final = (("natural black", "自然黑"), ("dark brown", "深棕"), ("honey blonde", "蜜金"))
_CAPS: Final = (
    ("lace front", "前蕾丝", True, "670420"),
    ("machine made", "机织", False, "670419"),
)

Cells = dict[str, str | float]


@dataclass(frozen=True)
class Row:
    """`right` is what the clerk means, by header; `wrong` what some cells say at first."""

    right: Mapping[str, str | float]
    wrong: Mapping[str, str | float]

    @property
    def sku(self) -> str:
        return str(self.right[SKU])

    @property
    def first(self) -> Cells:
        """The row as the clerk sends it at first."""
        return {**self.right, **self.wrong}


# Place in the sheet -> what is wrong there: one fault a row.
_FAULTS: Final[dict[int, Cells]] = {
    4: {"净重(g)": 900},  # more than the gross weight
    9: {"海关编码": "6704"},  # a heading, not a subheading
    17: {"条形码": 6.90123e12},  # what Excel made of it: the last digits are gone
    23: {"单价(USD)": "面议"},  # to be negotiated
    31: {"原产国": "华夏"},  # no country of that name
    40: {"是否带电": "不详"},  # not known
    52: {"包装尺寸(cm)": "35*25"},  # a side is missing
}
FAULTS: Final = len(_FAULTS)


def rows() -> list[Row]:
    """Sixty wigs, always the same."""
    return [
        replace(row, wrong=_FAULTS.get(place, {})) for place, row in enumerate(_right_rows(), 1)
    ]


def _right_rows() -> Iterator[Row]:
    number = 0
    for cap, cap_zh, is_human, hs_code in _CAPS:
        for colour, colour_zh in _COLOURS:
            for length_in in _LENGTHS_IN:
                number += 1
                net_g = 90 + 9 * length_in
                hair, hair_zh = ("human hair", "真人发") if is_human else ("synthetic", "化纤")
                cells: Cells = {
                    "货号": f"WIG-{'LF' if is_human else 'MM'}{length_in}-{number:03d}",
                    "中文品名": f"{hair_zh}{cap_zh}假发 {length_in}英寸 {colour_zh}",
                    "英文品名": f"{hair} {cap} wig {length_in} inch {colour}".capitalize(),
                    "海关编码": hs_code,
                    "原产国": "中国",
                    "净重(g)": net_g,
                    "毛重(g)": net_g + 60,
                    "包装尺寸(cm)": "35*25*8",
                    "单价(USD)": round(18 + 2.35 * length_in + (40 if is_human else 0), 2),
                    "是否带电": "否",
                    "条形码": _gtin(f"690123400{number:03d}"),
                    "品牌": "无品牌",
                    "材质": hair_zh,
                    "示例数据": "是",
                }
                yield Row(cells, {})


def _gtin(first: str) -> str:
    """With its check digit (GS1): weights 1 and 3 in turn, up to tens."""
    total = sum(int(digit) * (1, 3)[at % 2] for at, digit in enumerate(first))
    return first + str(-total % 10)
