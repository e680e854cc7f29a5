"""Catalog behind HTTP on a real PostgreSQL: its own signing key and its own tokens."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from fastapi import FastAPI
from httpx2 import AsyncClient
from pydantic import SecretStr

from services.catalog.app import create_app
from services.catalog.domain.credentials.credential import SCOPES_OF_ROLE
from services.catalog.settings import Settings
from shared.http import GivenKeys
from shared.kafka import JobContext
from shared.kernel.identity import Role
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.support.worlds.catalog import (
    OPERATOR_ID,
    OPERATOR_SECRET,
    BackOrders,
    Merchant,
    a_uscc,
    as_bearer,
)
from tests.support.worlds.importing import Importing

NewMerchant = Callable[[], Awaitable[Merchant]]


@pytest.fixture(scope="session")
def signing_key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalog") / "signing-key.pem"
    key = Ed25519PrivateKey.generate()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


@pytest.fixture(scope="session")
async def settings(
    postgres: Postgres, signing_key_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    await postgres.migrated("catalog")
    return Settings(
        database_url=postgres.app_dsn("catalog"),
        signing_key_file=signing_key_file,
        operator_client_id=OPERATOR_ID,
        operator_client_secret=SecretStr(OPERATOR_SECRET),
        spool_dir=tmp_path_factory.mktemp("spool"),
    )


@pytest.fixture(scope="session")
def catalog_clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(autouse=True)
def _time_begins_anew(catalog_clock: ManualClock) -> None:
    """Each test has the day that its dates are about, however far another one went."""
    catalog_clock.set(ManualClock().now())


@pytest.fixture(scope="session")
def app(settings: Settings, catalog_clock: ManualClock, jwks: dict[str, Any]) -> FastAPI:
    own = create_app(settings).state.identity.keys.jwks
    both = GivenKeys({"keys": [*own["keys"], *jwks["keys"]]})
    return create_app(settings, clock=catalog_clock, keys=both)


@pytest.fixture(scope="session")
async def client(app: FastAPI, client_for: Any) -> AsyncIterator[AsyncClient]:
    """Nobody: without a token."""
    async with client_for(app) as client:
        yield client


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def operator(client: AsyncClient, token_for: Any) -> AsyncClient:
    return as_bearer(client, token_for(Role.OPERATOR, scopes=SCOPES_OF_ROLE[Role.OPERATOR]))


@pytest.fixture(scope="session")
def new_merchant(
    client: AsyncClient, operator: AsyncClient, token_for: Any, db_for: Any
) -> NewMerchant:
    async def register() -> Merchant:
        body = {
            "name": {"en": "Ezhou Lamps", "zh-CN": "鄂州灯具"},
            "uscc": a_uscc(),
            "belt": "home_furnishing",
        }
        answer = await operator.post("/v1/merchants", json=body)
        assert answer.status_code == 201, answer.text
        merchant_id = answer.json()["id"]
        token = token_for(Role.MERCHANT, merchant_id, SCOPES_OF_ROLE[Role.MERCHANT])
        return Merchant(merchant_id, as_bearer(client, token), await db_for("catalog"))

    return register


@pytest.fixture
async def merchant(new_merchant: NewMerchant) -> Merchant:
    return await new_merchant()


@pytest.fixture
async def worker(db_for: Any, catalog_clock: ManualClock) -> BackOrders:
    return BackOrders(JobContext(await db_for("catalog"), catalog_clock, "place-back-orders"))


@pytest.fixture
async def importing(
    merchant: Merchant, db_for: Any, catalog_clock: ManualClock, settings: Settings
) -> Importing:
    return Importing(merchant, await db_for("catalog"), catalog_clock, settings.spool_dir)


@pytest.fixture
async def other_importing(
    new_merchant: NewMerchant, db_for: Any, catalog_clock: ManualClock, settings: Settings
) -> Importing:
    """The same for another merchant."""
    merchant = await new_merchant()
    return Importing(merchant, await db_for("catalog"), catalog_clock, settings.spool_dir)
