"""Guessing secrets is slow, and nobody can be locked out by somebody else's guesses."""

from httpx2 import ASGITransport, AsyncClient, Response

from tests.support.worlds.catalog import OPERATOR_ID, OPERATOR_SECRET


async def ask(client: AsyncClient, **form: str) -> Response:
    return await client.post("/oauth/token", data={"grant_type": "client_credentials", **form})


async def test_failed_log_ins_are_slowed_and_lock_nobody_out(client: AsyncClient) -> None:
    right = {"client_id": OPERATOR_ID, "client_secret": OPERATOR_SECRET}
    transport = client._transport
    assert isinstance(transport, ASGITransport)
    elsewhere = ASGITransport(app=transport.app, client=("192.0.2.7", 1))
    async with AsyncClient(transport=elsewhere, base_url=client.base_url) as guessing:
        statuses = [
            (await ask(guessing, **(right | {"client_secret": "no"}))).status_code
            for _ in range(11)
        ]
        assert statuses == [401] * 10 + [429]
        held_back = await ask(guessing, **right)
        assert held_back.status_code == 429
        assert 1 <= int(held_back.headers["retry-after"]) <= 6
        assert held_back.json()["error"] == "temporarily_unavailable"
        # Another client of that address has failed at nothing yet.
        other = await ask(guessing, client_id="cli_" + "0" * 32, client_secret="no")
        assert other.status_code == 401
    # The rightful client is at its own address, and may come as often as it likes.
    assert {(await ask(client, **right)).status_code for _ in range(12)} == {200}
