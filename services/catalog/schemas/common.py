"""What several nouns share: texts that a database can hold, two languages, money as decimal text,
and reading the items of a batch one by one.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from services.catalog.domain.problems import problem
from shared.http.faults import ITEM_ERRORS_MAX, invalid_model
from shared.kernel.errors import FieldProblem, Invalid, Text
from shared.kernel.money import AMOUNT_PATTERN, MINOR_DIGITS, Money, MoneyError

BATCH_MAX: Final = 500
# Instants of a trade; also keeps time zone arithmetic away from the ends of the calendar.
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)


class Body(BaseModel):
    """Base of what clients send: an unknown field is a typing error, and is said to be one."""

    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)


# One line of text: no control characters, no white space around it.
Line = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]
StrictInt = Annotated[int, Field(strict=True)]
StrictBool = Annotated[bool, Field(strict=True)]
MerchantId = Annotated[str, StringConstraints(pattern=r"^mer_[0-9a-f]{32}$")]


class LocalisedText(Body):
    """English is needed for waybills and declarations, Chinese is welcome."""

    en: Line = Field(examples=["White hanging heart T-light holder"])
    zh_cn: Line | None = Field(default=None, alias="zh-CN", examples=["白色心形烛台"])

    def by_language(self) -> dict[str, str]:
        return {"en": self.en} | ({"zh-CN": self.zh_cn} if self.zh_cn is not None else {})


class UnknownCurrency(Invalid):
    code = "catalog.money.unknown_currency"
    text = Text("{currency} is no ISO 4217 currency.", "{currency} 不是 ISO 4217 货币代码。")
    fix = Text("Use three letters, e.g. USD.", "请使用三位字母代码，例如 USD。")


class AmountInvalid(Invalid):
    code = "catalog.money.amount_invalid"
    text = Text(
        "{amount} is no amount of {currency}, which has {digits} decimals.",
        "{amount} 不是有效金额：{currency} 有 {digits} 位小数。",
    )
    fix = Text('Write it as text with a point, e.g. "12.50".', '请以文本填写，例如 "12.50"。')


def money(
    amount: str, currency: str, problems: list[FieldProblem], *, at: str, currency_at: str
) -> Money:
    """The amount; if it is none, says so in `problems` and gives zero of some currency."""
    if currency not in MINOR_DIGITS:
        if not any(p.pointer == currency_at for p in problems):
            problems.append(problem(UnknownCurrency, currency_at, currency=currency))
        return Money(0, "XCD")
    try:
        return Money.parse(amount, currency)
    except MoneyError:
        digits = MINOR_DIGITS[currency]
        fault = problem(AmountInvalid, at, amount=amount, currency=currency, digits=digits)
        problems.append(fault)
        return Money(0, currency)


Amount = Annotated[str, StringConstraints(pattern=AMOUNT_PATTERN), Field(examples=["1.65"])]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["GBP"])]


class Price(Body):
    amount: Amount = Field(description="Decimal text with at most the currency's decimals.")
    currency: Currency


class BatchIn(Body):
    """Items are read one by one: a bad one does not stop the others."""

    items: list[dict[str, Any]] = Field(min_length=1, max_length=BATCH_MAX)


class BatchItemOut(BaseModel):
    """`status` is what the item alone would have been answered with over HTTP."""

    index: int
    status: int
    id: str | None = None
    error: dict[str, Any] | None = Field(default=None, description="A problem document.")


class BatchOut(BaseModel):
    items: list[BatchItemOut]


M = TypeVar("M", bound=BaseModel)


def read_each(model: type[M], items: Sequence[Any]) -> list[M | Invalid]:
    """Each item as the model, or what is wrong with it; pointers start at the item."""
    read: list[M | Invalid] = []
    for item in items:
        try:
            read.append(model.model_validate(item))
        except ValidationError as error:
            read.append(invalid_model(error, named_max=ITEM_ERRORS_MAX))
    return read
