"""Whether a message is what the holder of its certificate signed. Whether that certificate is
anybody's to trust is not asked here: compare `certificate.sha256` with a known one.
"""

import hmac
from base64 import b64decode
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.customs.domain.messages.signing.algorithms import (
    ALGORITHMS,
    C14N,
    ENVELOPED,
    Algorithm,
)
from services.customs.domain.messages.signing.canonical import (
    NotCanonicalizable,
    Part,
    Parts,
    take_apart,
)
from services.customs.domain.messages.signing.certificate import (
    Certificate,
    CertificateNotReadable,
    certificate_of_der,
)

_TRANSFORMS: Final = ([ENVELOPED], [ENVELOPED, C14N])


class Fault(StrEnum):
    UNREADABLE = "unreadable"
    UNSIGNED = "unsigned"
    FORM = "form"  # a signature, but not of the form that the specification demands
    CERTIFICATE = "certificate"
    DIGEST = "digest"  # the message is not the one that was signed
    SIGNATURE = "signature"  # the key did not sign this


@dataclass(frozen=True, slots=True)
class Verified:
    """`digest`: of the message, in base64."""

    algorithm: Algorithm
    key_name: str
    certificate: Certificate
    digest: str


@dataclass(frozen=True, slots=True)
class NotVerified:
    """`detail`: a short English clause."""

    fault: Fault
    detail: str


def verify(body: str) -> Verified | NotVerified:
    try:
        return _verified(take_apart(body))
    except NotCanonicalizable as error:
        return NotVerified(Fault.UNREADABLE, str(error))
    except _Refused as refused:
        return refused.why


class _Refused(Exception):
    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.why = NotVerified(fault, detail)


def _verified(parts: Parts) -> Verified:
    if not parts.signatures:
        raise _Refused(Fault.UNSIGNED, "the root has no ds:Signature")
    if parts.signatures > 1:
        raise _Refused(Fault.FORM, "there is more than one ds:Signature")
    algorithm = _algorithm(parts)
    certificate = _certificate(parts)
    if certificate.public_key.algorithm is not algorithm:
        raise _Refused(Fault.CERTIFICATE, f"the key of the certificate cannot sign {algorithm}")
    digest = _base64(_one(parts, "SignedInfo/Reference/DigestValue").text)
    if not hmac.compare_digest(digest, algorithm.digest(parts.root)):
        raise _Refused(Fault.DIGEST, "the message was changed after it was signed")
    value = _base64(_one(parts, "SignatureValue").text)
    if not certificate.public_key.is_valid(parts.signed_info, value):
        raise _Refused(Fault.SIGNATURE, "the key of the certificate did not sign this")
    return Verified(
        algorithm=algorithm,
        key_name=_one(parts, "KeyInfo/KeyName").text.strip(),
        certificate=certificate,
        digest=_one(parts, "SignedInfo/Reference/DigestValue").text.strip(),
    )


def _algorithm(parts: Parts) -> Algorithm:
    method = _one(parts, "SignedInfo/SignatureMethod").attributes.get("Algorithm", "")
    algorithm = ALGORITHMS.get(method)
    if algorithm is None:
        raise _Refused(Fault.FORM, f"the signature method {method!r} is not known")
    reference = _one(parts, "SignedInfo/Reference").attributes
    transforms = [
        part.attributes.get("Algorithm")
        for part in _all(parts, "SignedInfo/Reference/Transforms/Transform")
    ]
    rules = (
        (_one(parts, "SignedInfo/CanonicalizationMethod").attributes.get("Algorithm"), C14N),
        (
            _one(parts, "SignedInfo/Reference/DigestMethod").attributes.get("Algorithm"),
            algorithm.digest_uri,
        ),
        (reference.get("URI"), ""),
    )
    for found, expected in rules:
        if found != expected:
            raise _Refused(Fault.FORM, f"{found!r} stands where {expected!r} must")
    if transforms not in _TRANSFORMS:
        raise _Refused(Fault.FORM, f"the transforms are {transforms}")
    return algorithm


def _certificate(parts: Parts) -> Certificate:
    der = _base64(_one(parts, "KeyInfo/X509Data/X509Certificate").text)
    try:
        return certificate_of_der(der)
    except CertificateNotReadable as error:
        raise _Refused(Fault.CERTIFICATE, str(error)) from error


def _all(parts: Parts, path: str) -> list[Part]:
    return [part for part in parts.signature if part.path == path]


def _one(parts: Parts, path: str) -> Part:
    found = _all(parts, path)
    if len(found) != 1:
        raise _Refused(Fault.FORM, f"{path} stands there {len(found)} times")
    return found[0]


def _base64(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise _Refused(Fault.FORM, "a value is not base64") from error
