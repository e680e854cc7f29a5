"""The version of all rates, and what they are made of besides contracts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Final

from services.routing.domain.rates.dated import CurrencyRates, MerchantMargins
from services.routing.domain.rates.exchange import ExchangeRate
from services.routing.domain.rates.last_mile import LastMileTariff
from services.routing.domain.rates.margins import Margin
from shared.db import JSON, TEXT, Reader, Statement, UnitOfWork, sql

_Record = ExchangeRate | LastMileTariff | Margin


@dataclass(frozen=True, slots=True)
class RateBookState:
    """`version` changes with every change of rates. `files_digest` None: no file is loaded yet."""

    version: str
    files_digest: str | None


_STATE: Final = sql("SELECT version, files_digest FROM routing.rate_book", RateBookState)
_LOCK: Final = sql("SELECT version, files_digest FROM routing.rate_book FOR UPDATE", RateBookState)
_SET_VERSION: Final = sql("UPDATE routing.rate_book SET version = :version", version=TEXT)
_SET_DIGEST: Final = sql("UPDATE routing.rate_book SET files_digest = :digest", digest=TEXT)


def _upsert(table: str, record: type[_Record], *, keys: tuple[str, ...]) -> Statement[None]:
    """Rows as one JSON array, a column per field of the record."""
    names = [field.name for field in fields(record)]
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in names if name not in keys)
    return sql(
        f"""
    INSERT INTO routing.{table} ({", ".join(names)})
    SELECT {", ".join(names)} FROM jsonb_populate_recordset(CAST(NULL AS routing.{table}), :rows)
    ON CONFLICT ({", ".join(keys)}) DO UPDATE SET {changes}
    """,  # noqa: S608 - names are constants of this module
        rows=JSON,
    )


_UPSERTS: Final[Mapping[type[_Record], Statement[None]]] = {
    ExchangeRate: _upsert("exchange_rates", ExchangeRate, keys=("currency", "valid_from")),
    LastMileTariff: _upsert(
        "last_mile_tariffs",
        LastMileTariff,
        keys=("country", "postal_prefix", "gateway", "valid_from"),
    ),
    Margin: _upsert("margins", Margin, keys=("merchant_id", "valid_from")),
}

_EXCHANGE_RATES: Final = sql(
    """
    SELECT currency, valid_from, cny_per_unit_e8, source, as_of, basis
    FROM routing.exchange_rates
    """,
    ExchangeRate,
)
_LAST_MILE: Final = sql(
    """
    SELECT country, postal_prefix, gateway, currency, base_minor, rate_micros_per_kg,
        cubic_cm_per_kg, rounding_g, valid_from, valid_to, source, as_of, basis
    FROM routing.last_mile_tariffs
    """,
    LastMileTariff,
)
_MARGINS: Final = sql(
    """
    SELECT merchant_id, valid_from, cost_permille, flat_minor, source, as_of, basis
    FROM routing.margins
    """,
    Margin,
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
_CLEAR_CURRENCY: Final = sql(
    "DELETE FROM routing.exchange_rates WHERE currency = :currency", currency=TEXT
)
_CLEAR_MERCHANT: Final = sql(
    "DELETE FROM routing.margins WHERE merchant_id = :merchant", merchant=TEXT
)


async def get_state(reader: Reader) -> RateBookState:
    state = await reader.fetch_first(_STATE)
    assert state is not None  # the migration makes the row
    return state


async def lock_state(uow: UnitOfWork) -> RateBookState:
    """Until the transaction ends nobody else changes rates."""
    state = await uow.fetch_first(_LOCK)
    assert state is not None
    return state


async def set_version(uow: UnitOfWork, version: str) -> None:
    await uow.execute(_SET_VERSION, version=version)


async def set_files_digest(uow: UnitOfWork, digest: str) -> None:
    await uow.execute(_SET_DIGEST, digest=digest)


async def upsert(uow: UnitOfWork, records: Sequence[_Record]) -> None:
    """All of one kind. One of the same key, that is of the same day, is replaced."""
    if records:
        rows = [
            {name: _in_json(value) for name, value in asdict(record).items()} for record in records
        ]
        await uow.execute(_UPSERTS[type(records[0])], rows=rows)


def _in_json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


async def list_exchange_rates(reader: Reader) -> list[ExchangeRate]:
    return await reader.fetch_all(_EXCHANGE_RATES)


async def list_last_mile_tariffs(reader: Reader) -> list[LastMileTariff]:
    return await reader.fetch_all(_LAST_MILE)


async def list_margins(reader: Reader) -> list[Margin]:
    return await reader.fetch_all(_MARGINS)


async def find_currency_rates(reader: Reader, currency: str) -> CurrencyRates | None:
    """None: there are none."""
    found = await reader.fetch_all(_OF_CURRENCY, currency=currency)
    return CurrencyRates(currency, tuple(found)) if found else None


async def find_margins(reader: Reader, merchant: str) -> MerchantMargins | None:
    found = await reader.fetch_all(_OF_MERCHANT, merchant=merchant)
    return MerchantMargins(merchant, tuple(found)) if found else None


async def replace_currency_rates(uow: UnitOfWork, held: CurrencyRates) -> None:
    await uow.execute(_CLEAR_CURRENCY, currency=held.currency)
    await upsert(uow, held.rates)


async def replace_margins(uow: UnitOfWork, held: MerchantMargins) -> None:
    await uow.execute(_CLEAR_MERCHANT, merchant=held.merchant)
    await upsert(uow, held.margins)
