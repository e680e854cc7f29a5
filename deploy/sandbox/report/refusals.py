"""A refusal of routing as callers see it: why, what would help, and what could be done instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from deploy.sandbox.api_client import ServiceClient

Body: TypeAlias = Mapping[str, Any]

_EMBARGOED: Final = "KP"
_PARCEL: Final = {
    "pieces": [{"weight_g": 2_000}],
    "volume_cm3": 12_000,
    "battery": False,
}


@dataclass(frozen=True)
class RefusalShown:
    """`alternatives`: in words, with their price where it is told."""

    what: str
    code: str
    detail: str
    fix: str
    alternatives: tuple[str, ...]


async def refusal_of_the_day(
    routing: ServiceClient, *, merchant_id: str, ready_at: str
) -> RefusalShown:
    """Of the newest shipment without a way. On a day without one, what a search for a parcel to a
    country under embargo is told. Raises RequestFailed.
    """
    refused = (await routing.get("/v1/shipments", status="unroutable", limit="1")).must()["items"]
    if refused:
        address = f"/v1/shipments/{refused[0]['id']}/alternatives"
        answer = (await routing.get(address)).must()
        # None: it finds a way when it is looked at next.
        if answer["reason"] is not None:
            return refusal_shown(f"shipment {answer['shipment_id']}", answer)
    body = {"goods": _PARCEL, "country": _EMBARGOED, "ready_at": ready_at}
    answer = (await routing.post("/v1/itineraries:search", body, tenant=merchant_id)).must()
    return refusal_shown(f"a search for a parcel to {_EMBARGOED}", answer)


def refusal_shown(what: str, answer: Body) -> RefusalShown:
    reason = answer["reason"]
    alternatives = tuple(_in_words(one) for one in answer["alternatives"])
    return RefusalShown(what, reason["code"], reason["detail"], reason["fix"], alternatives)


def _in_words(alternative: Body) -> str:
    price = alternative["price"]
    paid = f" ({price['amount']} {price['currency']})" if price else ""
    return f"{alternative['detail']}{paid}"
