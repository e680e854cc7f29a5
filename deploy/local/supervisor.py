"""Starts a list of programs in order, watches and restarts them, and stops them in reverse order.

A program that ends or hangs is started again, whatever the reason. Nothing outlives the supervisor:
it stops its children on a signal, and the kernel ends them if it is killed itself.
"""

import asyncio
import contextlib
import json
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.engines.process import EngineError, Launch, last_line, spawn
from deploy.local.console import Stop, news, say
from deploy.local.state import ProcessStatus

START_PATIENCE_S = 60.0
STOP_PATIENCE_S = 20.0  # a worker finishes what it holds, up to 15 s
FIRST_ATTEMPTS = 3  # a program that was never ready is given up after these
STEADY_S = 30.0  # after so long without a fault the back-off begins anew
ALIVE_EVERY_S, SILENT_FAULTS, ALIVE_FAULTS = 5.0, 2, 8
INTERRUPTED = 130  # as a shell reports Ctrl-C

Probe = Callable[[int], Awaitable[bool]]


@dataclass(frozen=True)
class Process:
    """A program that runs as long as the park does."""

    name: str
    launch: Launch
    ready: Probe  # asked with the process id
    after: tuple[str, ...] = ()
    prepare: Callable[[], None] | None = None  # before every start, in a thread
    alive: Probe | None = None  # asked while it runs; hung programs are killed
    # Not for engines: who froze one did so on purpose, and one that recovers is left alone.
    killed_when_silent: bool = True
    step: str = ""  # the line on screen it belongs to
    shown: str = ""  # beside that line
    where: str = ""  # for `status`: an address or a port


@dataclass(frozen=True)
class Task:
    """Something to do once, between two starts."""

    name: str
    run: Callable[[], Awaitable[str]]  # returns what to show beside the step
    after: tuple[str, ...] = ()
    step: str = ""


@dataclass
class _Child:
    spec: Process
    running: subprocess.Popen[bytes] | None = None
    state: str = "waiting"
    restarts: int = 0
    was_ready: asyncio.Event = field(default_factory=asyncio.Event)


async def until_end(process: subprocess.Popen[bytes]) -> None:
    """Polls: that is portable, and polling a child twenty times a second costs nothing."""
    while process.poll() is None:
        await asyncio.sleep(0.05)


class Supervisor:
    def __init__(
        self,
        nodes: Sequence[Process | Task],
        *,
        logs: Path,
        run: Path,
        on_step: Callable[[str, float, str], None] = lambda *_: None,
    ) -> None:
        self._nodes = nodes
        self._logs, self._run_dir = logs, run
        self._on_step = on_step
        self._children = {n.name: _Child(n) for n in nodes if isinstance(n, Process)}
        self._done = {n.name: asyncio.Event() for n in nodes}
        self._stop_asked = asyncio.Event()
        self._stopping = False
        self._program: subprocess.Popen[bytes] | None = None
        self._beside: dict[str, _Child] = {}
        self._beside_keepers: list[asyncio.Task[None]] = []
        self._at_screen = False  # a program that a person waits for is under way
        for folder in (logs, run):
            folder.mkdir(parents=True, exist_ok=True)

    async def run(
        self,
        after_start: Callable[[], Coroutine[None, None, int | None]],
    ) -> int:
        """Starts everything, then `after_start`; goes on until a signal, or its exit status."""
        with self._signals():
            keepers = asyncio.create_task(self._keep_all())
            work = asyncio.create_task(self._start_then(after_start))
            asked = asyncio.create_task(self._stop_asked.wait())
            try:
                await asyncio.wait({keepers, work, asked}, return_when=asyncio.FIRST_COMPLETED)
                if asked.done():
                    say("\n  stopping …")
                    return INTERRUPTED if self._at_screen else 0
                return await (keepers if keepers.done() else work)
            finally:
                self._stopping = True
                tasks = (work, keepers, asked, *self._beside_keepers)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await self._stop_all()

    async def foreground(self, launch: Launch) -> int:
        """Runs a program that interacts with the user; it is stopped first when we stop."""
        self._program = process = spawn(launch, None)
        self._at_screen = True
        await until_end(process)
        self._at_screen = False
        return process.returncode if process.returncode >= 0 else 128 - process.returncode

    def beside(self, spec: Process) -> None:
        """Keeps one more program running beside the others; it is stopped first."""
        child = self._beside[spec.name] = _Child(spec)

        async def keep() -> None:
            try:
                await self._keep(child)
            except Stop as stop:
                news(stop.fix)

        self._beside_keepers.append(asyncio.create_task(keep()))

    # -- starting -----------------------------------------------------------------------------

    async def _start_then(self, act: Callable[[], Coroutine[None, None, int | None]]) -> int:
        await asyncio.gather(*(event.wait() for event in self._done.values()))
        status = await act()
        if status is None:
            await self._stop_asked.wait()
        return status or 0

    async def _keep_all(self) -> int:
        steps: dict[str, list[str]] = {}
        for node in self._nodes:
            steps.setdefault(node.step, []).append(node.name)
        try:
            async with asyncio.TaskGroup() as group:
                for node in self._nodes:
                    group.create_task(self._bring_up(node, steps[node.step], group))
        except* Stop as stops:
            raise stops.exceptions[0] from None
        return 0

    async def _bring_up(
        self, node: Process | Task, same_step: list[str], group: asyncio.TaskGroup
    ) -> None:
        await asyncio.gather(*(self._done[name].wait() for name in node.after))
        started = time.monotonic()
        if isinstance(node, Task):
            detail = await node.run()
        else:
            detail = node.shown
            child = self._children[node.name]
            group.create_task(self._keep(child))
            await child.was_ready.wait()
        self._done[node.name].set()
        if node.step and all(self._done[name].is_set() for name in same_step):
            self._on_step(node.step, time.monotonic() - started, detail)

    # -- watching -----------------------------------------------------------------------------

    async def _keep(self, child: _Child) -> None:
        """One life after the other, with a growing pause between those that end early."""
        spec, early_ends = child.spec, 0
        log = self._logs / f"{spec.name}.log"
        while True:
            born = time.monotonic()
            try:
                if spec.prepare is not None:
                    await asyncio.to_thread(spec.prepare)
                why = await self._live(child, log)
            except (EngineError, OSError) as error:
                why = str(error)
            early_ends = 0 if time.monotonic() - born > STEADY_S else early_ends + 1
            if not child.was_ready.is_set() and early_ends >= FIRST_ATTEMPTS:
                raise Stop(f"{spec.name} does not start ({why}); its log is {log}")
            pause = min(0.1 * 2**early_ends, 5.0)
            child.restarts += 1
            self._note(child, "restarting")
            if child.was_ready.is_set():
                news(f"{spec.name} {why}: restart {child.restarts} in {pause:.1f} s; log {log}")
            await asyncio.sleep(pause)

    async def _live(self, child: _Child, log: Path) -> str:
        """One life of the program, from its start to its end. Returns how it ended."""
        spec, again = child.spec, child.was_ready.is_set()
        started = time.monotonic()
        with log.open("ab") as output:
            child.running = process = spawn(spec.launch, output)
        self._write(f"{spec.name}.pid", f"{process.pid}\n")
        self._note(child, "starting")
        while process.poll() is None and not await spec.ready(process.pid):
            if time.monotonic() - started > START_PATIENCE_S:
                process.kill()
                process.wait()
                return f"was not ready within {START_PATIENCE_S:.0f} s"
            await asyncio.sleep(0.1)
        if process.poll() is None:
            self._note(child, "ready")
            child.was_ready.set()
            if again:
                news(f"{spec.name} is ready again after {time.monotonic() - started:.1f} s")
        await self._until_end(process, child)
        code = process.returncode
        return (
            f"was ended by signal {-code}"
            if code < 0
            else f"ended, status {code}: {last_line(log)}"
        )

    async def _until_end(self, process: subprocess.Popen[bytes], child: _Child) -> None:
        spec = child.spec
        faults, next_look = 0, time.monotonic() + ALIVE_EVERY_S
        while process.poll() is None:
            await asyncio.sleep(0.1)
            if spec.alive is None or time.monotonic() < next_look:
                continue
            faults = 0 if await spec.alive(process.pid) else faults + 1
            next_look = time.monotonic() + ALIVE_EVERY_S
            self._say_whether_it_answers(child, faults)
            if faults >= ALIVE_FAULTS and spec.killed_when_silent:
                news(f"{spec.name} has not answered for {faults * ALIVE_EVERY_S:.0f} s: killed")
                process.kill()

    def _say_whether_it_answers(self, child: _Child, faults: int) -> None:
        if faults == SILENT_FAULTS and child.state == "ready":
            news(f"{child.spec.name} does not answer")
            self._note(child, "not answering")
        elif not faults and child.state == "not answering":
            news(f"{child.spec.name} answers again")
            self._note(child, "ready")

    def _note(self, child: _Child, state: str) -> None:
        """`make status` reads this file, which is replaced as a whole."""
        child.state = state
        rows = {
            c.spec.name: ProcessStatus(
                c.state, c.running.pid if c.running else None, c.restarts, c.spec.where
            )
            for c in (*self._children.values(), *self._beside.values())
        }
        written = {name: asdict(row) for name, row in rows.items()}
        self._write("status.json", json.dumps(written, indent=1))

    def _write(self, name: str, text: str) -> None:
        # For people who look. On a full disk they see an old note; the park must not end for it.
        half = self._run_dir / f"{name}.new"
        with contextlib.suppress(OSError):
            half.write_text(text)
            half.replace(self._run_dir / name)

    # -- stopping -----------------------------------------------------------------------------

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        for number in wanted:
            loop.add_signal_handler(number, self._on_signal)
        try:
            yield
        finally:
            for number in wanted:
                loop.remove_signal_handler(number)

    def _on_signal(self) -> None:
        if self._stop_asked.is_set():  # the second one: no more patience
            for process in self._alive():
                process.kill()
        self._stop_asked.set()

    def _alive(self) -> list[subprocess.Popen[bytes]]:
        children = (*self._children.values(), *self._beside.values())
        running = [c.running for c in children if c.running]
        running += [self._program] if self._program else []
        return [process for process in running if process.poll() is None]

    async def _stop_all(self) -> None:
        if self._program is not None:
            await self._stop_wave([(self._program, signal.SIGTERM)])
        for wave in (list(self._beside.values()), *reversed(self._waves())):
            await self._stop_wave(
                [(c.running, c.spec.launch.stop_signal) for c in wave if c.running is not None]
            )
        for child in (*self._children.values(), *self._beside.values()):
            (self._run_dir / f"{child.spec.name}.pid").unlink(missing_ok=True)
            self._note(child, "stopped")

    async def _stop_wave(
        self, wave: Sequence[tuple[subprocess.Popen[bytes], signal.Signals]]
    ) -> None:
        for process, number in wave:
            if process.poll() is None:
                process.send_signal(number)
        deadline = time.monotonic() + STOP_PATIENCE_S
        while any(process.poll() is None for process, _ in wave):
            if time.monotonic() > deadline:
                for process, _ in wave:
                    process.kill()
            await asyncio.sleep(0.02)

    def _waves(self) -> list[list[_Child]]:
        """Programs that may start together; each wave needs only what is in earlier ones."""
        depth: dict[str, int] = {}
        for _ in self._nodes:
            for node in self._nodes:
                depth[node.name] = 1 + max((depth.get(name, 0) for name in node.after), default=0)
        levels = sorted({depth[name] for name in self._children})
        return [[c for n, c in self._children.items() if depth[n] == level] for level in levels]
