"""The local park: two engines and five services, from nothing to ready, and back."""

import os
import sys
from functools import partial
from urllib.parse import quote

from deploy.engines import kafka, postgres
from deploy.engines.process import Launch, last_line, spawn
from deploy.local.addresses import (
    Addresses,
    addresses,
    chosen_services,
    starts_kafka,
    starts_postgres,
)
from deploy.local.console import Stop
from deploy.local.probes import kafka_answers, postgres_answers, postgres_ready
from deploy.local.services import (
    common_environment,
    database_urls,
    operator_credential,
    own_environment,
    processes,
)
from deploy.local.state import ROOT, State, load_secrets
from deploy.local.supervisor import Process, Task, until_end


class ParkProcesses:
    """Everything one start of the park needs to know, gathered before anything is started."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.services = chosen_services()
        self.ports: Addresses = addresses()
        self.own_postgres = starts_postgres()
        self.own_kafka = starts_kafka()
        self.data_dir = postgres.reachable(state.postgres)
        if self.own_postgres and not state.secrets.exists() and any(self.data_dir.glob("*")):
            raise Stop(
                f"{state.secrets} is missing, and without it the data in {self.data_dir} cannot be "
                "opened: put the file back, or forget the data with make reset"
            )
        self.secrets = load_secrets(state)
        self.urls = {
            s: database_urls(s, self.ports, self.secrets, os.environ) for s in self.services
        }
        self.common = common_environment(state, self.ports)

    # -- what is started ----------------------------------------------------------------------

    def nodes(self) -> list[Process | Task]:
        nodes: list[Process | Task] = []
        engines = []
        if self.own_postgres:
            nodes.append(self._postgres())
            engines.append("postgres")
        if self.own_kafka:
            nodes.append(self._kafka())
        # Topics wait for Kafka by themselves, so that it starts while the schemas are made.
        nodes.append(Task("schemas", self._make_schemas, tuple(engines), "schemas, topics"))
        for service in self.services:
            nodes += processes(
                service, partial(self._environment, service), self.ports, ("schemas",)
            )
        return nodes

    def _environment(self, service: str, part: str) -> dict[str, str]:
        return self.common | own_environment(
            service, part, self.state, self.secrets, self.urls[service]
        )

    def _postgres(self) -> Process:
        return Process(
            name="postgres",
            launch=postgres.launch(self.data_dir, self.ports.postgres, durable=True),
            prepare=partial(
                postgres.prepare, self.data_dir, durable=True, password=self.secrets["postgres"]
            ),
            ready=postgres_ready(self.data_dir),
            alive=postgres_answers(self.ports.postgres),
            killed_when_silent=False,
            step="postgres",
            shown=f"port {self.ports.postgres}",
            where=f"port {self.ports.postgres}",
        )

    def _kafka(self) -> Process:
        port = self.ports.kafka
        if kafka.missing():
            argv = (sys.executable, "-m", "deploy.local.mock_broker", "--port", str(port))
            launch = Launch(argv=argv, env=self.common, cwd=ROOT)
            return Process(
                "kafka",
                launch,
                ready=kafka_answers(port),
                step="broker in process",
                shown=f"port {port}",
                where=f"port {port}",
            )
        return Process(
            name="kafka",
            launch=kafka.launch(self.state.kafka),
            prepare=partial(kafka.prepare, self.state.kafka, port, self.ports.kafka_controller),
            ready=kafka_answers(port),
            alive=kafka_answers(port),
            killed_when_silent=False,
            step="kafka",
            shown=f"port {port}",
            where=f"port {port}",
        )

    def launch_of(self, argv: tuple[str, ...]) -> Launch:
        """A program beside the services: it gets addresses, and the operator's credential as a
        person would."""
        env = self.common | operator_credential(self.secrets)
        return Launch((sys.executable, *argv), env=env, cwd=ROOT)

    async def _make_schemas(self) -> str:
        env = dict(self.common)
        for service in self.services:
            env |= self.urls[service]
            if self.own_postgres and not os.environ.get(f"{service.upper()}_DATABASE_URL"):
                env[f"AIRLANE_{service.upper()}_OWNER_PASSWORD"] = self.secrets[f"{service}_owner"]
                env[f"AIRLANE_{service.upper()}_APP_PASSWORD"] = self.secrets[f"{service}_app"]
        if self.own_postgres:
            password = quote(self.secrets["postgres"], safe="")
            env["AIRLANE_ADMIN_DATABASE_URL"] = (
                f"postgresql://{postgres.SUPERUSER}:{password}@127.0.0.1:{self.ports.postgres}/postgres"
            )
        log = self.state.logs / "schemas.log"
        launch = Launch(argv=(sys.executable, "-m", "deploy.local.migrate"), env=env, cwd=ROOT)
        with log.open("ab") as output:
            process = spawn(launch, output)
        try:
            await until_end(process)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            raise Stop(f"{last_line(log)} (log {log})")
        return last_line(log)
