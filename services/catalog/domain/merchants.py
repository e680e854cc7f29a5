"""Merchants and partner platforms: what can be wrong when one is registered.

python-stdnum checks the unified social credit code (see `use_cases.merchants`).
"""

from collections.abc import Collection, Container
from dataclasses import dataclass
from datetime import datetime

from shared.kernel.errors import Conflict, FieldProblem, Invalid, NotFound, Text


class MerchantNotFound(NotFound):
    code = "catalog.merchant.not_found"
    text = Text("There is no such merchant.", "商户不存在。")


class PartnerNotFound(NotFound):
    code = "catalog.partner.not_found"
    text = Text("There is no such partner.", "合作平台不存在。")


class UsccInvalid(Invalid):
    """GB 32100-2015: 18 characters, the last one a check character."""

    code = "catalog.merchant.uscc_invalid"
    text = Text(
        "{uscc} is not a unified social credit code: its length, characters or check character is"
        " wrong.",
        "{uscc} 不是有效的统一社会信用代码：长度、字符或校验位有误。",
    )
    fix = Text(
        "Copy the 18 characters from the business licence.",
        "请按营业执照填写 18 位统一社会信用代码。",
    )


class UsccTaken(Conflict):
    code = "catalog.merchant.uscc_taken"
    members = ("existing_id",)
    text = Text(
        "The company with code {uscc} is already registered as {existing_id}.",
        "统一社会信用代码 {uscc} 已注册，商户编号 {existing_id}。",
    )
    fix = Text("Use the existing merchant.", "请使用已有商户。")


class UnknownBelt(Invalid):
    code = "catalog.merchant.unknown_belt"
    text = Text("{belt} is not an industrial belt of the park.", "{belt} 不是本园区登记的产业带。")
    fix = Text("Choose a code from GET /v1/belts.", "请从 GET /v1/belts 中选择。")


class UnknownMerchants(Invalid):
    code = "catalog.partner.unknown_merchants"
    text = Text("These merchants do not exist: {merchants}.", "下列商户不存在：{merchants}。")
    fix = Text('List existing merchant ids, or "all".', "请填写已有商户编号，或填 all。")


@dataclass(frozen=True, slots=True)
class NewMerchant:
    """`desk` is a place in the park's building such as "B2-417", None without an office there."""

    name: dict[str, str]
    uscc: str
    belt: str
    desk: str | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Merchant:
    id: str
    name: dict[str, str]
    uscc: str
    belt: str
    desk: str | None
    synthetic: bool
    registered_at: datetime

    @classmethod
    def registered(cls, new: NewMerchant, *, merchant_id: str, now: datetime) -> "Merchant":
        return cls(merchant_id, new.name, new.uscc, new.belt, new.desk, new.synthetic, now)


@dataclass(frozen=True, slots=True)
class Partner:
    """`sees`: whose events it may see, None for those of every merchant."""

    id: str
    name: str
    sees: tuple[str, ...] | None
    registered_at: datetime


def merchant_problems(
    merchant: NewMerchant, belts: Container[str], *, is_uscc_valid: bool
) -> list[FieldProblem]:
    problems = []
    if merchant.belt not in belts:
        problems.append(UnknownBelt.at("/belt", belt=merchant.belt))
    if not is_uscc_valid:
        problems.append(UsccInvalid.at("/uscc", uscc=merchant.uscc))
    return problems


def visible_merchants(
    sees: Collection[str] | None, *, known: Container[str]
) -> tuple[str, ...] | None:
    """`sees` without repetitions; None for every merchant. Raises UnknownMerchants."""
    if sees is None:
        return None
    unknown = sorted({merchant for merchant in sees if merchant not in known})
    if unknown:
        raise UnknownMerchants(pointer="/sees", merchants=", ".join(unknown))
    return tuple(sorted(set(sees)))
