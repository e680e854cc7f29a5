"""The fixtures of all tests. Real PostgreSQL and Kafka; only clock, ids and the outside world are
replaced. `tests/conftest.py` registers this module.

    db = await db_for("catalog")                       Database as the app role, migrations applied
    async with client_for(app, token=…) as client:     httpx2 over ASGI, lifespan included
    token_for(Role.MERCHANT, "mer_…", ["catalog:read"])
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from httpx2 import ASGITransport, AsyncClient

from deploy.bench.tokens import TokenIssuer
from deploy.engines import free_port, start_kafka, start_postgres
from deploy.engines import kafka as kafka_engine
from deploy.engines.programs import Installation, installed
from shared.contracts.topics import TOPICS, TopicSpec
from shared.db import Database
from shared.kafka.admin import ensure_topics
from shared.kernel.ids import new_id
from shared.settings import KafkaSettings
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.kit.receiver import WebhookReceiver
from tests.kit.sharing import SharedEngines, Started

DbFor = Callable[[str], Awaitable[Database]]
ClientFor = Callable[..., AbstractAsyncContextManager[AsyncClient]]


# The longest tests start first, so that no worker waits for another's last file.
_LONGEST: Final = ("e2e", "contract")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _turn(item.path))
    reason = kafka_engine.missing()
    if not reason:
        return
    for item in items:
        if item.get_closest_marker("real_broker"):
            item.add_marker(pytest.mark.skip(reason=f"needs a real Kafka: {reason}"))


def _turn(file: Path) -> int:
    folder = file.parent.name
    return _LONGEST.index(folder) if folder in _LONGEST else len(_LONGEST)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def engines(run_folder: Path) -> Iterator[SharedEngines]:
    shared = SharedEngines(run_folder)
    yield shared
    shared.close()


def _asked_installation() -> Installation | None:
    """AIRLANE_TEST_POSTGRES=15 runs everything on that installed version instead of the wheel's;
    AIRLANE_TEST_ICU_LOCALE=en-US sorts its databases by that locale.
    """
    if not (asked := os.environ.get("AIRLANE_TEST_POSTGRES")):
        return None
    folder = installed().get(int(asked))
    assert folder is not None, f"PostgreSQL {asked} is not installed: {sorted(installed())} are"
    return Installation(folder, os.environ.get("AIRLANE_TEST_ICU_LOCALE") or None)


@pytest.fixture(scope="session")
async def postgres(engines: SharedEngines, run_folder: Path) -> AsyncIterator[Postgres]:
    def start() -> Started:
        server = start_postgres(
            run_folder / "postgres", free_port(), installation=_asked_installation()
        )
        return Started({"dsn": server.dsn()}, server.remove)

    facts = engines.use("postgres", start)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = Postgres(facts["dsn"], f"airlane_{worker}")
    yield database
    await database.close()


@pytest.fixture(scope="session")
def db_for(postgres: Postgres) -> DbFor:
    """`await db_for("catalog")`: the tables of the service, empty at first, shared by the tests of
    this process: make your own tenants and ids.
    """
    return postgres.db_for


class Broker:
    """The Kafka of this run."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.settings = KafkaSettings(bootstrap_servers=bootstrap)

    async def topic(self, noun: str = "things", *, partitions: int = 4) -> str:
        """Creates a topic that nobody else uses, and returns its name."""
        name = f"airlane.test.{noun}-{new_id('top')[-12:]}.v1"
        await self.ensure(TopicSpec(name, partitions=partitions))
        return name

    async def ensure(self, *specs: TopicSpec) -> None:
        await ensure_topics(self.settings, specs)


@pytest.fixture(scope="session")
def kafka(engines: SharedEngines, run_folder: Path) -> Broker:
    """A real broker without topics; tests using it carry the marker `real_broker`."""
    if reason := kafka_engine.missing():
        pytest.skip(f"needs a real Kafka: {reason}")

    def start() -> Started:
        server = start_kafka(run_folder / "kafka", free_port(), free_port())
        return Started({"bootstrap": server.bootstrap}, server.stop)

    return Broker(engines.use("kafka", start)["bootstrap"])


@pytest.fixture(scope="session")
async def kafka_topics(kafka: Broker) -> Broker:
    """The broker with all topics of the platform. They are shared by the run: use own ids."""
    await kafka.ensure(*TOPICS.values())
    return kafka


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def token_issuer(tmp_path_factory: pytest.TempPathFactory) -> TokenIssuer:
    return TokenIssuer(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="session")
def token_for(token_issuer: TokenIssuer) -> Callable[..., str]:
    """`token_for(Role.MERCHANT, "mer_…", ["catalog:read"])`: a signed access token."""
    return token_issuer.token


@pytest.fixture(scope="session")
def jwks(token_issuer: TokenIssuer) -> dict[str, Any]:
    return token_issuer.jwks


@pytest.fixture(scope="session")
def jwks_url(token_issuer: TokenIssuer) -> str:
    """A file:// address for the setting `jwks_url`."""
    return token_issuer.jwks_url


@pytest.fixture(scope="session")
def client_for() -> ClientFor:
    return _client_for


@asynccontextmanager
async def _client_for(
    app: Any, *, token: str | None = None, headers: dict[str, str] | None = None
) -> AsyncIterator[AsyncClient]:
    """A client inside the app's lifespan. A fault of the app is a 500 to the client, as in life."""
    everywhere = dict(headers or {})
    if token is not None:
        everywhere["Authorization"] = f"Bearer {token}"
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        AsyncClient(
            transport=transport, base_url="http://testserver", headers=everywhere
        ) as client,
    ):
        yield client


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver() as receiver:
        yield receiver
