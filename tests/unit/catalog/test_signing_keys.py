"""Whatever replica signs and whatever replica publishes, a verifier accepts the token."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.bench.tokens import ISSUER
from services.catalog.use_cases.credentials.signing_keys import (
    LIFETIME_S,
    PUBLISHED_BEFORE,
    SigningKeyFiles,
    TooEarly,
    beside,
    rotate,
)
from shared.http.auth import TokenInvalid, Verifier
from shared.kernel.clock import real_now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "token-signing.pem"
    key = Ed25519PrivateKey.generate()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def later(path: Path) -> datetime:
    """The next key has been published for long enough."""
    at = real_now()
    old = (at - PUBLISHED_BEFORE).timestamp()
    os.utime(beside(path, "next"), (old, old))
    return at


def token(keys: SigningKeyFiles) -> str:
    claims = {"iss": ISSUER, "sub": "cli", "tenant": "park", "roles": ["operator"]}
    return keys.current.sign(claims | {"exp": int(real_now().timestamp()) + LIFETIME_S})


async def accepted(signer: SigningKeyFiles, publisher: SigningKeyFiles) -> bool:
    """Does a verifier that has read the set of `publisher` take a token of `signer`?"""
    try:
        await Verifier(publisher, issuer=ISSUER).verify(token(signer))
    except TokenInvalid:
        return False
    return True


async def test_replicas_on_both_sides_of_a_rotation_accept_each_other(path: Path) -> None:
    rotate(path, now=real_now())
    old = SigningKeyFiles(path)
    rotate(path, now=later(path))
    new = SigningKeyFiles(path)
    assert old.current.kid != new.current.kid
    for signer in (old, new):
        for publisher in (old, new):
            assert await accepted(signer, publisher)


async def test_a_key_is_gone_two_rotations_later(path: Path) -> None:
    rotate(path, now=real_now())
    first = SigningKeyFiles(path)
    rotate(path, now=later(path))
    assert await accepted(first, SigningKeyFiles(path))
    rotate(path, now=later(path))
    assert not await accepted(first, SigningKeyFiles(path))


def test_a_key_signs_only_after_verifiers_had_time_to_read_it(path: Path) -> None:
    rotate(path, now=real_now())
    kid = SigningKeyFiles(path).current.kid
    with pytest.raises(TooEarly, match="20 minutes"):
        rotate(path, now=real_now())
    with pytest.raises(TooEarly, match="1 minutes"):
        rotate(path, now=real_now() + PUBLISHED_BEFORE - timedelta(seconds=30))
    assert SigningKeyFiles(path).current.kid == kid


def test_a_rotation_that_was_cut_short_is_finished_by_the_next_run(path: Path) -> None:
    rotate(path, now=real_now())
    following = beside(path, "next")
    # As if the process had died between letting the next key sign and making another one.
    beside(path, "previous").write_bytes(path.read_bytes())
    following.replace(path)
    kid = SigningKeyFiles(path).current.kid
    rotate(path, now=real_now())
    assert following.exists()
    rotate(path, now=later(path))
    keys = SigningKeyFiles(path)
    assert keys.current.kid != kid
    assert len(keys.jwks["keys"]) == 3
    assert all(p.stat().st_mode & 0o077 == 0 for p in path.parent.glob("*.next.pem"))


def test_a_running_process_notices_a_rotation(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = SigningKeyFiles(path)
    kid = running.current.kid
    rotate(path, now=real_now())
    rotate(path, now=later(path))
    monkeypatch.setattr("services.catalog.use_cases.credentials.signing_keys._LOOK_EVERY_S", 0.0)
    assert running.current.kid != kid
    path.write_text("half of a file")
    assert running.current.kid != kid
    assert len(running.jwks["keys"]) == 3
