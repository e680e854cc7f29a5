"""Examples of routing's resources and bodies."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from services.routing.domain.rates.files import contract_id
from services.routing.domain.rates.margins import EVERY_MERCHANT
from tests.support.rates import SAID_BY, a_contract_sent


async def _rate_contract(_: object) -> str:
    return contract_id("* express road * 3000 km")


async def _currency(_: object) -> str:
    return "ZAR"


async def _every_merchant(_: object) -> str:
    return EVERY_MERCHANT


EXAMPLES: Final[dict[str, Callable[[object], Awaitable[str]]]] = {
    "rate_contract_id": _rate_contract,
    "currency": _currency,
    "merchant": _every_merchant,
}

BODIES: Final[dict[str, Callable[[object], Any]]] = {
    "routing PUT /v1/rate-contracts/{rate_contract_id}": lambda _: a_contract_sent(),
    "routing PUT /v1/exchange-rates/{currency}": lambda _: {
        "rates": [{"valid_from": "2020-01-01", "cny_per_unit": "0.405", **SAID_BY}]
    },
    "routing PUT /v1/margins/{merchant}": lambda _: {
        "margins": [{"valid_from": "2020-01-01", "cost_permille": 120, "flat": "3.00", **SAID_BY}]
    },
}
