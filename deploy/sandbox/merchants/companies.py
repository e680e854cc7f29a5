"""The park's merchants, made up and marked as such: names in two languages, a belt, a unified
social credit code, and for some an office in the building.
"""

from dataclasses import dataclass
from typing import Final

from deploy.sandbox.chance import number, pick
from deploy.sandbox.merchants.uscc import uscc

MERCHANTS: Final = 258
OFFICES: Final = 62
EXPORTERS: Final = 24  # those who get the slice's orders

# Share of each belt among 100 merchants: home goods lead at a park for parcels.
_BELTS: Final = (
    ("home_furnishing", "Home", "家居", 22),
    ("apparel_textile", "Textile", "服饰", 20),
    ("auto_parts", "Auto Parts", "汽配", 10),
    ("medical_devices", "Medical", "医疗器械", 7),
    ("equipment", "Equipment", "装备", 9),
    ("optoelectronics", "Photonics", "光电", 9),
    ("life_health", "Health", "健康科技", 7),
    ("new_energy_vehicles", "Mobility", "新能源", 5),
    ("wigs", "Hair", "发制品", 6),
    ("makeup_brushes", "Brush", "化妆刷", 5),
)
# Place, its name, and the six digits of its administrative division in the code (GB/T 2260).
_PLACES: Final = (
    ("Ezhou", "鄂州", "420704"),
    ("Wuhan", "武汉", "420106"),
    ("Huangshi", "黄石", "420202"),
    ("Huanggang", "黄冈", "421102"),
    ("Xianning", "咸宁", "421202"),
    ("Xiaogan", "孝感", "420902"),
    ("Xiangyang", "襄阳", "420602"),
    ("Jingzhou", "荆州", "421002"),
)
_HENAN: Final = (("Xuchang", "许昌", "411002"), ("Luyi", "鹿邑", "411628"))
_FIRST: Final = (
    ("Chang", "长"), ("Hong", "鸿"), ("Jia", "佳"), ("Rui", "瑞"), ("Tian", "天"), ("Xin", "新"),
    ("Yun", "云"), ("Heng", "恒"), ("De", "德"), ("Jin", "锦"), ("Ming", "明"), ("Sheng", "盛"),
    ("Bo", "博"), ("Feng", "丰"), ("Guang", "光"), ("Hua", "华"),
)  # fmt: skip
_SECOND: Final = (
    ("da", "达"), ("yuan", "源"), ("tai", "泰"), ("mei", "美"), ("tong", "通"), ("li", "利"),
    ("xing", "兴"), ("an", "安"), ("he", "和"), ("cheng", "诚"), ("jie", "捷"), ("fu", "福"),
    ("yi", "艺"), ("hai", "海"), ("long", "隆"), ("kang", "康"), ("qi", "琦"),
)  # fmt: skip


@dataclass(frozen=True)
class SyntheticMerchant:
    """`place` counts the park's merchants from 0; those below EXPORTERS sell the slice."""

    place: int
    name: dict[str, str]
    uscc: str
    belt: str
    desk: str | None

    def body(self) -> dict[str, object]:
        """As the API takes it."""
        body: dict[str, object] = {
            "name": self.name,
            "uscc": self.uscc,
            "belt": self.belt,
            "synthetic": True,
        }
        return body | ({"office": {"desk": self.desk}} if self.desk else {})


def merchants(seed: int) -> list[SyntheticMerchant]:
    """All 258, the same for the same seed, no two of one name or code."""
    names: set[str] = set()
    made = []
    for place in range(MERCHANTS):
        belt, line_en, line_zh = _belt(place)
        town_en, town_zh, division = pick(
            seed, _HENAN if belt in {"wigs", "makeup_brushes"} else _PLACES, "town", str(place)
        )
        for attempt in range(100):
            about = (str(place), str(attempt))
            first, second = pick(seed, _FIRST, "first", *about), pick(seed, _SECOND, "2nd", *about)
            name_zh = f"{town_zh}{first[1]}{second[1]}{line_zh}有限公司"
            if name_zh not in names:
                break
        names.add(name_zh)
        made.append(
            SyntheticMerchant(
                place=place,
                name={
                    "en": f"{town_en} {first[0]}{second[0]} {line_en} Co., Ltd.",
                    "zh-CN": name_zh,
                },
                uscc=uscc(division, number(seed, 31**8, "uscc", str(place))),
                belt=belt,
                desk=f"B{1 + place % 3}-{101 + place}" if place < OFFICES else None,
            )
        )
    return made


def _belt(place: int) -> tuple[str, str, str]:
    """By shares that hold from the first merchants on: 37 is prime to 100, so it visits all."""
    at = place * 37 % 100
    for belt, line_en, line_zh, percent in _BELTS:
        if at < percent:
            return belt, line_en, line_zh
        at -= percent
    raise AssertionError("the shares of the belts do not add up to 100")


def exporter_of(share: float) -> int:
    """The place of the merchant that gets an invoice, for a share of [0, 1)."""
    return int(share * EXPORTERS)
