"""Fills an empty park: its merchants, a partner platform, credentials to try it with. A park that
has them keeps them; credentials are made anew only if the ones on file no longer let anybody in.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, Final, TypeVar

from deploy.sandbox.door import Account, Door, Network
from deploy.sandbox.merchants import EXPORTERS, MERCHANTS, Merchant, merchants
from deploy.sandbox.progress import Progress
from deploy.sandbox.settings import Settings

T = TypeVar("T")

_AT_ONCE: Final = 8
PARTNER_NAME: Final = "Sandbox Partner Platform"
_OPERATOR_TENANT: Final = "park"
Credential = dict[str, str]


class Park:
    """A seeded park as the sandbox enters it: accounts, doors, merchant ids by their place."""

    def __init__(self, settings: Settings, network: Network) -> None:
        self.settings, self.network = settings, network
        self.operator = self.account(settings.operator_id, settings.operator_secret)
        self.merchant_ids: list[str] = []
        self.belts: dict[str, str] = {}
        self.credentials: dict[str, Credential] = {}

    def account(self, client_id: str, client_secret: str) -> Account:
        return Account(self.network, self.settings.url["catalog"], client_id, client_secret)

    def account_of(self, who: str) -> Account:
        held = self.credentials[who]
        return self.account(held["client_id"], held["client_secret"])

    def door(self, service: str, account: Account | None = None) -> Door:
        return Door(self.network, self.settings.url[service], account or self.operator)


async def each(work: Callable[[T], Awaitable[None]], items: Iterable[T], at_once: int) -> None:
    """Runs `work` on every item, so many at a time; the first failure ends it."""
    waiting = iter(items)

    async def worker() -> None:
        for item in waiting:
            await work(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(worker())


async def seed(settings: Settings, network: Network) -> Park:
    """Merchants, partner and credentials are there when it returns. Raises DoorClosed."""
    park = Park(settings, network)
    catalog = park.door("catalog")
    with Progress("merchants") as progress:
        await _register(park, catalog, merchants(settings.seed), progress)
        offices = sum(merchant.desk is not None for merchant in merchants(settings.seed))
        progress.show(f"{len(park.merchant_ids)} of the belts, {offices} with an office on site")
    with Progress("credentials") as progress:
        await _credentials(park, catalog)
        progress.show(str(settings.credentials))
    return park


async def _register(park: Park, catalog: Door, wanted: list[Merchant], progress: Progress) -> None:
    known = {row["uscc"]: row["id"] async for row in catalog.pages("/v1/merchants")}

    async def register(merchant: Merchant) -> None:
        answer = await catalog.post("/v1/merchants", merchant.body(), key=f"seed-{merchant.uscc}")
        known[merchant.uscc] = answer.must()["id"]
        progress.show(f"{len(known)} of {MERCHANTS}")

    await each(register, [m for m in wanted if m.uscc not in known], _AT_ONCE)
    park.merchant_ids = [known[merchant.uscc] for merchant in wanted]
    park.belts = {known[merchant.uscc]: merchant.belt for merchant in wanted}


async def _credentials(park: Park, catalog: Door) -> None:
    settings = park.settings
    held = _read(settings.credentials)
    park.credentials = {
        "operator": {
            "client_id": settings.operator_id,
            "client_secret": settings.operator_secret,
            "tenant": _OPERATOR_TENANT,
        }
    }
    for who, tenant in (
        ("merchant", park.merchant_ids[0]),
        ("partner", await _partner(catalog)),
    ):
        known = held.get(who, {})
        if known.get("tenant") == tenant and await _lets_in(park, known):
            park.credentials[who] = known
        else:
            park.credentials[who] = await _issue(catalog, tenant, f"{who} of the local park")
    _write_private(settings.credentials, json.dumps(park.credentials, indent=1) + "\n")


async def _partner(catalog: Door) -> str:
    async for partner in catalog.pages("/v1/partners"):
        if partner["name"] == PARTNER_NAME:
            return str(partner["id"])
    body = {"name": PARTNER_NAME, "sees": "all"}
    return str((await catalog.post("/v1/partners", body, key="seed-partner")).must()["id"])


async def _lets_in(park: Park, held: Credential) -> bool:
    return (await park.account(held["client_id"], held["client_secret"]).sign_in()).ok


async def _issue(catalog: Door, tenant: str, description: str) -> Credential:
    # No Idempotency-Key: a repeated answer would come without the secret, which is shown once.
    body = {"tenant": tenant, "description": description}
    made: dict[str, Any] = (await catalog.post("/v1/credentials", body)).must()
    return {name: made[name] for name in ("client_id", "client_secret", "tenant")}


def _read(path: Path) -> dict[str, Credential]:
    try:
        held: dict[str, Credential] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return held


def _write_private(path: Path, text: str) -> None:
    """Never readable by others, not even for the moment before a chmod."""
    half = path.with_name(f"{path.name}.new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    half.replace(path)


def exporter_of(share: float) -> int:
    """The place of the merchant that gets an invoice, for a share of [0, 1)."""
    return int(share * EXPORTERS)
