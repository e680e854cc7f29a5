"""A product as merchants keep it: identity is the SKU within the merchant, case included.

SKUs have at most 20 characters because item numbers of an export list (CEB603 `itemNo`) have no
more room. Spaces and slashes are not allowed: a SKU is a path segment and a printed bar code.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.kernel.country import is_country
from shared.kernel.errors import Conflict, FieldProblem, Invalid, NotFound, Text
from shared.kernel.money import Money

SKU_PATTERN: Final = r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,19}$"
SKU_WORDS: Final = Text(
    "1 to 20 letters, digits, dots, hyphens or underscores, not beginning with a dot or hyphen",
    "1 至 20 位字母、数字、点、连字符或下划线，且不能以点或连字符开头",
)
# Six digits name a subheading; China and most markets add two or four of their own.
HS_CODE_PATTERN: Final = r"^([0-9]{6}|[0-9]{8}|[0-9]{10})$"
HS_CODE_WORDS: Final = Text("6, 8 or 10 digits", "6、8 或 10 位数字")


class ProductNotFound(NotFound):
    code = "catalog.product.not_found"
    text = Text("There is no product with this SKU.", "没有该 SKU 的商品。")
    fix = Text("Check the SKU, upper and lower case included.", "请核对 SKU，注意区分大小写。")


class UnknownHsCode(Invalid):
    code = "catalog.product.unknown_hs_code"
    text = Text(
        "{hs_code} is not in HS 2022: its first six digits are not a subheading.",
        "{hs_code} 不在 HS 2022 中：前六位不是有效子目。",
    )
    fix = Text(
        "Use the six-digit code of HS 2022; eight or ten digits may follow your tariff.",
        "请使用 HS 2022 六位编码；可按税则补充至八位或十位。",
    )


class UnknownCountry(Invalid):
    code = "catalog.product.unknown_country"
    text = Text("{country} is not an ISO 3166 country code.", "{country} 不是 ISO 3166 国家代码。")
    fix = Text("Use two letters, e.g. CN.", "请使用两位字母代码，例如 CN。")


class NetAboveGross(Invalid):
    code = "catalog.product.net_above_gross"
    text = Text(
        "The net weight {net} g exceeds the gross weight {gross} g.",
        "净重 {net} 克大于毛重 {gross} 克。",
    )
    fix = Text("The gross weight includes the packaging.", "毛重应包含包装重量。")


class ProductInUse(Conflict):
    code = "catalog.product.in_use"
    text = Text(
        "The product has open orders: {reserved} reserved, {waiting} waiting for stock.",
        "该商品有未完成订单：已预留 {reserved} 件，待补货 {waiting} 件。",
    )
    fix = Text("Ship or cancel them first.", "请先发货或取消相关订单。")


class DuplicateInBatch(Invalid):
    code = "catalog.product.duplicate_in_batch"
    text = Text("{sku} appears twice in this batch.", "本批次中 {sku} 重复。")
    fix = Text("Send each SKU once.", "每个 SKU 只提交一次。")


@dataclass(frozen=True, slots=True)
class Product:
    """`size_mm` is length, width, height of one packed unit; `hs_code` has 6, 8 or 10 digits."""

    sku: str
    title: dict[str, str]
    hs_code: str
    origin_country: str
    net_weight_g: int
    gross_weight_g: int
    size_mm: tuple[int, int, int]
    price: Money
    battery: bool
    synthetic: bool


@dataclass(frozen=True, slots=True)
class StoredProduct:
    """`version` counts the changes; each is one event."""

    id: str
    merchant_id: str
    product: Product
    version: int
    created_at: datetime
    updated_at: datetime

    def changed_to(self, product: Product, *, now: datetime) -> "StoredProduct":
        return StoredProduct(
            self.id, self.merchant_id, product, self.version + 1, self.created_at, now
        )


def stored_product(  # noqa: PLR0917 - columns
    id: str,  # noqa: A002 - the column
    tenant_id: str,
    sku: str,
    title: dict[str, str],
    hs_code: str,
    origin_country: str,
    net_weight_g: int,
    gross_weight_g: int,
    length_mm: int,
    width_mm: int,
    height_mm: int,
    price_minor: int,
    currency: str,
    battery: bool,
    synthetic: bool,
    version: int,
    created_at: datetime,
    updated_at: datetime,
) -> StoredProduct:
    """From the columns of its table."""
    product = Product(
        sku,
        title,
        hs_code,
        origin_country,
        net_weight_g,
        gross_weight_g,
        (length_mm, width_mm, height_mm),
        Money(price_minor, currency),
        battery,
        synthetic,
    )
    return StoredProduct(id, tenant_id, product, version, created_at, updated_at)


def batch_faults(
    products: Sequence[Product], hs_subheadings: Container[str]
) -> Iterator[Invalid | None]:
    """What is wrong with each product of a batch, or None where it can be saved. If a SKU appears
    twice, the first valid one is saved.
    """
    chosen: set[str] = set()
    for product in products:
        if problems := product_problems(product, hs_subheadings):
            yield Invalid(problems=problems)
        elif product.sku in chosen:
            yield DuplicateInBatch(pointer="/sku", sku=product.sku)
        else:
            chosen.add(product.sku)
            yield None


def product_problems(product: Product, hs_subheadings: Container[str]) -> list[FieldProblem]:
    """Every rule that the product breaks."""
    problems = []
    if product.hs_code[:6] not in hs_subheadings:
        problems.append(UnknownHsCode.at("/hs_code", hs_code=product.hs_code))
    if not is_country(product.origin_country):
        problems.append(UnknownCountry.at("/origin_country", country=product.origin_country))
    if product.net_weight_g > product.gross_weight_g:
        problems.append(
            NetAboveGross.at(
                "/net_weight_g",
                net=product.net_weight_g,
                gross=product.gross_weight_g,
            )
        )
    return problems


def volume_cm3(size_mm: tuple[int, int, int], quantity: int) -> int:
    """Volume of so many units, rounded up once for all of them."""
    length, width, height = size_mm
    return -(-length * width * height * quantity // 1000)
