"""A service's second process: relay, consumer, jobs, and the probes to monitor them.

Every part survives an outage of PostgreSQL and Kafka by itself. A part that ends before it is asked
to is a bug, whether it failed, returned or was cancelled: the process then ends with a status that
is not 0, and its supervisor starts it again.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Final, TypeVar

from shared.contracts.topics import CONSUMED_BY
from shared.db import Database
from shared.db.measures import measure_database
from shared.kafka.consumer import Consumer
from shared.kafka.events import Apply, Subscriptions
from shared.kafka.faults import Backoff
from shared.kafka.jobs import Job, JobContext, JobRunner
from shared.kafka.letters import LetterBox
from shared.kafka.processing import Processor
from shared.kafka.publisher import Publisher
from shared.kafka.relay import Relay
from shared.kafka.rotation import rotation
from shared.kernel.clock import Clock
from shared.kernel.errors import Unavailable
from shared.kernel.tasks import Part, keep_running, run_parts
from shared.settings import ServiceSettings
from shared.telemetry import get_logger, metrics
from shared.telemetry.exposition import Exposition
from shared.telemetry.loop_lag import measure_loop_lag
from shared.telemetry.probes import Probes
from shared.telemetry.server import ProbeServer

log = get_logger(__name__)

M = TypeVar("M")

_MEASURE_EVERY_S: Final = 5.0
_DATABASE_EVERY_S: Final = 15.0
_LETTERS_EVERY_S: Final = 60.0
_STOP_S_MAX: Final = 3.6


class Worker:
    """`await Worker(…).run()` until SIGTERM or SIGINT; or `serve(stop)` inside a test.

    `topics` are those of CONSUMED_BY unless given. Without subscriptions it only relays and runs
    jobs; with them it needs `apply` (see shared.kafka.events). `parts` are a service's own loops
    besides these: they run until `stop` is set, with the database open, and then have about three
    seconds to finish. `prepare` comes before all of them, with the database open. It is repeated
    while the database cannot serve it.
    """

    def __init__(
        self,
        *,
        service: str,
        settings: ServiceSettings,
        db: Database,
        clock: Clock,
        subscriptions: Subscriptions[M] | None = None,
        apply: Apply[M] | None = None,
        topics: Collection[str] | None = None,
        jobs: Sequence[Job] = (),
        parts: Mapping[str, Part] | None = None,
        prepare: Callable[[], Awaitable[None]] | None = None,
        slice_max: int = 100,
    ) -> None:
        self.service = service
        self.settings = settings
        self.db = db
        self.clock = clock
        self.subscriptions = subscriptions
        self.jobs = (*jobs, rotation(db.schema))
        self.parts = dict(parts or {})
        self._prepare = prepare
        self.topics = tuple(CONSUMED_BY[service] if topics is None else topics)
        _check(self.topics, subscriptions)
        self._letter_box = LetterBox(settings.kafka, group=service, topics=self.topics)
        self._relay_publisher = self._publisher("relay")
        self._letters_publisher = self._publisher("dead-letters")
        self.relay = Relay(db=db, service=service, publisher=self._relay_publisher)
        self.probes = Probes(db.is_ready, Exposition(settings.metrics_token))
        self.consumer: Consumer | None = None
        if subscriptions:
            assert apply is not None, "subscriptions without `apply` have no effect"
            processor = Processor(
                group=service,
                db=db,
                clock=clock,
                publisher=self._letters_publisher,
                subscriptions=subscriptions,
                apply=apply,
            )
            self.consumer = Consumer(
                kafka=settings.kafka,
                group=service,
                topics=self.topics,
                processor=processor,
                slice_max=slice_max,
            )

    def _publisher(self, part: str) -> Publisher:
        return Publisher(self.settings.kafka, client_id=f"airlane-{self.service}-{part}")

    async def run(self) -> None:
        """Opens and closes the database; stops on SIGTERM and SIGINT within five seconds."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        metrics.set_build_info(self.service)
        try:
            async with ProbeServer(
                self.probes, host=self.settings.worker_host, port=self.settings.worker_port
            ):
                await self._wait_for_database(stop)
                await self.serve(stop)
        finally:
            await self.db.close()

    async def serve(self, stop: asyncio.Event) -> None:
        """All parts, until `stop` is set. Raises what a part failed with, or PartEnded."""
        jobs = JobRunner([*self.jobs, *self._measuring()], db=self.db, clock=self.clock)
        parts: dict[str, Part] = {
            "relay": self.relay.run,
            "jobs": jobs.run,
            "readiness": self._drain,
        }
        if self.consumer is not None:
            parts["consumer"] = self.consumer.run
        lag = keep_running(measure_loop_lag(), name="event-loop-lag")
        try:
            await run_parts(parts | self.parts, stop, grace_s=_STOP_S_MAX)
        finally:
            lag.cancel()
            await asyncio.gather(self._relay_publisher.close(), self._letters_publisher.close())

    async def _drain(self, stop: asyncio.Event) -> None:
        """/readyz answers 503 from the moment a part has ended or the process was asked to."""
        await stop.wait()
        self.probes.draining = True

    async def _wait_for_database(self, stop: asyncio.Event) -> None:
        backoff = Backoff(stop)
        while not stop.is_set():
            try:
                await self.db.open()
                if self._prepare is not None:
                    await self._prepare()
            except Unavailable as error:
                log.warning(
                    "waiting for the database",
                    service=self.service,
                    error=str(error),
                    seldom=True,
                )
                await backoff.pause()
            else:
                return

    def _measuring(self) -> list[Job]:
        async def measure_outbox(_: JobContext) -> None:
            await self.relay.measure()

        async def measure_dead_letters(_: JobContext) -> None:
            await self._letter_box.watch()

        async def measure(context: JobContext) -> None:
            await measure_database(context.db)

        database = Job("measure-database", _DATABASE_EVERY_S, measure)
        outbox = Job("measure-outbox", _MEASURE_EVERY_S, measure_outbox)
        letters = Job("measure-dead-letters", _LETTERS_EVERY_S, measure_dead_letters)
        ours = [database, outbox]
        return ours if self.consumer is None else [*ours, letters]


def _check(topics: Collection[str], subscriptions: Subscriptions[object] | None) -> None:
    """A function for a topic that is not consumed would never be called."""
    for model in subscriptions or ():
        if model.topic not in topics:
            raise ValueError(f"{model.event_type} is on {model.topic}, which is not consumed here")
