"""Access tokens for tests: a real issuer key, real signatures, the claims of the design."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from shared.kernel.clock import real_now
from shared.kernel.identity import PARK_TENANT, Role
from shared.kernel.ids import new_id

ISSUER: Final = "http://127.0.0.1:8001"
KEY_ID: Final = "test-key-1"


class TokenIssuer:
    """Signs with Ed25519; `jwks` has the public key, `jwks_url` is the URL of a file with it."""

    def __init__(self, folder: Path, *, issuer: str = ISSUER) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.issuer = issuer
        public = json.loads(OKPAlgorithm.to_jwk(self._key.public_key()))
        self.jwks: dict[str, Any] = {
            "keys": [public | {"kid": KEY_ID, "alg": "EdDSA", "use": "sig"}]
        }
        path = folder / f"jwks-{new_id('jwk')}.json"
        path.write_text(json.dumps(self.jwks))
        self.jwks_url = path.as_uri()

    def token(
        self,
        role: Role,
        tenant: str = PARK_TENANT,
        scopes: Iterable[str] = (),
        *,
        expires_in_s: int = 900,
        **claims: Any,
    ) -> str:
        """A token of `tenant` in `role`; `claims` are added or replace what is there."""
        now = int(real_now().timestamp())
        body = {
            "iss": self.issuer,
            "sub": f"test-{tenant}",
            "tenant": tenant,
            "roles": [role.value],
            "scope": " ".join(scopes),
            "iat": now,
            "nbf": now,
            "exp": now + expires_in_s,
            "jti": new_id("tok"),
        } | claims
        return jwt.encode(body, self._key, algorithm="EdDSA", headers={"kid": KEY_ID})
