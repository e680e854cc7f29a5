"""Field types that several areas share: texts in two languages, money as decimal text, SKUs."""

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from services.catalog.domain.products.product import (
    PARENT_SKU_PATTERN,
    PARENT_SKU_WORDS,
    SKU_PATTERN,
    SKU_WORDS,
)
from shared.documents.faults import in_words
from shared.documents.fields import Body
from shared.documents.text import Line
from shared.kernel.errors import FieldProblem, Invalid, Text
from shared.kernel.money import AMOUNT_PATTERN, MINOR_DIGITS, Money, MoneyError

BATCH_MAX: Final = 500

Sku = Annotated[
    str,
    StringConstraints(pattern=in_words(SKU_PATTERN, SKU_WORDS)),
    Field(examples=["85123A"]),
]
ParentSku = Annotated[
    str,
    StringConstraints(pattern=in_words(PARENT_SKU_PATTERN, PARENT_SKU_WORDS)),
    Field(examples=["WIG-LACE"]),
]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(examples=["CN"])]
MerchantId = Annotated[str, StringConstraints(pattern=r"^mer_[0-9a-f]{32}$")]


class LocalisedText(Body):
    """Waybills and declarations need English; Chinese is optional."""

    en: Line = Field(examples=["White hanging heart T-light holder"])
    zh_cn: Line | None = Field(default=None, alias="zh-CN", examples=["白色心形烛台"])

    def by_language(self) -> dict[str, str]:
        return {"en": self.en} | ({"zh-CN": self.zh_cn} if self.zh_cn is not None else {})


class UnknownCurrency(Invalid):
    code = "catalog.money.unknown_currency"
    text = Text(
        "{currency} is not an ISO 4217 currency code.", "{currency} 不是 ISO 4217 货币代码。"
    )
    fix = Text("Use three letters, e.g. USD.", "请使用三位字母代码，例如 USD。")


class AmountInvalid(Invalid):
    code = "catalog.money.amount_invalid"
    text = Text(
        "{amount} is not an amount in {currency}, which has {digits} decimals.",
        "{amount} 不是有效金额：{currency} 有 {digits} 位小数。",
    )
    fix = Text(
        'Write it as a string with a decimal point, e.g. "12.50".', '请以文本填写，例如 "12.50"。'
    )


Amount = Annotated[str, StringConstraints(pattern=AMOUNT_PATTERN), Field(examples=["1.65"])]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["EUR"])]


class Price(Body):
    amount: Amount = Field(description="Decimal text with at most the currency's decimals.")
    currency: Currency


def money(price: Price, problems: list[FieldProblem], *, at: str) -> Money:
    """The price. If it is not valid money, adds that to `problems` and returns zero.

    `at`: a JSON Pointer to the price.
    """
    if price.currency not in MINOR_DIGITS:
        fault = UnknownCurrency.at(f"{at}/currency", currency=price.currency)
        problems.append(fault)
        return Money(0, "XCD")
    try:
        return Money.parse(price.amount, price.currency)
    except MoneyError:
        named = {"amount": price.amount, "currency": price.currency}
        digits = MINOR_DIGITS[price.currency]
        problems.append(AmountInvalid.at(f"{at}/amount", **named, digits=digits))
        return Money(0, price.currency)


def price_out(price: Money) -> dict[str, str]:
    return {"amount": price.amount, "currency": price.currency}
