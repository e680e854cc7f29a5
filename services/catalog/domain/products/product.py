"""A product as merchants keep it: identity is the SKU within the merchant, case included.

SKUs have at most 20 characters because item numbers of an export list (CEB603 `itemNo`) have no
more room. Spaces and slashes are not allowed: a SKU is a path segment and a printed bar code.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.catalog.domain.products.details import (
    NO_DETAILS,
    Details,
    classification_problems,
    media_problems,
    size_problems,
)
from services.catalog.domain.products.gtin import (
    GtinInternal,
    GtinWrong,
    check_digit,
    is_internal,
    prefix_of,
)
from services.catalog.domain.products.variants import (
    KnownParent,
    OptionsKey,
    Variant,
    clashes,
    option_problems,
    taken_problem,
)
from services.catalog.domain.types.attributes import KnownType
from shared.kernel.country import is_country
from shared.kernel.errors import Conflict, FieldProblem, Invalid, NotFound, Text
from shared.kernel.json import same
from shared.kernel.money import Money

SKU_PATTERN: Final = r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,19}$"
SKU_WORDS: Final = Text(
    "1 to 20 letters, digits, dots, hyphens or underscores, not beginning with a dot or hyphen",
    "1 至 20 位字母、数字、点、连字符或下划线，且不能以点或连字符开头",
)
# Nobody writes a parent on a label, so that it may be the name that a shop has in its addresses.
PARENT_SKU_PATTERN: Final = r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$"
PARENT_SKU_WORDS: Final = Text(
    "1 to 100 letters, digits, dots, hyphens or underscores, not beginning with a dot or hyphen",
    "1 至 100 位字母、数字、点、连字符或下划线，且不能以点或连字符开头",
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


class UnknownProductType(Invalid):
    code = "catalog.product.unknown_type"
    text = Text("There is no product type {product_type}.", "没有商品类型 {product_type}。")
    fix = Text("GET /v1/product-types lists them.", "可用类型见 GET /v1/product-types。")


class UnknownParent(Invalid):
    code = "catalog.product.unknown_parent"
    text = Text("You have no parent with SKU {parent_sku}.", "没有 SKU 为 {parent_sku} 的父商品。")
    fix = Text(
        "Create it first: PUT /v1/parents/{parent_sku}.", "请先创建：PUT /v1/parents/{parent_sku}。"
    )


class OptionsWithoutParent(Invalid):
    code = "catalog.product.options_without_parent"
    text = Text("Options need a parent whose axes they name.", "填写 options 时必须指明父商品。")
    fix = Text("Add parent_sku, or leave options out.", "请补充 parent_sku，或去掉 options。")


class AttributesWithoutType(Invalid):
    code = "catalog.product.attributes_without_type"
    text = Text(
        "Attributes need a product type that describes them.",
        "填写 attributes 时必须指明商品类型。",
    )
    fix = Text(
        "Add product_type, or leave attributes out.", "请补充 product_type，或去掉 attributes。"
    )


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
    """`size_mm` is length, width, height of one packed unit; `hs_code` has 6, 8 or 10 digits;
    `title` is by language and has English; `gtin` is written as on the product.
    """

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
    product_type: str | None = None
    variant: Variant | None = None
    gtin: str | None = None
    details: Details = NO_DETAILS

    def is_same(self, other: "Product") -> bool:
        """Equal also where Python is generous: the attribute true is not 1."""
        return self == other and same(self.details.attributes, other.details.attributes)


@dataclass(frozen=True, slots=True)
class Known:
    """What a product may refer to: HS 2022, product types by code, and the merchant's parents by
    SKU, at least those that the products at hand name. `taken`: whose SKU has the options that
    they want.
    """

    hs_subheadings: Container[str]
    types: Mapping[str, KnownType] = field(default_factory=dict)
    parents: Mapping[str, KnownParent] = field(default_factory=dict)
    taken: Mapping[OptionsKey, str] = field(default_factory=dict)

    def type_version(self, product: Product) -> int | None:
        """The version of its type that a valid product was checked against."""
        code = product.product_type
        return None if code is None else self.types[code].version


@dataclass(frozen=True, slots=True)
class StoredProduct:
    """`version` counts the changes; each is one event. `type_version`: what its attributes were
    checked against.
    """

    id: str
    merchant_id: str
    product: Product
    version: int
    created_at: datetime
    updated_at: datetime
    type_version: int | None = None

    def changed_to(
        self, product: Product, *, type_version: int | None, now: datetime
    ) -> "StoredProduct":
        return StoredProduct(
            self.id,
            self.merchant_id,
            product,
            self.version + 1,
            self.created_at,
            now,
            type_version,
        )


def batch_faults(products: Sequence[Product], known: Known) -> Iterator[Invalid | None]:
    """What is wrong with each product of a batch by itself, or None. If a SKU appears twice, the
    first valid one goes on. What they take from each other: `without_clashes`.
    """
    chosen: set[str] = set()
    for product in products:
        if problems := _own_problems(product, known):
            yield Invalid(problems=problems)
        elif product.sku in chosen:
            yield DuplicateInBatch(pointer="/sku", sku=product.sku)
        else:
            chosen.add(product.sku)
            yield None


def without_clashes(
    products: Sequence[Product], faults: Sequence[Invalid | None], known: Known
) -> list[Invalid | None]:
    """The faults of a batch, and those of variants whose options another one has or gets. Two
    variants may change places.
    """
    good = [product for product, fault in zip(products, faults, strict=True) if fault is None]
    if all(product.variant is None for product in good):
        return list(faults)
    wanted = [(one.sku, None if one.variant is None else one.variant.key) for one in good]
    clashing = clashes(wanted, known.taken)
    return [
        Invalid(problems=[taken_problem(product.variant, clashing[product.sku])])
        if fault is None and product.variant is not None and product.sku in clashing
        else fault
        for product, fault in zip(products, faults, strict=True)
    ]


def product_problems(product: Product, known: Known) -> list[FieldProblem]:
    """Every rule that a product breaks which is saved alone."""
    problems = _own_problems(product, known)
    if product.variant is not None:
        holder = known.taken.get(product.variant.key, product.sku)
        if holder != product.sku:
            problems.append(taken_problem(product.variant, holder))
    return problems


def _own_problems(product: Product, known: Known) -> list[FieldProblem]:
    problems = []
    if product.hs_code[:6] not in known.hs_subheadings:
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
    if product.gtin is not None:
        problems += _gtin_problems(product.gtin)
    problems += _variant_problems(product, known)
    problems += _attribute_problems(product, known)
    if product.details is not NO_DETAILS:
        problems += size_problems(product.details)
        problems += media_problems(product.details.media)
        problems += classification_problems(product.details.classifications, product.hs_code)
    return problems


def _gtin_problems(gtin: str) -> Iterator[FieldProblem]:
    right = check_digit(gtin[:-1])
    if right != int(gtin[-1]):
        yield GtinWrong.at("/gtin", gtin=gtin, check_digit=right)
    elif is_internal(gtin):
        yield GtinInternal.at("/gtin", gtin=gtin, prefix=prefix_of(gtin))


def _variant_problems(product: Product, known: Known) -> Iterator[FieldProblem]:
    variant = product.variant
    if variant is None:
        return
    parent = known.parents.get(variant.parent_sku)
    if parent is None:
        yield UnknownParent.at("/parent_sku", parent_sku=variant.parent_sku)
    else:
        yield from option_problems(variant, parent)


def _attribute_problems(product: Product, known: Known) -> Iterator[FieldProblem]:
    own, code, variant = product.details.attributes, product.product_type, product.variant
    if code is None:
        if own:
            yield AttributesWithoutType.at("/attributes")
    elif (known_type := known.types.get(code)) is None:
        yield UnknownProductType.at("/product_type", product_type=code)
    else:
        parent = None if variant is None else known.parents.get(variant.parent_sku)
        attributes = own if parent is None else parent.attributes_with(own, code)
        yield from known_type.problems(attributes)


def volume_cm3(size_mm: tuple[int, int, int], quantity: int) -> int:
    """Volume of so many units, rounded up once for all of them."""
    length, width, height = size_mm
    return -(-length * width * height * quantity // 1000)
