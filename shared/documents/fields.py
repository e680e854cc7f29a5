"""Field types for what clients send: one for each kind of value that several services take, so that
a value is read the same way everywhere.

    class ScreeningIn(Body):
        lane: Annotated[WholeNumber, Field(ge=1, le=32767)]
        passed: TrueOrFalse
        screened_at: PastInstant
"""

import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Final, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationError,
)
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError

from shared.documents.faults import ITEM_ERRORS_MAX, invalid_model
from shared.kernel.clock import Clock
from shared.kernel.errors import Invalid
from shared.kernel.instants import EARLIEST, LATEST, has_happened, latest_fact
from shared.kernel.json import JsonObject
from shared.kernel.tasks import giving_way

# The business clock, for fields that must not be ahead of it. A request sets it.
CLOCK: Final[ContextVar[Clock | None]] = ContextVar("airlane_clock", default=None)

M = TypeVar("M", bound=BaseModel)

_DATED: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True)
class DocumentedAs:
    """`list[Annotated[JsonObject, DocumentedAs(OrderIn)]]`: published as that model, accepted as it
    comes, and read by `read_each`.
    """

    model: type[BaseModel]

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonObject:
        return handler(self.model.__pydantic_core_schema__)


class Body(BaseModel):
    """Base of what clients send. An unknown field is probably a typo, so it is refused."""

    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)


def _whole(value: object) -> object:
    # JSON has one type of number, and some writers put a decimal point in all (RFC 8259 §6).
    return int(value) if type(value) is float and value.is_integer() else value


def _instant_in_words(value: object) -> object:
    # Pydantic would read a number as seconds since 1970, or as milliseconds if it is large.
    if isinstance(value, datetime) or _is_dated(value):
        return value
    raise PydanticKnownError("datetime_type")


def _day_in_words(value: object) -> object:
    if isinstance(value, date) or _is_dated(value):
        return value
    raise PydanticKnownError("date_type")


def _is_dated(value: object) -> bool:
    return isinstance(value, str) and _DATED.match(value) is not None


def _past(value: datetime) -> datetime:
    clock = CLOCK.get()
    now = LATEST if clock is None else clock.now()
    if not has_happened(value, now=now):
        raise _implausible(EARLIEST, latest_fact(now))
    return value.astimezone(UTC)


def _any(value: datetime) -> datetime:
    if not EARLIEST <= value < LATEST:
        raise _implausible(EARLIEST, LATEST)
    return value.astimezone(UTC)


def _implausible(earliest: datetime, latest: datetime) -> PydanticCustomError:
    return PydanticCustomError(
        "implausible_instant",
        "not between {earliest} and {latest}",
        {"earliest": f"{earliest:%Y-%m-%dT%H:%MZ}", "latest": f"{latest:%Y-%m-%dT%H:%MZ}"},
    )


# 2 or 2.0, not 2.5 and not "2".
WholeNumber = Annotated[int, BeforeValidator(_whole), Field(strict=True)]
TrueOrFalse = Annotated[bool, Field(strict=True)]
# Both types of instant are converted to UTC, whatever offset they were sent with.
# When something happened: not before 2000, and at most two days ahead of the business clock.
PastInstant = Annotated[
    AwareDatetime,
    BeforeValidator(_instant_in_words),
    AfterValidator(_past),
    Field(description="When it happened; at most two days ahead of GET /v1/clock."),
]
# A bound of a search: any instant of this century.
AnyInstant = Annotated[AwareDatetime, BeforeValidator(_instant_in_words), AfterValidator(_any)]
# A day of the calendar: 2026-11-22.
Day = Annotated[date, BeforeValidator(_day_in_words)]


async def read_each(model: type[M], items: Sequence[object]) -> list[M | Invalid]:
    """Each item of a batch as the model, or what is wrong with it; pointers start at the item."""
    read: list[M | Invalid] = []
    async for item in giving_way(items):
        try:
            read.append(model.model_validate(item))
        except ValidationError as error:
            read.append(invalid_model(error, named_max=ITEM_ERRORS_MAX))
    return read
