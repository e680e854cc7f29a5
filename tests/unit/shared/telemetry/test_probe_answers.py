"""What a supervisor and a scraper are answered, whatever state the process is in."""

import asyncio
import gzip

import pytest

from shared.telemetry import exposition
from shared.telemetry.exposition import Exposition
from shared.telemetry.probes import Probes


def probes(*, ready: bool = True, token: str | None = None) -> Probes:
    async def is_ready() -> bool:
        return ready

    return Probes(is_ready, Exposition(token))


class TestProbes:
    @pytest.mark.parametrize(
        ("ready", "draining", "status", "line"),
        [
            (True, False, 200, b"ok\n"),
            (False, False, 503, b"the database does not answer\n"),
            (True, True, 503, b"stopping\n"),
            (False, True, 503, b"stopping\n"),
        ],
    )
    async def test_ready_is_who_reaches_the_database_and_is_not_stopping(
        self, ready: bool, draining: bool, status: int, line: bytes
    ) -> None:
        shown = probes(ready=ready)
        shown.draining = draining

        page = await shown.answer("GET", "/readyz", {})

        assert (page.status, page.body) == (status, line)
        assert page.headers["Content-Type"] == "text/plain; charset=utf-8"

    async def test_a_process_lives_also_while_it_is_not_ready_or_stops(self) -> None:
        shown = probes(ready=False)
        shown.draining = True

        assert (await shown.answer("GET", "/livez", {})).status == 200

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("HEAD", "/livez", 200),
            ("POST", "/livez", 405),
            ("OPTIONS", "/metrics", 405),
            ("GET", "/", 404),
            ("GET", "/livez/", 404),
            ("GET", "/metrics", 200),
        ],
    )
    async def test_there_are_three_paths_to_read(self, method: str, path: str, status: int) -> None:
        page = await probes().answer(method, path, {})

        assert page.status == status
        assert page.headers.get("Allow") == ("GET, HEAD" if status == 405 else None)

    async def test_the_token_closes_the_figures_and_not_the_probes(self) -> None:
        shown = probes(token="a-token-of-the-scraper")

        assert (await shown.answer("GET", "/metrics", {})).status == 401
        assert (await shown.answer("GET", "/livez", {})).status == 200
        assert (await shown.answer("GET", "/readyz", {})).status == 200

    async def test_a_fault_of_the_readiness_is_not_swallowed(self) -> None:
        async def fails() -> bool:
            raise KeyError("a slip of ours")

        with pytest.raises(KeyError):
            await Probes(fails).answer("GET", "/readyz", {})


class TestExposition:
    @pytest.mark.parametrize(
        "given",
        [b"Bearer a-token", b"bearer a-token-of-the-scraper", b"a-token-of-the-scraper", b""],
    )
    async def test_the_token_is_sent_as_a_bearer_and_whole(self, given: bytes) -> None:
        page = await Exposition("a-token-of-the-scraper").page({b"authorization": given})

        assert page.status == 401
        assert page.headers["WWW-Authenticate"] == 'Bearer realm="metrics"'

    async def test_packed_and_plain_are_kept_apart(self) -> None:
        shown = Exposition()
        packed = await shown.page({b"accept-encoding": b"gzip"})
        plain = await shown.page({})

        assert "Content-Encoding" not in plain.headers
        assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept, Accept-Encoding"
        assert gzip.decompress(packed.body).splitlines()[0] == plain.body.splitlines()[0]

    async def test_those_who_ask_at_once_get_one_text_that_was_made_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = []

        def encoder(_: object) -> bytes:
            made.append(True)
            return b"figures"

        monkeypatch.setattr(exposition, "choose_encoder", lambda accept: (encoder, "text/plain"))
        shown = Exposition()

        pages = await asyncio.gather(*(shown.page({}) for _ in range(20)))

        assert made == [True]
        assert {page.body for page in pages} == {b"figures"}

    async def test_a_text_is_fresh_for_a_second(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now_s = 100.0
        monkeypatch.setattr(exposition, "monotonic_s", lambda: now_s)
        shown = Exposition()
        first = (await shown.page({})).body

        now_s += 1.0
        assert (await shown.page({})).body is first
        now_s += 0.001
        assert (await shown.page({})).body is not first
