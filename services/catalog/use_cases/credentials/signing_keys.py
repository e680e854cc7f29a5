"""The keys that sign access tokens (Ed25519, RFC 8037), and how one follows the other.

There are three files: `token-signing.pem` signs, `token-signing.next.pem` will sign after the next
rotation, `token-signing.previous.pem` signed until the last one. All three are published, so that
all replicas accept each other's tokens while a rotation reaches them one by one.
"""

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import OKPAlgorithm

from shared.kernel.clock import monotonic_s
from shared.kernel.json import JsonObject

LIFETIME_S: Final = 900  # of a token
# A key is published this long before it signs: verifiers fetch the set every five minutes, caches
# keep it as long, and tokens of the key before last are valid for fifteen.
PUBLISHED_BEFORE: Final = timedelta(minutes=20)
_LOOK_EVERY_S: Final = 1.0


class SigningKey:
    """One key; `kid` is its RFC 7638 thumbprint, `public` its JWK (RFC 7517)."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        public: JsonObject = json.loads(OKPAlgorithm.to_jwk(key.public_key()))
        canonical = json.dumps(
            {name: public[name] for name in ("crv", "kty", "x")}, separators=(",", ":")
        )
        digest = hashlib.sha256(canonical.encode()).digest()
        self.kid = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        self.public: JsonObject = public | {"kid": self.kid, "alg": "EdDSA", "use": "sig"}

    @classmethod
    def from_file(cls, path: Path) -> "SigningKey":
        """A PEM file with an Ed25519 private key. Raises ValueError or OSError."""
        key = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{path} holds no Ed25519 private key")  # noqa: TRY004 - content
        return cls(key)

    def sign(self, claims: JsonObject) -> str:
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self.kid})


class SigningKeys:
    """The key that signs and those that are published beside it. Also a `KeySource`."""

    def __init__(self, current: SigningKey, others: Sequence[SigningKey] = ()) -> None:
        self._take(current, others)

    @classmethod
    def ephemeral(cls) -> "SigningKeys":
        """A key of this process only: no other process accepts its tokens."""
        return cls(SigningKey(Ed25519PrivateKey.generate()))

    def _take(self, current: SigningKey, others: Sequence[SigningKey]) -> None:
        self._current = current
        # An interrupted rotation leaves one key in two files.
        by_kid = {key.kid: key.public for key in (current, *others)}
        self._jwks: JsonObject = {"keys": list(by_kid.values())}

    @property
    def current(self) -> SigningKey:
        return self._current

    @property
    def jwks(self) -> JsonObject:
        """`{"keys": […]}` as RFC 7517 §5 has it."""
        return self._jwks

    async def fetch(self) -> JsonObject:
        return self.jwks


class SigningKeyFiles(SigningKeys):
    """Keys from files, read again when one of them changes: a rotation needs no restart."""

    def __init__(self, path: Path) -> None:
        """Raises ValueError or OSError when the key that signs cannot be read."""
        self._files = (path, beside(path, "next"), beside(path, "previous"))
        self._seen = self._stamps()
        self._looked_at_s = monotonic_s()
        super().__init__(*self._read())

    @property
    def current(self) -> SigningKey:
        self._look()
        return self._current

    @property
    def jwks(self) -> JsonObject:
        self._look()
        return self._jwks

    def _look(self) -> None:
        if monotonic_s() - self._looked_at_s < _LOOK_EVERY_S:
            return
        self._looked_at_s = monotonic_s()
        stamps = self._stamps()
        if stamps == self._seen:
            return
        try:
            self._take(*self._read())
        except (OSError, ValueError):
            return  # in the middle of a rotation: keep the keys we have and look again soon
        self._seen = stamps

    def _read(self) -> tuple[SigningKey, list[SigningKey]]:
        current, *others = self._files
        return SigningKey.from_file(current), [
            SigningKey.from_file(path) for path in others if path.exists()
        ]

    def _stamps(self) -> list[tuple[int, int] | None]:
        found: list[tuple[int, int] | None] = []
        for path in self._files:
            try:
                stat = path.stat()
            except OSError:
                found.append(None)
            else:
                found.append((stat.st_mtime_ns, stat.st_ino))
        return found


class TooEarly(Exception):
    """The next key has not been published for long enough to sign."""


def rotate(path: Path, *, now: datetime) -> str:
    """Takes one step of a rotation and says what it did. If interrupted, it can be run again.

    The first run makes and publishes the next key; each later one lets it sign, keeps the one
    before for the tokens it has signed, and makes another next key. Raises TooEarly, ValueError or
    OSError.
    """
    following = beside(path, "next")
    current = SigningKey.from_file(path)
    if not following.exists():
        _write(following, _new_pem())
        return f"the next key is published; run this again in {_minutes(PUBLISHED_BEFORE)} minutes"
    published_at = datetime.fromtimestamp(following.stat().st_mtime, UTC)
    left = published_at + PUBLISHED_BEFORE - now
    if left > timedelta(0):
        raise TooEarly(
            f"the next key is known to verifiers in {_minutes(left)} minutes: run this again then"
        )
    _write(beside(path, "previous"), path.read_bytes())
    following.replace(path)
    _write(following, _new_pem())
    return f"{SigningKey.from_file(path).kid} signs now; {current.kid} is still accepted"


def beside(path: Path, which: str) -> Path:
    """`token-signing.pem` → `token-signing.next.pem`."""
    return path.with_name(f"{path.stem}.{which}{path.suffix}")


def _minutes(span: timedelta) -> int:
    return -(-int(span.total_seconds()) // 60)


def _new_pem() -> bytes:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    """Writes the whole file or nothing, readable by its owner only."""
    half = path.with_name(f"{path.name}.new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    half.replace(path)
