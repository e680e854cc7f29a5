"""The engines as the park and the tests start them: data survives a kill, and users are right."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.engines import (
    KafkaServer,
    PostgresServer,
    free_port,
    java_and_maven_available,
    start_kafka,
    start_postgres,
)
from deploy.engines import kafka as kafka_engine
from deploy.engines import postgres as postgres_engine
from deploy.engines.process import wait_until
from shared.contracts.topics import TopicSpec
from shared.kafka.admin import ensure_topics
from shared.settings import KafkaSettings

TOPIC = TopicSpec("airlane.test.engine.v1", partitions=1)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresServer]:
    running = start_postgres(tmp_path / "pg", free_port())
    yield running
    running.remove()


async def ask(dsn: str, question: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_postgres_keeps_its_data_over_a_kill(server: PostgresServer) -> None:
    await ask(server.dsn(), "CREATE TABLE kept AS SELECT 41 + 1 AS answer")
    server.kill()
    server.start()

    assert await ask(server.dsn(), "SELECT answer FROM kept") == 42
    assert await ask(server.dsn(), "SHOW server_version_num") >= "180000"  # type: ignore[operator]


async def test_a_stale_pid_file_does_not_stop_postgres(server: PostgresServer) -> None:
    server.kill()
    # After a restart of the machine the number may be anybody's: here it is our own.
    pid_file = server.data_dir / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    server.start()

    assert await ask(server.dsn(), "SELECT 1") == 1


async def test_postgres_with_a_password_refuses_the_wrong_one(tmp_path: Path) -> None:
    server = start_postgres(tmp_path / "pg", free_port(), durable=True, password="it's a/secret@")
    try:
        assert await ask(server.dsn(), "SHOW fsync") == "on"
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(server.dsn(password="guess"), "SELECT 1")
    finally:
        server.remove()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_as_root_the_server_is_nobody_and_folders_keep_their_modes(server: PostgresServer) -> None:
    status = Path(f"/proc/{server.pid}/status").read_text()

    assert "Uid:\t0\t" not in status
    assert server.data_dir.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs a stand-in for its closed folders")
def test_a_closed_folder_has_a_stand_in_that_is_found_again(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    stand_in = postgres_engine.reachable(closed / "pg")
    assert stand_in != closed / "pg"
    assert stand_in == postgres_engine.reachable(closed / "pg")
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not stand_in.exists()


def test_free_ports_are_below_those_the_system_hands_out() -> None:
    assert all(free_port() < 32768 for _ in range(20))


def test_two_processes_that_ask_at_once_get_different_ports() -> None:
    # Both draw the same numbers, as bad luck would have it, and neither listens yet.
    ask = (
        "import random, sys; from deploy.engines import free_port; random.seed(7);"
        "print(*[free_port() for _ in range(20)], flush=True); sys.stdin.read()"
    )
    askers = [
        subprocess.Popen(
            [sys.executable, "-c", ask], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    try:
        first, second = (set(asker.stdout.readline().split()) for asker in askers if asker.stdout)
    finally:
        for asker in askers:
            asker.communicate()
    assert len(first) == len(second) == 20
    assert not first & second


# -- Kafka ------------------------------------------------------------------------------------


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[KafkaServer]:
    running = start_kafka(tmp_path / "kafka", free_port(), free_port())
    yield running
    running.stop()


async def write(bootstrap: str, value: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        await producer.send_and_wait(TOPIC.name, value, partition=0)
    finally:
        await producer.stop()


async def read_one(bootstrap: str) -> bytes | None:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        partition = TopicPartition(TOPIC.name, 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        async with asyncio.timeout(15):
            value: bytes | None = (await consumer.getone()).value
            return value
    finally:
        await consumer.stop()


@pytest.mark.real_broker
@pytest.mark.skipif(not java_and_maven_available(), reason=kafka_engine.missing())
async def test_kafka_keeps_its_log_over_a_kill(broker: KafkaServer) -> None:
    kafka = KafkaSettings(bootstrap_servers=broker.bootstrap)
    assert await ensure_topics(kafka, [TOPIC]) == [TOPIC.name]
    assert await ensure_topics(kafka, [TOPIC]) == []
    await write(broker.bootstrap, b"kept")
    broker.kill()
    broker.start()

    assert await read_one(broker.bootstrap) == b"kept"


@pytest.fixture
def broker_in_process(tmp_path: Path) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "deploy.local.mock_broker", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(command, stdout=log) as process:
        wait_until(lambda: kafka_engine.is_ready(port), process, "the broker", tmp_path / "log")
        yield port
        process.terminate()
    assert process.returncode == 0


async def test_the_broker_in_process_is_found_at_the_chosen_port(broker_in_process: int) -> None:
    bootstrap = f"127.0.0.1:{broker_in_process}"
    await ensure_topics(KafkaSettings(bootstrap_servers=bootstrap), [TOPIC])
    await write(bootstrap, b"there")

    assert await read_one(bootstrap) == b"there"


def test_a_broker_is_not_ready_before_it_answers() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", free_port()))
        assert not kafka_engine.is_ready(silent.getsockname()[1])
