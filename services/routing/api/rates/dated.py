"""/v1/exchange-rates, /v1/margins and /v1/last-mile-tariffs. For operators only."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from services.routing.api.deps import Country, ParkRead, ParkWrite
from services.routing.queries.rates import book as queries
from services.routing.schemas.rates.dated import (
    CurrencyRatesIn,
    CurrencyRatesOut,
    DatedExchangeRateOut,
    LastMileTariffOut,
    MerchantMarginsIn,
    MerchantMarginsOut,
    currency_rates_out,
    dated_exchange_rate_out,
    last_mile_tariff_out,
    merchant_margins_out,
)
from services.routing.use_cases.rates import changes
from shared.db import UnitOfWork
from shared.http import Page, PageOf, Reply, json_reply, problems, representation

dated_rates_api = APIRouter(tags=["rates"])

_RATES_ADDRESS = "/v1/exchange-rates/{currency}"
_MARGINS_ADDRESS = "/v1/margins/{merchant}"
CurrencyCode = Annotated[str, Path(pattern=r"^[A-Z]{3}$", examples=["USD"])]
MerchantOrAll = Annotated[
    str,
    Path(
        pattern=r"^(mer_[0-9a-f]{32}|all)$",
        description="`all`: every merchant that has no margin of its own.",
        examples=["all"],
    ),
]


@dataclass(frozen=True)
class ExchangeRateFilters:
    currency: Annotated[str | None, Query(pattern=r"^[A-Z]{3}$")] = None


@dataclass(frozen=True)
class LastMileFilters:
    country: Country = None


@dated_rates_api.get(
    "/v1/exchange-rates", response_model=Page[DatedExchangeRateOut], responses=problems(422)
)
async def list_exchange_rates(
    call: ParkRead, given: Annotated[ExchangeRateFilters, Depends()], page: PageOf
) -> Response:
    """List exchange rates.

    Yuan for one unit of each currency, by currency and day.
    """
    asked = page.of(given, str, int)
    async with call.read() as reader:
        found = await queries.list_exchange_rates(reader, asked.window, asked.filters)
    return json_reply(
        asked.page(
            found,
            dated_exchange_rate_out,
            key=lambda rate: (rate.currency, _day(rate.valid_from)),
        )
    )


@dated_rates_api.get(_RATES_ADDRESS, response_model=CurrencyRatesOut, responses=problems(404, 422))
async def get_exchange_rates(currency: CurrencyCode, call: ParkRead) -> Response:
    """Read the exchange rates of a currency."""
    async with call.read() as reader:
        found = await queries.get_currency_rates(reader, currency=currency)
    return json_reply(currency_rates_out(found))


@dated_rates_api.put(
    _RATES_ADDRESS,
    response_model=CurrencyRatesOut,
    responses={
        201: {"model": CurrencyRatesOut, "description": "Created"},
        **problems(412, 422, 428),
    },
)
async def put_exchange_rates(
    currency: CurrencyCode, body: CurrencyRatesIn, call: ParkWrite
) -> Response:
    """Create or replace the exchange rates of a currency.

    All of them at once. Replacing needs If-Match. On a day before the first one a price in that
    currency is not known, and what costs it is not offered.
    """
    given = body.to_domain(currency)

    async def act(uow: UnitOfWork) -> Reply:
        saved = await changes.put_exchange_rates(
            uow, given=given, check=call.unchanged(currency_rates_out)
        )
        return representation(
            currency_rates_out(saved.held),
            201 if saved.is_new else 200,
            at=_RATES_ADDRESS.format(currency=currency),
        )

    return await call.change(act)


@dated_rates_api.get(
    _MARGINS_ADDRESS, response_model=MerchantMarginsOut, responses=problems(404, 422)
)
async def get_margins(merchant: MerchantOrAll, call: ParkRead) -> Response:
    """Read the margins of a merchant."""
    async with call.read() as reader:
        found = await queries.get_margins(reader, merchant=merchant)
    return json_reply(merchant_margins_out(found))


@dated_rates_api.put(
    _MARGINS_ADDRESS,
    response_model=MerchantMarginsOut,
    responses={
        201: {"model": MerchantMarginsOut, "description": "Created"},
        **problems(412, 422, 428),
    },
)
async def put_margins(
    merchant: MerchantOrAll, body: MerchantMarginsIn, call: ParkWrite
) -> Response:
    """Create or replace the margins of a merchant.

    What the park adds to its cost: a share of it and an amount for each shipment. All of them at
    once. Replacing needs If-Match.
    """
    given = body.to_domain(merchant)

    async def act(uow: UnitOfWork) -> Reply:
        saved = await changes.put_margins(
            uow, given=given, check=call.unchanged(merchant_margins_out)
        )
        return representation(
            merchant_margins_out(saved.held),
            201 if saved.is_new else 200,
            at=_MARGINS_ADDRESS.format(merchant=merchant),
        )

    return await call.change(act)


@dated_rates_api.get(
    "/v1/last-mile-tariffs", response_model=Page[LastMileTariffOut], responses=problems(422)
)
async def list_last_mile_tariffs(
    call: ParkRead, given: Annotated[LastMileFilters, Depends()], page: PageOf
) -> Response:
    """List last-mile tariffs.

    From a gateway to the door, by country and postal area.
    """
    asked = page.of(given, str, str, str, int)
    async with call.read() as reader:
        found = await queries.list_last_mile_tariffs(reader, asked.window, asked.filters)
    return json_reply(
        asked.page(
            found,
            last_mile_tariff_out,
            key=lambda tariff: (
                tariff.country,
                tariff.postal_prefix,
                tariff.gateway,
                _day(tariff.valid_from),
            ),
        )
    )


def _day(day: date) -> int:
    """Days since the first day of the calendar, for a cursor."""
    return day.toordinal() - 1
