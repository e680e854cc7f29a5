"""Global trade item numbers: the numbers under EAN and UPC bar codes (GS1 General Specifications).

A number has 8, 12, 13 or 14 digits, the last of which checks the others. It names an item wherever
it is sold, so leading zeros make no difference: the same item is 12 digits in the United States and
13 elsewhere.
"""

from dataclasses import dataclass
from typing import Final

from shared.kernel.errors import Invalid, Text

GTIN_PATTERN: Final = r"^([0-9]{8}|[0-9]{12,14})$"
GTIN_WORDS: Final = Text("8, 12, 13 or 14 digits", "8、12、13 或 14 位数字")

# GS1's member organisations by the first three digits of a 13-digit number: who lent the number to
# its owner, which says nothing of where the goods were made. From GS1's public list of prefixes.
_ISSUERS: Final[tuple[tuple[int, int, str], ...]] = (
    (1, 19, "US"), (30, 39, "US"), (60, 139, "US"), (300, 379, "FR"), (380, 380, "BG"),
    (383, 383, "SI"), (385, 385, "HR"), (387, 387, "BA"), (389, 389, "ME"), (400, 440, "DE"),
    (450, 459, "JP"), (490, 499, "JP"), (460, 469, "RU"), (470, 470, "KG"), (471, 471, "TW"),
    (474, 474, "EE"), (475, 475, "LV"), (476, 476, "AZ"), (477, 477, "LT"), (478, 478, "UZ"),
    (479, 479, "LK"), (480, 480, "PH"), (481, 481, "BY"), (482, 482, "UA"), (484, 484, "MD"),
    (485, 485, "AM"), (486, 486, "GE"), (487, 487, "KZ"), (488, 488, "TJ"), (489, 489, "HK"),
    (500, 509, "GB"), (520, 521, "GR"), (528, 528, "LB"), (529, 529, "CY"), (530, 530, "AL"),
    (531, 531, "MK"), (535, 535, "MT"), (539, 539, "IE"), (540, 549, "BE"), (560, 560, "PT"),
    (569, 569, "IS"), (570, 579, "DK"), (590, 590, "PL"), (594, 594, "RO"), (599, 599, "HU"),
    (600, 601, "ZA"), (603, 603, "GH"), (608, 608, "BH"), (609, 609, "MU"), (611, 611, "MA"),
    (613, 613, "DZ"), (615, 615, "NG"), (616, 616, "KE"), (618, 618, "CI"), (619, 619, "TN"),
    (621, 621, "SY"), (622, 622, "EG"), (624, 624, "LY"), (625, 625, "JO"), (626, 626, "IR"),
    (627, 627, "KW"), (628, 628, "SA"), (629, 629, "AE"), (640, 649, "FI"), (690, 699, "CN"),
    (700, 709, "NO"), (729, 729, "IL"), (730, 739, "SE"), (740, 740, "GT"), (741, 741, "SV"),
    (742, 742, "HN"), (743, 743, "NI"), (744, 744, "CR"), (745, 745, "PA"), (746, 746, "DO"),
    (750, 750, "MX"), (754, 755, "CA"), (759, 759, "VE"), (760, 769, "CH"), (770, 771, "CO"),
    (773, 773, "UY"), (775, 775, "PE"), (777, 777, "BO"), (778, 779, "AR"), (780, 780, "CL"),
    (784, 784, "PY"), (786, 786, "EC"), (789, 790, "BR"), (800, 839, "IT"), (840, 849, "ES"),
    (850, 850, "CU"), (858, 858, "SK"), (859, 859, "CZ"), (860, 860, "RS"), (865, 865, "MN"),
    (867, 867, "KP"), (868, 869, "TR"), (870, 879, "NL"), (880, 881, "KR"), (884, 884, "KH"),
    (885, 885, "TH"), (888, 888, "SG"), (890, 890, "IN"), (893, 893, "VN"), (896, 896, "PK"),
    (899, 899, "ID"), (900, 919, "AT"), (930, 939, "AU"), (940, 949, "NZ"), (955, 955, "MY"),
    (958, 958, "MO"),
)  # fmt: skip
# Numbers that are nobody's own: restricted circulation, coupons, refunds, examples. Those of eight
# digits have prefixes of their own.
_INTERNAL: Final = ((20, 29), (40, 59), (200, 299), (952, 952), (980, 999))
_INTERNAL_OF_EIGHT: Final = ((0, 99), (200, 299))
# What a number of eight digits is filled up with where thirteen are wanted.
_FILLING: Final = "00000"


class GtinWrong(Invalid):
    code = "catalog.product.gtin_wrong"
    text = Text(
        "{gtin} is not a trade item number: its last digit would have to be {check_digit}.",
        "{gtin} 不是有效的商品条码：校验位应为 {check_digit}。",
    )
    fix = Text(
        "Copy it from the bar code or the certificate of GS1; a spreadsheet may have rounded it.",
        "请按条码或 GS1 证书核对；电子表格可能已将其四舍五入。",
    )


class GtinInternal(Invalid):
    code = "catalog.product.gtin_internal"
    text = Text(
        "{gtin} begins with {prefix}, as the own numbers of shops and the examples of manuals do.",
        "{gtin} 以 {prefix} 开头，属于店内码或示例号段。",
    )
    fix = Text(
        "Send the number that GS1 gave to the product, or none.", "请填写 GS1 分配的条码，或留空。"
    )


@dataclass(frozen=True, slots=True)
class Issuer:
    """`country` of the GS1 organisation that lent the prefix; None: not in the list."""

    prefix: str
    country: str | None


def check_digit(digits: str) -> int:
    """The digit that belongs after these: from the right, weights 3 and 1 in turn, up to tens."""
    total = sum(int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(reversed(digits)))
    return -total % 10


def comparable(gtin: str) -> str:
    """The same item in 14 digits, however it was written."""
    return gtin.zfill(14)


def prefix_of(gtin: str) -> str:
    """The three digits that GS1 lends numbers by."""
    return _lent(gtin)[:3]


def issuer_of(gtin: str) -> Issuer | None:
    """Who lent the number. None for 8 digits, whose prefixes are another list."""
    if len(_lent(gtin)) == 8:
        return None
    prefix = prefix_of(gtin)
    number = int(prefix)
    country = next((code for low, high, code in _ISSUERS if low <= number <= high), None)
    return Issuer(prefix, country)


def is_internal(gtin: str) -> bool:
    number = int(prefix_of(gtin))
    ranges = _INTERNAL_OF_EIGHT if len(_lent(gtin)) == 8 else _INTERNAL
    return any(low <= number <= high for low, high in ranges)


def _lent(gtin: str) -> str:
    """The 13 or 8 digits that begin with a prefix: without the indicator of a case of many, and
    without the zeros that 8 digits are filled up with.
    """
    thirteen = comparable(gtin)[1:]
    return thirteen.removeprefix(_FILLING)
