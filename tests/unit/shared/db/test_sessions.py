"""Connections of one's own: opened when needed, anew when lost; probes and wake-ups over them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import asyncpg
import pytest

from shared.db import readiness, wake
from shared.db.connection import Connection
from shared.db.readiness import Readiness
from shared.db.session import SessionConnection
from shared.db.wake import Waker


class AConnection:
    """What is asked of a connection, with a server that can be told to fail."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.is_open = True
        self.was_terminated = False
        self.said: list[str] = []

    async def execute(self, command: str) -> str:
        if self.fault is not None:
            raise self.fault
        self.said.append(command)
        return "OK"

    def is_closed(self) -> bool:
        return not self.is_open

    def terminate(self) -> None:
        self.is_open = False
        self.was_terminated = True

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the driver's
        self.is_open = False


class AServer:
    """Hands out connections, and remembers them."""

    def __init__(self) -> None:
        self.opened: list[AConnection] = []
        self.fault: Exception | None = None
        self.refuses: Exception | None = None

    async def open(self) -> Connection:
        if self.refuses is not None:
            raise self.refuses
        self.opened.append(AConnection(self.fault))
        return cast("Connection", self.opened[-1])

    @property
    def said(self) -> list[str]:
        return [line for connection in self.opened for line in connection.said]


@pytest.fixture
def server() -> AServer:
    return AServer()


class TestSession:
    async def test_a_live_connection_is_kept_and_a_lost_one_replaced(self, server: AServer) -> None:
        session = SessionConnection(server.open)
        first = await session.opened()

        assert await session.opened() is first
        server.opened[0].is_open = False
        assert await session.opened() is not first
        assert len(server.opened) == 2

    async def test_each_new_session_is_prepared(self, server: AServer) -> None:
        prepared: list[Connection] = []

        async def prepare(connection: Connection) -> None:
            prepared.append(connection)

        session = SessionConnection(server.open, on_open=prepare)
        await session.opened()
        await session.opened()
        session.drop()
        await session.opened()

        assert prepared == server.opened

    async def test_a_session_that_cannot_be_prepared_is_ended_and_not_kept(
        self, server: AServer
    ) -> None:
        async def fails(_: Connection) -> None:
            raise KeyError("a slip of ours")

        session = SessionConnection(server.open, on_open=fails)
        for _ in range(2):
            with pytest.raises(KeyError):
                await session.opened()

        assert [c.was_terminated for c in server.opened] == [True, True]

    async def test_dropping_hangs_up_and_closing_says_goodbye(self, server: AServer) -> None:
        session = SessionConnection(server.open)
        session.drop()
        await session.close()
        await session.opened()
        session.drop()
        await session.opened()
        await session.close()

        assert [c.was_terminated for c in server.opened] == [True, False]
        assert not any(c.is_open for c in server.opened)


class TestReadiness:
    @pytest.fixture
    def pass_time(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
        now_s = [100.0]
        monkeypatch.setattr(readiness, "monotonic_s", lambda: now_s[0])

        def advance(seconds: float) -> None:
            now_s[0] += seconds

        return advance

    async def test_the_database_is_asked_once_a_second_whoever_asks(
        self, server: AServer, pass_time: Callable[[float], None]
    ) -> None:
        shown = Readiness(SessionConnection(server.open))

        assert all(await asyncio.gather(*(shown.is_ready() for _ in range(5))))
        assert server.said == ["SELECT 1"]
        pass_time(0.999)
        assert await shown.is_ready()
        assert server.said == ["SELECT 1"]
        pass_time(0.001)
        assert await shown.is_ready()
        assert server.said == ["SELECT 1"] * 2

    @pytest.mark.parametrize(
        "fault", [OSError("gone"), asyncpg.CannotConnectNowError("starting"), TimeoutError()]
    )
    async def test_a_database_that_does_not_answer_is_asked_anew_on_another_connection(
        self, server: AServer, pass_time: Callable[[float], None], fault: Exception
    ) -> None:
        shown = Readiness(SessionConnection(server.open))
        server.fault = fault
        assert not await shown.is_ready()
        server.fault = None
        assert not await shown.is_ready()
        pass_time(1.0)

        assert await shown.is_ready()
        assert [c.was_terminated for c in server.opened] == [True, False]

    async def test_a_server_that_refuses_connections_is_not_ready(self, server: AServer) -> None:
        server.refuses = ConnectionRefusedError()

        assert not await Readiness(SessionConnection(server.open)).is_ready()

    async def test_an_answer_that_takes_too_long_is_none(self, server: AServer) -> None:
        async def never() -> Connection:
            await asyncio.Event().wait()
            raise AssertionError

        assert not await Readiness(SessionConnection(never), patience_s=0.01).is_ready()

    async def test_a_fault_of_our_own_is_shown(self, server: AServer) -> None:
        server.fault = KeyError("a slip of ours")

        with pytest.raises(KeyError):
            await Readiness(SessionConnection(server.open)).is_ready()


class TestWaker:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 100.0
        monkeypatch.setattr(wake, "monotonic_s", lambda: self.now_s)
        monkeypatch.setattr(wake, "_RETRY_S", 0.001)

    @pytest.fixture
    async def waker(self, server: AServer) -> AsyncIterator[Waker]:
        waker = Waker(SessionConnection(server.open), "catalog", "catalog_outbox")
        yield waker
        await waker.close()

    async def settle(self) -> None:
        await asyncio.sleep(0.01)

    def notices(self, server: AServer) -> int:
        return server.said.count("NOTIFY catalog_outbox")

    def waypoints(self, server: AServer) -> int:
        return sum("INSERT INTO catalog.relay_waypoint" in line for line in server.said)

    async def test_nothing_is_opened_before_there_is_something_new(
        self, server: AServer, waker: Waker
    ) -> None:
        await self.settle()

        assert server.opened == []

    async def test_many_commits_at_once_are_one_notice(self, server: AServer, waker: Waker) -> None:
        for _ in range(50):
            waker.wake()
        await self.settle()

        assert self.notices(server) == 1

    async def test_a_commit_after_the_notice_is_noticed_too(
        self, server: AServer, waker: Waker
    ) -> None:
        for _ in range(3):
            waker.wake()
            await self.settle()

        assert self.notices(server) == 3
        assert len(server.opened) == 1

    async def test_a_waypoint_is_left_every_five_seconds_of_work(
        self, server: AServer, waker: Waker
    ) -> None:
        for passed_s in (0.0, 1.0, 3.9, 0.1, 4.9):
            self.now_s += passed_s
            waker.wake()
            await self.settle()

        assert self.waypoints(server) == 2
        assert self.notices(server) == 5

    @pytest.mark.parametrize(
        "fault",
        [OSError("gone"), asyncpg.CannotConnectNowError("x"), asyncpg.InterfaceError("closed")],
    )
    async def test_a_database_that_is_away_ends_nothing_and_gets_a_new_connection(
        self, server: AServer, waker: Waker, fault: Exception
    ) -> None:
        server.fault = fault
        waker.wake()
        await self.settle()
        server.fault = None
        waker.wake()
        await self.settle()

        assert self.notices(server) == 1
        assert len(server.opened) == 2
        assert not server.opened[0].is_open

    async def test_closing_ends_the_work_and_the_connection(self, server: AServer) -> None:
        before: set[asyncio.Task[Any]] = asyncio.all_tasks()
        waker = Waker(SessionConnection(server.open), "catalog", "catalog_outbox")
        waker.wake()
        await self.settle()

        await waker.close()
        await waker.close()

        assert asyncio.all_tasks() == before
        assert not server.opened[0].is_open
