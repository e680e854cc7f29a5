"""The enveloped `ds:Signature` of a CEB message (edition 202205), in three steps:

    to_sign = prepare(body, algorithm)             # what the key signs, and the digest in it
    signature = signature_of(to_sign, value, …)    # with the key's answer: kept with the message
    signed(body, signature)                        # what leaves

The signature stands after BaseTransfer and BaseSubscribe, before ExtendMessage.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.messages.signing.algorithms import C14N, DS, ENVELOPED, Algorithm
from services.customs.domain.messages.signing.canonical import canonical_root, root_namespaces
from services.customs.domain.messages.signing.certificate import Certificate
from services.customs.domain.messages.signing.errors import MessageAlreadySigned
from services.customs.domain.messages.writer import signature_position

_SIGNATURE: Final = re.compile(r"<(?:[\w.-]+:)?Signature\b")


@dataclass(frozen=True, slots=True)
class ToSign:
    """`digest`: of the message, in base64; `signed_info`: the canonical bytes to be signed."""

    algorithm: Algorithm
    digest: str
    signed_info: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """`key_name`: the certificate's number; `digest`: of the message, in base64; `xml`: the element
    ds:Signature; `signed_at`: by the machine's clock, as certificates are dated. `is_test`: by a
    key that nobody but this park knows.
    """

    algorithm: Algorithm
    key_name: str
    certificate_sha256: str
    signed_at: datetime
    digest: str
    xml: str
    is_test: bool


def prepare(body: str, algorithm: Algorithm) -> ToSign:
    """For a message of `write_message`. Raises MessageAlreadySigned."""
    if _SIGNATURE.match(body, signature_position(body)):
        raise MessageAlreadySigned
    digest = b64encode(algorithm.digest(canonical_root(body))).decode("ascii")
    # Inclusive canonicalization: every namespace in force is declared, used or not.
    namespaces = {**root_namespaces(body), "ds": DS}
    return ToSign(algorithm, digest, _signed_info(algorithm, digest, namespaces).encode())


def signature_of(
    to_sign: ToSign, value: bytes, *, certificate: Certificate, at: datetime, is_test: bool
) -> Signature:
    """`value`: what the key answered. RSA: as long as its modulus; SM2: r and s, 32 bytes each."""
    info = _signed_info(to_sign.algorithm, to_sign.digest, {})
    key = b64encode(certificate.der).decode("ascii")
    xml = (
        f'<ds:Signature xmlns:ds="{DS}">{info}'
        f"<ds:SignatureValue>{b64encode(value).decode('ascii')}</ds:SignatureValue>"
        f"<ds:KeyInfo><ds:KeyName>{certificate.number}</ds:KeyName><ds:X509Data>"
        f"<ds:X509Certificate>{key}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    )
    return Signature(
        algorithm=to_sign.algorithm,
        key_name=certificate.number,
        certificate_sha256=certificate.sha256,
        signed_at=at,
        digest=to_sign.digest,
        xml=xml,
        is_test=is_test,
    )


def signed(body: str, signature: Signature | None) -> str:
    """The message with its signature; without one as it is."""
    if signature is None:
        return body
    at = signature_position(body)
    return body[:at] + signature.xml + body[at:]


def _signed_info(algorithm: Algorithm, digest: str, namespaces: dict[str, str]) -> str:
    declared = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{uri}"'
        for prefix, uri in sorted(namespaces.items())
    )
    return (
        f"<ds:SignedInfo{declared}>"
        f'<ds:CanonicalizationMethod Algorithm="{C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{algorithm.signature_uri}"></ds:SignatureMethod>'
        '<ds:Reference URI="">'
        f'<ds:Transforms><ds:Transform Algorithm="{ENVELOPED}"></ds:Transform></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{algorithm.digest_uri}"></ds:DigestMethod>'
        f"<ds:DigestValue>{digest}</ds:DigestValue>"
        "</ds:Reference></ds:SignedInfo>"
    )
