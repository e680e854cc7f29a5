"""Tokens: what is accepted, what is refused and why, and how keys are read and renewed."""

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from httpx2 import AsyncClient
from jwt.algorithms import ECAlgorithm

from deploy.bench.tokens import ISSUER, TokenIssuer
from shared.http.auth import TokenExpired, TokenInvalid, Verifier
from shared.http.keys import GivenKeys, Jwks, KeysUnavailable, UrlKeys
from shared.kernel.clock import real_now
from shared.kernel.identity import Role
from shared.kernel.ids import new_id

TokenFor = Callable[..., str]


@pytest.fixture
def verifier(jwks: dict[str, Any]) -> Verifier:
    return Verifier(GivenKeys(jwks), issuer=ISSUER)


async def test_claims_become_a_principal(verifier: Verifier, token_for: TokenFor) -> None:
    token = token_for(Role.PARTNER, "par_a", ["webhooks:read", "x:y"])
    principal = await verifier.verify(token)
    assert principal.tenant == principal.acts_as == "par_a"
    assert principal.role is Role.PARTNER
    assert principal.scopes == {"webhooks:read", "x:y"}


async def test_a_verified_token_is_remembered_until_it_expires(
    verifier: Verifier, token_for: TokenFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_for(Role.MERCHANT, "mer_a")
    assert verifier.remembered(token) is None
    principal = await verifier.verify(token)
    assert verifier.remembered(token) is principal
    late_ms = int(real_now().timestamp() * 1000) + 901_000
    monkeypatch.setattr("shared.http.auth.real_time_ms", lambda: late_ms)
    assert verifier.remembered(token) is None


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere"},
        {"tenant": "*"},
        {"tenant": "mer'; DROP"},
        {"tenant": 7},
        {"roles": ["king"]},
        {"roles": [{}]},
        {"scope": 7},
        {"nbf": 4_000_000_000},
        {"exp": "soon"},
        {"exp": float("inf")},
        {"nbf": float("inf")},
        {"iat": float("inf")},
    ],
)
async def test_odd_claims_are_refused(
    verifier: Verifier, token_for: TokenFor, claims: dict[str, Any]
) -> None:
    with pytest.raises(TokenInvalid):
        await verifier.verify(token_for(Role.MERCHANT, **({"tenant": "mer_a"} | claims)))


@pytest.mark.parametrize("exp", ["4000000000", 4_000_000_000.5, 1e308, 10**30])
async def test_an_expiry_counts_however_its_number_is_written(
    verifier: Verifier, token_for: TokenFor, exp: object
) -> None:
    token = token_for(Role.MERCHANT, "mer_a", exp=exp)
    assert await verifier.verify(token) is verifier.remembered(token)


async def test_expired_and_tampered_tokens_are_refused(
    verifier: Verifier, token_for: TokenFor
) -> None:
    with pytest.raises(TokenExpired):
        await verifier.verify(token_for(Role.MERCHANT, "mer_a", expires_in_s=-60))
    head, body, _ = token_for(Role.MERCHANT, "mer_a").split(".")
    _, _, other = token_for(Role.MERCHANT, "mer_b").split(".")
    for bad in (f"{head}.{body}.{other}", f"{head}.{body}.", "x.y.z", "", "é", "a" * 9000):
        with pytest.raises(TokenInvalid):
            await verifier.verify(bad)


async def test_a_token_cannot_choose_its_algorithm(verifier: Verifier, jwks: Jwks) -> None:
    claims = {
        "iss": ISSUER,
        "sub": "x",
        "exp": 4_000_000_000,
        "tenant": "mer_a",
        "roles": ["operator"],
    }
    public = jwks["keys"][0]
    for algorithm, key in (("HS256", public["x"] * 2), ("none", "")):
        forged = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": public["kid"]})
        with pytest.raises(TokenInvalid):
            await verifier.verify(forged)


async def test_audience_is_checked_when_set(jwks: Jwks, token_for: TokenFor) -> None:
    strict = Verifier(GivenKeys(jwks), issuer=ISSUER, audience="airlane")
    with pytest.raises(TokenInvalid):
        await strict.verify(token_for(Role.MERCHANT, "mer_a"))
    with pytest.raises(TokenInvalid):
        await strict.verify(token_for(Role.MERCHANT, "mer_a", aud="other"))
    await strict.verify(token_for(Role.MERCHANT, "mer_a", aud=["airlane", "other"]))


async def test_es256_is_understood_and_other_keys_are_ignored() -> None:
    key = generate_private_key(SECP256R1())
    public = json.loads(ECAlgorithm.to_jwk(key.public_key())) | {"kid": "ec", "alg": "ES256"}
    odd = [{"kty": "oct", "k": "c2VjcmV0", "kid": "s"}, {"kty": "??"}, {"kid": "n"}]
    verifier = Verifier(GivenKeys({"keys": [*odd, public]}), issuer=ISSUER)
    claims = {
        "iss": ISSUER,
        "sub": "x",
        "exp": 4_000_000_000,
        "tenant": "mer_a",
        "roles": ["merchant"],
    }
    token = jwt.encode(claims, key, algorithm="ES256", headers={"kid": "ec"})
    assert (await verifier.verify(token)).tenant == "mer_a"
    with pytest.raises(TokenInvalid):
        await verifier.verify(jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": "s"}))


class _Source:
    """Keys that can change, fail, and count how often they were asked for."""

    def __init__(self, keys: Mapping[str, Any]) -> None:
        self.keys = keys
        self.asked = 0
        self.broken = False

    async def fetch(self) -> Jwks:
        self.asked += 1
        await asyncio.sleep(0)
        if self.broken:
            raise KeysUnavailable
        return self.keys


async def test_keys_are_read_once_and_again_for_an_unknown_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = TokenIssuer(tmp_path), TokenIssuer(tmp_path)
    new.jwks["keys"][0]["kid"] = "k2"
    source = _Source(old.jwks)
    verifier = Verifier(source, issuer=ISSUER)
    now_s = 1000.0
    monkeypatch.setattr("shared.http.auth.monotonic_s", lambda: now_s)
    tokens = [old.token(Role.MERCHANT, f"mer_{n}") for n in range(20)]
    await asyncio.gather(*(verifier.verify(token) for token in tokens))
    assert source.asked == 1

    claims = jwt.decode(new.token(Role.MERCHANT, "mer_a"), options={"verify_signature": False})
    rotated = jwt.encode(claims, new._key, algorithm="EdDSA", headers={"kid": "k2"})
    source.keys = {"keys": [*old.jwks["keys"], *new.jwks["keys"]]}
    with pytest.raises(TokenInvalid):  # too soon after the last look
        await verifier.verify(rotated)
    assert source.asked == 1
    now_s += 6
    assert (await verifier.verify(rotated)).tenant == "mer_a"
    assert source.asked == 2

    # A revoked key is noticed in the background, and what was verified with it is forgotten.
    source.keys = new.jwks
    now_s += 301
    await verifier.verify(old.token(Role.MERCHANT, "mer_z"))
    await asyncio.sleep(0.01)
    assert source.asked == 3
    assert verifier.remembered(tokens[0]) is None
    with pytest.raises(TokenInvalid):
        await verifier.verify(tokens[0])


async def test_without_keys_nobody_is_refused_for_good(jwks: Jwks, token_for: TokenFor) -> None:
    source = _Source(jwks)
    source.broken = True
    verifier = Verifier(source, issuer=ISSUER)
    with pytest.raises(KeysUnavailable):
        await verifier.verify(token_for(Role.MERCHANT, "mer_a"))
    source.broken = False
    await verifier.verify(token_for(Role.MERCHANT, "mer_a"))


async def test_keys_come_from_a_file_or_an_address(
    token_issuer: TokenIssuer, jwks: Jwks, tmp_path: Path
) -> None:
    assert await UrlKeys(token_issuer.jwks_url).fetch() == jwks

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(jwks).encode())

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/jwks.json"
        assert await UrlKeys(url).fetch() == jwks
    bad = tmp_path / "bad.json"
    bad.write_text("[]")
    for url in (bad.as_uri(), (tmp_path / "absent").as_uri(), "http://127.0.0.1:1/x"):
        with pytest.raises(KeysUnavailable):
            await UrlKeys(url).fetch()
    with pytest.raises(ValueError, match="not an http"):
        UrlKeys("ftp://x")


async def test_tokens_are_asked_for_as_rfc_6750_says(anonymous: AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer "}):
        response = await anonymous.get("/v1/whoami", headers=headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == 'Bearer realm="airlane"'
        assert response.json()["code"] == "auth.required"
    response = await anonymous.get("/v1/whoami", headers={"Authorization": "Bearer x"})
    assert response.json()["code"] == "auth.token_invalid"
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


async def test_scope_and_role_are_required(anonymous: AsyncClient, token_for: TokenFor) -> None:
    def bearer(*args: Any) -> dict[str, str]:
        return {"Authorization": f"bearer {token_for(*args)}"}

    response = await anonymous.get("/v1/whoami", headers=bearer(Role.MERCHANT, "mer_a", ["x:read"]))
    assert response.status_code == 403
    assert response.json()["fix"] == "It needs: sample:read."
    write = ["sample:write", "sample:read"]
    response = await anonymous.post(
        "/v1/announcements", headers=bearer(Role.MERCHANT, "mer_a", write)
    )
    assert response.status_code == 403
    response = await anonymous.post(
        "/v1/announcements", headers=bearer(Role.OPERATOR, "park", write)
    )
    assert response.json() == {"tenant": "*"}


async def test_an_operator_acts_for_a_tenant_and_others_only_for_themselves(
    anonymous: AsyncClient, token_for: TokenFor
) -> None:
    scopes = ["sample:read", "sample:write"]
    operator = {"Authorization": f"Bearer {token_for(Role.OPERATOR, 'park', scopes)}"}
    merchant = {"Authorization": f"Bearer {token_for(Role.MERCHANT, 'mer_a', scopes)}"}
    other = new_id("mer")

    async def tenant(headers: dict[str, str]) -> str:
        return str((await anonymous.get("/v1/whoami", headers=headers)).json()["tenant"])

    assert await tenant(operator) == "*"
    assert await tenant(operator | {"Airlane-Tenant": other}) == other
    assert await tenant(merchant) == "mer_a"
    assert await tenant(merchant | {"Airlane-Tenant": "mer_a"}) == "mer_a"
    response = await anonymous.get("/v1/whoami", headers=merchant | {"Airlane-Tenant": other})
    assert response.status_code == 403
    for odd in ("*", "mer_a", "mer_'", ""):
        response = await anonymous.get("/v1/whoami", headers=operator | {"Airlane-Tenant": odd})
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == "/header/airlane-tenant"
    # A change that is somebody's needs to know whose.
    response = await anonymous.post("/v1/things", json={"name": "x"}, headers=operator)
    assert response.json()["code"] == "auth.tenant_missing"
    response = await anonymous.post(
        "/v1/things", json={"name": "x"}, headers=operator | {"Airlane-Tenant": other}
    )
    assert response.json()["id"] == other
