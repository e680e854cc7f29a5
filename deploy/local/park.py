"""The local park: two engines and five services, from nothing to ready, and back."""

import asyncio
import os
import shutil
import sys
import time
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from deploy.local import checks, screen
from deploy.local.console import Steps, Stop, note, say
from deploy.local.probes import kafka_answers, postgres_ready
from deploy.local.services import (
    Addresses,
    addresses,
    chosen_services,
    common_environment,
    database_urls,
    needed_ports,
    own_environment,
    processes,
    starts_kafka,
    starts_postgres,
)
from deploy.local.state import (
    ROOT,
    State,
    load_secrets,
    park_state,
    remember_clock,
    start_clock,
    take_lock,
)
from deploy.local.supervisor import Process, Supervisor, Task, until_end
from shared.kernel.clock import SystemClock
from shared.testing.engines import kafka, postgres
from shared.testing.engines.process import Launch, last_line, port_taken, spawn

_PORTS_PATIENCE_S = 3.0


@dataclass(frozen=True)
class Program:
    """What is run at the screen once the park is open. This is the door for seeding, the demo day
    and the benchmark: an own process that is told addresses and the operator's credential."""

    argv: tuple[str, ...]
    then_stop: bool = False  # the park ends with the program's exit status
    # Kept running after it, out of sight: what makes the park go on for a person who tries it.
    then_keep: tuple[str, ...] = ()

    @property
    def exists(self) -> bool:
        module = ROOT.joinpath(*self.argv[1].split("."))
        return module.with_suffix(".py").exists() or (module / "__main__.py").exists()


class Park:
    """Everything one start of the park needs to know, gathered before anything is started."""

    def __init__(self, state: State, rate: float) -> None:
        self.state = state
        self.services = chosen_services()
        self.ports: Addresses = addresses()
        self.secrets, fresh = load_secrets(state)
        self.clock: SystemClock = start_clock(state, rate)
        self.urls = {
            s: database_urls(s, self.ports, self.secrets, os.environ) for s in self.services
        }
        self.own_postgres = starts_postgres()
        self.own_kafka = starts_kafka()
        self.common = common_environment(state, self.ports, self.clock)
        self.data_dir = postgres.reachable(state.postgres)
        if fresh:  # data of a park whose secrets are gone can never be opened again
            shutil.rmtree(self.data_dir, ignore_errors=True)

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
            own = own_environment(service, self.state, self.secrets, self.urls[service])
            nodes += processes(service, self.common | own, self.ports, ("schemas",))
        return nodes

    def _postgres(self) -> Process:
        return Process(
            name="postgres",
            launch=postgres.launch(self.data_dir, self.ports.postgres, durable=True),
            prepare=partial(
                postgres.prepare, self.data_dir, durable=True, password=self.secrets["postgres"]
            ),
            ready=postgres_ready(self.data_dir),
            step="postgres",
            shown=f"port {self.ports.postgres}",
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
            )
        return Process(
            name="kafka",
            launch=kafka.launch(self.state.kafka),
            prepare=partial(kafka.prepare, self.state.kafka, port, self.ports.kafka_controller),
            ready=kafka_answers(port),
            step="kafka",
            shown=f"port {port}",
        )

    def launch_of(self, program: Program) -> Launch:
        # The operator's first credential goes to the program as it would to a person.
        own = own_environment("catalog", self.state, self.secrets, self.urls.get("catalog", {}))
        told = {name: own[name] for name in own if name.startswith("CATALOG_OPERATOR_")}
        return Launch((sys.executable, *program.argv), env=self.common | told, cwd=ROOT)

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
            raise Stop(f"the database could not be made ready ({last_line(log)}); its log is {log}")
        return last_line(log)


def _rate(default: float) -> float:
    asked = os.environ.get("RATE") or os.environ.get("AIRLANE_CLOCK_RATE")
    try:
        rate = float(asked) if asked else default
    except ValueError:
        rate = 0.0
    if rate <= 0:
        raise Stop(f"RATE={asked} is not a positive number; 1440 lets a day pass in a minute")
    return rate


def _refuse_taken_ports() -> None:
    """A park that was killed a moment ago may still be letting go of its ports."""
    deadline = time.monotonic() + _PORTS_PATIENCE_S
    while any(map(port_taken, needed_ports().values())) and time.monotonic() < deadline:
        time.sleep(0.1)
    checks.refuse(checks.taken_ports(needed_ports()))


async def _remember(park: Park) -> None:
    while True:
        remember_clock(park.state, park.clock)
        await asyncio.sleep(2.0)


async def open_park(program: Program, *, rate: float) -> int:
    """Opens the park and keeps it open: returns the exit status of the command."""
    state = park_state()
    state.home.mkdir(parents=True, exist_ok=True)
    with take_lock(state):
        state.prepare()
        park = Park(state, _rate(rate))
        steps = Steps(3 + park.own_postgres + park.own_kafka)
        with steps.step("checks"):
            checks.refuse(checks.resources(state.home))
            await asyncio.to_thread(_refuse_taken_ports)
        screen.say_what_is_different(park)
        supervisor = Supervisor(park.nodes(), logs=state.logs, run=state.run, on_step=steps.done)

        async def when_open() -> int | None:
            screen.say_where(park, steps.elapsed)
            if program.exists:
                status = await supervisor.foreground(park.launch_of(program))
                if program.then_stop:
                    return status
                if status:
                    note(f"{' '.join(program.argv)} ended with status {status}")
            if program.then_keep:
                launch = park.launch_of(Program(program.then_keep))
                supervisor.beside(launch, state.logs / f"{program.then_keep[-1]}.log")
            screen.say_credentials(park)
            return None

        clock = asyncio.create_task(_remember(park))
        try:
            return await supervisor.run(when_open)
        finally:
            clock.cancel()
            remember_clock(state, park.clock)
            say(f"  stopped; data is kept in {state.home}")
