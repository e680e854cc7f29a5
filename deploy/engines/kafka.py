"""Apache Kafka, one node, broker and controller in one process, from the jars `make setup` fetched.

A single node with acks=all survives a kill of the process; a power cut may lose the last records,
which the outbox can send again.
"""

import base64
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from deploy.engines.process import (
    EngineError,
    Launch,
    free_port,
    spawn,
    stop,
    wait_until,
)

JAVA_NEEDED = 17
_CHECKOUT = Path(__file__).resolve().parents[2]
# Start-up matters more than peak speed: one compiler tier, the simple collector, small stacks.
_JVM = (
    "-Xms64m",
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xss512k",
    "-XX:ReservedCodeCacheSize=64m",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS",
)
# Internal topics default to three copies and 50 partitions: on one node they would never come up.
# A killed broker may register again only when its old session has ended: 1.5 s instead of 9.
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data_dir}/log
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=200
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=2
log.cleaner.dedupe.buffer.size=8388608
log.segment.bytes=134217728
log.index.size.max.bytes=1048576
"""


def libs() -> Path:
    asked = os.environ.get("AIRLANE_KAFKA_LIBS")
    return Path(asked) if asked else _CHECKOUT / ".airlane" / "kafka" / "libs"


def _java_program() -> str | None:
    """Maven goes by JAVA_HOME first, and so do we."""
    home = os.environ.get("JAVA_HOME")
    return (shutil.which("java", path=f"{home}/bin") if home else None) or shutil.which("java")


@cache
def java_version() -> int:
    """The major version of the installed Java; 0 if there is none."""
    java = _java_program()
    if java is None:
        return 0
    asked = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(?:1\.)?(\d+)', asked.stderr)
    return int(found.group(1)) if found else 0


def missing() -> str:
    """Why a real broker cannot be started here; empty if it can."""
    version = java_version()
    if version == 0:
        return f"no Java (install {JAVA_NEEDED} or newer)"
    if version < JAVA_NEEDED:
        return f"Java {version} is too old ({JAVA_NEEDED} or newer is needed)"
    if any(libs().glob("kafka_*.jar")):
        return ""
    if shutil.which("mvn") is None:
        return "no Maven to fetch Kafka's jars with (install maven)"
    return "Kafka's jars are not there yet (make setup fetches them)"


def java_and_maven_available() -> bool:
    return not missing()


def archive() -> Path:
    """Kafka's parsed classes, which the JVM maps into memory: a start takes a third less time."""
    return libs() / f"classes-java{java_version()}.jsa"


def make_archive() -> None:
    """The JVM writes it when a broker started for this purpose ends. Raises EngineError."""
    half = archive().with_suffix(".new")
    with tempfile.TemporaryDirectory(prefix="airlane-kafka-") as home:
        server = KafkaServer(Path(home), free_port(), free_port())
        server.start(more_flags=(f"-XX:ArchiveClassesAtExit={half}",))
        server.stop(patience_s=60)
    if half.exists():
        half.replace(archive())


def _java(*arguments: str, more_flags: tuple[str, ...] = ()) -> list[str]:
    if reason := missing():
        raise EngineError(f"Kafka cannot start: {reason}")
    if not more_flags and archive().exists():
        more_flags = (f"-XX:SharedArchiveFile={archive()}",)
    return [_java_program() or "java", *_JVM, *more_flags, "-cp", f"{libs()}/*", *arguments]


def _environment() -> dict[str, str]:
    """Without the user's JVM options, which are meant for other programs."""
    return {k: v for k, v in os.environ.items() if k not in {"JAVA_TOOL_OPTIONS", "KAFKA_OPTS"}}


def prepare(
    data_dir: Path,
    port: int,
    controller_port: int,
    *,
    more: str = "",
    scram_users: Mapping[str, str] | None = None,
) -> None:
    """Writes the settings, and formats the storage the first time.

    `more`: properties that are added, or replace ours. `scram_users`: name → password.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    settings = data_dir / "server.properties"
    settings.write_text(
        _PROPERTIES.format(port=port, controller_port=controller_port, data_dir=data_dir.absolute())
        + more
    )
    if (data_dir / "log" / "meta.properties").exists():
        return
    # 16 bytes in base64; a random first byte could make it look like an option.
    cluster = base64.urlsafe_b64encode(b"airlane" + os.urandom(9)).decode().rstrip("=")
    tool = _java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(settings))
    for name, password in (scram_users or {}).items():
        tool += ["--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]"]
    done = subprocess.run(
        [*tool, "--standalone"],
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        shutil.rmtree(data_dir / "log", ignore_errors=True)
        raise EngineError(f"Kafka's storage could not be formatted: {done.stderr.strip()[-300:]}")


def launch(data_dir: Path, more_flags: tuple[str, ...] = ()) -> Launch:
    return Launch(
        argv=_java("kafka.Kafka", str(data_dir / "server.properties"), more_flags=more_flags),
        env=_environment(),
        cwd=data_dir,
    )


def is_ready(port: int) -> bool:
    """True once the broker answers which requests it knows (ApiVersions, version 0)."""
    question = struct.pack(">hhih", 18, 0, 1, -1)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(question)) + question)
            return len(connection.recv(8)) > 0
    except OSError:
        return False


class KafkaServer:
    """A running broker. `stop` and `kill` keep its log; `restart` works after either."""

    def __init__(
        self,
        data_dir: Path,
        port: int,
        controller_port: int,
        *,
        more: str = "",
        scram_users: Mapping[str, str] | None = None,
    ) -> None:
        self.data_dir = data_dir
        self._more = more
        self._scram_users = scram_users
        self.port = port
        self.controller_port = controller_port
        self.log = data_dir / "kafka.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise EngineError("Kafka was never started")
        return self._process.pid

    def start(self, more_flags: tuple[str, ...] = ()) -> None:
        prepare(
            self.data_dir,
            self.port,
            self.controller_port,
            more=self._more,
            scram_users=self._scram_users,
        )
        with self.log.open("ab") as output:
            self._process = spawn(launch(self.data_dir, more_flags), output)
        wait_until(lambda: is_ready(self.port), self._process, "Kafka", self.log)

    def stop(self, patience_s: float = 15) -> None:
        if self._process is not None:
            stop(self._process, signal.SIGTERM, patience_s)

    def kill(self) -> None:
        """`kill -9`, as a fault test needs it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()


def start_kafka(data_dir: Path, port: int, controller_port: int) -> KafkaServer:
    server = KafkaServer(data_dir, port, controller_port)
    server.start()
    return server
