"""Examples of routing's resources and bodies."""

from collections.abc import Awaitable, Callable
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from services.routing.domain.rates.margins import EVERY_MERCHANT
from services.routing.repository.rates import contracts, quotes
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.support.rates import SAID_BY, a_contract, a_contract_sent, a_quote

if TYPE_CHECKING:
    from tests.contract.examples import AllServices


# What is sent differs from what is there: sending that again would change nothing.
_SENT: Final = count(1)


async def _quote(world: "AllServices") -> str:
    quote = a_quote(merchant_id=world.merchant_id, now=world.clock.now())
    async with world.databases["routing"].transaction(world.merchant_id) as uow:
        await quotes.add_quotes(uow, [quote])
    return quote.id


async def _rate_contract(world: "AllServices") -> str:
    """Of a day on which nothing flies yet: no price depends on it."""
    contract = a_contract(id=new_id("rct"), carrier="EY", valid_from=date(2099, 1, 1))
    async with world.databases["routing"].transaction(PARK) as uow:
        await contracts.add_versions(uow, [contract], is_from_files=False)
    return contract.id


async def _currency(_: "AllServices") -> str:
    return "ZAR"


async def _every_merchant(_: "AllServices") -> str:
    return EVERY_MERCHANT


def _quote_wanted(world: "AllServices") -> dict[str, Any]:
    return {
        "goods": {"pieces": [{"weight_g": 2_000}], "volume_cm3": 9_000, "battery": False},
        "airport": "LGG",
        "ready_at": world.clock.now().isoformat(),
    }


EXAMPLES: Final[dict[str, Callable[["AllServices"], Awaitable[str]]]] = {
    "quote_id": _quote,
    "rate_contract_id": _rate_contract,
    "currency": _currency,
    "merchant": _every_merchant,
}

BODIES: Final[dict[str, Callable[["AllServices"], Any]]] = {
    "routing POST /v1/itineraries:search": lambda world: _quote_wanted(world) | {"explain": True},
    "routing POST /v1/quotes": _quote_wanted,
    "routing POST /v1/quotes:batch": lambda world: {"items": [_quote_wanted(world)], "days": 2},
    "routing PUT /v1/rate-contracts/{rate_contract_id}": lambda _: a_contract_sent(
        valid_from="2099-01-01", minimum=f"76.{next(_SENT) % 100:02}"
    ),
    "routing PUT /v1/exchange-rates/{currency}": lambda _: {
        "rates": [{"valid_from": "2020-01-01", "cny_per_unit": f"0.405{next(_SENT):03}", **SAID_BY}]
    },
    "routing PUT /v1/margins/{merchant}": lambda _: {
        "margins": [
            {
                "valid_from": "2020-01-01",
                "cost_permille": 120,
                "flat": f"3.{next(_SENT) % 100:02}",
                **SAID_BY,
            }
        ]
    },
}
