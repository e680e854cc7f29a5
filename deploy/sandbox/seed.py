"""Fills an empty park: its merchants, a partner platform, credentials to try it with. A park that
has them keeps them; new credentials are issued only if the park no longer accepts those on file.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from deploy.private_files import write_private
from deploy.sandbox.api_client import HttpPool, ServiceClient
from deploy.sandbox.concurrency import for_each
from deploy.sandbox.merchants.companies import MERCHANTS, SyntheticMerchant, merchants
from deploy.sandbox.park import Credential, SeededPark
from deploy.sandbox.progress import ProgressLine
from deploy.sandbox.settings import SandboxSettings

_AT_ONCE: Final = 8
PARTNER_NAME: Final = "Sandbox Partner Platform"


async def seed(settings: SandboxSettings, pool: HttpPool) -> SeededPark:
    """Merchants, partner and credentials are there when it returns. Raises RequestFailed."""
    park = SeededPark(settings, pool)
    catalog = park.client("catalog")
    with ProgressLine("merchants") as progress:
        await _register(park, catalog, merchants(settings.seed), progress)
        offices = sum(merchant.desk is not None for merchant in merchants(settings.seed))
        progress.show(f"{len(park.merchant_ids)} of the belts, {offices} with an office on site")
    with ProgressLine("credentials") as progress:
        await _credentials(park, catalog)
        progress.show(str(settings.credentials))
    return park


async def _register(
    park: SeededPark,
    catalog: ServiceClient,
    wanted: list[SyntheticMerchant],
    progress: ProgressLine,
) -> None:
    known = {row["uscc"]: row["id"] async for row in catalog.pages("/v1/merchants")}

    async def register(merchant: SyntheticMerchant) -> None:
        answer = await catalog.post("/v1/merchants", merchant.body(), key=f"seed-{merchant.uscc}")
        known[merchant.uscc] = answer.must()["id"]
        progress.show(f"{len(known)} of {MERCHANTS}")

    await for_each(register, [m for m in wanted if m.uscc not in known], _AT_ONCE)
    park.merchant_ids = [known[merchant.uscc] for merchant in wanted]
    park.belts = {known[merchant.uscc]: merchant.belt for merchant in wanted}


async def _credentials(park: SeededPark, catalog: ServiceClient) -> None:
    path = park.settings.credentials
    on_file = credentials_on_file(path)
    for who, tenant in (
        ("merchant", park.merchant_ids[0]),
        ("partner", await _partner(catalog)),
    ):
        known = on_file.get(who)
        if known is None or known.tenant != tenant or not await _is_accepted(park, known):
            known = await _issue(catalog, tenant, f"{who} of the local park")
        park.credentials[who] = known
    held = {who: asdict(credential) for who, credential in park.credentials.items()}
    write_private(path, (json.dumps(held, indent=1) + "\n").encode())


async def _partner(catalog: ServiceClient) -> str:
    async for partner in catalog.pages("/v1/partners"):
        if partner["name"] == PARTNER_NAME:
            return str(partner["id"])
    body = {"name": PARTNER_NAME, "sees": "all"}
    return str((await catalog.post("/v1/partners", body, key="seed-partner")).must()["id"])


async def _is_accepted(park: SeededPark, known: Credential) -> bool:
    return (await park.tokens(known).sign_in()).ok


async def _issue(catalog: ServiceClient, tenant: str, description: str) -> Credential:
    # No Idempotency-Key: a repeated answer would come without the secret, which is shown once.
    body = {"tenant": tenant, "description": description}
    made = (await catalog.post("/v1/credentials", body)).must()
    return Credential(made["client_id"], made["client_secret"], made["tenant"])


def credentials_on_file(path: Path) -> dict[str, Credential]:
    """By the name of their user; empty if there is no such file or it is not readable."""
    try:
        return {who: Credential(**held) for who, held in json.loads(path.read_text()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
