"""Reads for screens: rate contracts with their versions, exchange rates, margins."""

from typing import Final

from services.routing.domain.rates.contract import RateContract, RateContractNotFound
from services.routing.domain.rates.dated import (
    CurrencyRates,
    ExchangeRatesNotFound,
    MarginsNotFound,
    MerchantMargins,
)
from services.routing.domain.rates.exchange import ExchangeRate
from services.routing.domain.rates.last_mile import LastMileTariff
from services.routing.domain.rates.margins import Margin
from services.routing.domain.rates.stored import stored_contract
from shared.db import BIGINT, INTEGER, TEXT, Filters, Listing, Reader, Window, sql

_COLUMNS: Final = """id, version, reference, carrier, product, origin, destination, mode, vehicle,
        from_km, below_km, currency, valid_from, valid_to, tariff, source, as_of, basis"""

_CONTRACTS: Final = Listing(
    f"SELECT {_COLUMNS} FROM routing.rate_contracts",  # noqa: S608
    stored_contract,
    order_by="id",
    where="is_current",
    after="id > :after_id",
    filters={
        "carrier": "carrier = :carrier",
        "product": "product = :product",
        "origin": "origin = :origin",
        "destination": "destination = :destination",
        "mode": "mode = :mode",
    },
    after_id=TEXT,
    carrier=TEXT,
    product=TEXT,
    origin=TEXT,
    destination=TEXT,
    mode=TEXT,
)
_CONTRACT: Final = sql(
    f"""
    SELECT {_COLUMNS} FROM routing.rate_contracts
    WHERE id = :id AND CASE WHEN :version = 0 THEN is_current ELSE version = :version END
    """,  # noqa: S608
    stored_contract,
    id=TEXT,
    version=INTEGER,
)
_EXCHANGE_RATES: Final = Listing(
    """
    SELECT currency, valid_from, cny_per_unit_e8, source, as_of, basis
    FROM routing.exchange_rates
    """,
    ExchangeRate,
    order_by="currency, valid_from",
    after="(currency, valid_from - DATE '0001-01-01') > (:after_currency, :after_day)",
    filters={"currency": "currency = :currency"},
    after_currency=TEXT,
    after_day=BIGINT,
    currency=TEXT,
)
_OF_CURRENCY: Final = sql(
    """
    SELECT currency, valid_from, cny_per_unit_e8, source, as_of, basis
    FROM routing.exchange_rates WHERE currency = :currency ORDER BY valid_from
    """,
    ExchangeRate,
    currency=TEXT,
)
_OF_MERCHANT: Final = sql(
    """
    SELECT merchant_id, valid_from, cost_permille, flat_minor, source, as_of, basis
    FROM routing.margins WHERE merchant_id = :merchant ORDER BY valid_from
    """,
    Margin,
    merchant=TEXT,
)
_LAST_MILE: Final = Listing(
    """
    SELECT country, postal_prefix, gateway, currency, base_minor, rate_micros_per_kg,
        cubic_cm_per_kg, rounding_g, valid_from, valid_to, source, as_of, basis
    FROM routing.last_mile_tariffs
    """,
    LastMileTariff,
    order_by="country, postal_prefix, gateway, valid_from",
    after="""(country, postal_prefix, gateway, valid_from - DATE '0001-01-01')
        > (:after_country, :after_prefix, :after_gateway, :after_day)""",
    filters={"country": "country = :country"},
    after_country=TEXT,
    after_prefix=TEXT,
    after_gateway=TEXT,
    after_day=BIGINT,
    country=TEXT,
)


async def list_contracts(reader: Reader, window: Window, filters: Filters) -> list[RateContract]:
    """Each in its current version."""
    return await _CONTRACTS.page(reader, window, filters)


async def get_contract(reader: Reader, *, contract_id: str, version: int | None) -> RateContract:
    """The current version unless another is named. Raises RateContractNotFound."""
    found = await reader.fetch_first(_CONTRACT, id=contract_id, version=version or 0)
    if found is None:
        raise RateContractNotFound(contract=contract_id)
    return found


async def list_exchange_rates(
    reader: Reader, window: Window, filters: Filters
) -> list[ExchangeRate]:
    return await _EXCHANGE_RATES.page(reader, window, filters)


async def get_currency_rates(reader: Reader, *, currency: str) -> CurrencyRates:
    """Raises ExchangeRatesNotFound."""
    found = await reader.fetch_all(_OF_CURRENCY, currency=currency)
    if not found:
        raise ExchangeRatesNotFound(currency=currency)
    return CurrencyRates(currency, tuple(found))


async def get_margins(reader: Reader, *, merchant: str) -> MerchantMargins:
    """Raises MarginsNotFound."""
    found = await reader.fetch_all(_OF_MERCHANT, merchant=merchant)
    if not found:
        raise MarginsNotFound(merchant=merchant)
    return MerchantMargins(merchant, tuple(found))


async def list_last_mile_tariffs(
    reader: Reader, window: Window, filters: Filters
) -> list[LastMileTariff]:
    return await _LAST_MILE.page(reader, window, filters)
