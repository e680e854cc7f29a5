"""Proves the signature of a message: enveloped, canonical XML 20010315, RSA-SHA1, the certificate
in KeyInfo. SM2 with SM3 is recognised; proving it needs a hook in `PROVERS`.
"""

import base64
import binascii
import copy
import hashlib
from collections.abc import Callable
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from lxml import etree

from deploy.sandbox.customs_office.inbound.papers import Signed

DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
_S: Final = f"{{{DSIG}}}"
_C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_ENVELOPED: Final = f"{DSIG}enveloped-signature"
SM2_SM3: Final = "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3"

# (certificate, signed bytes, signature) → whether it fits
Prover = Callable[[x509.Certificate, bytes, bytes], bool]


def _rsa_sha1(certificate: x509.Certificate, signed: bytes, value: bytes) -> bool:
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(value, signed, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the interface's own choice
    except InvalidSignature:
        return False
    return True


PROVERS: dict[str, Prover] = {f"{DSIG}rsa-sha1": _rsa_sha1}
DIGESTS: dict[str, Callable[[bytes], bytes]] = {
    f"{DSIG}sha1": lambda content: hashlib.sha1(content, usedforsecurity=False).digest()
}


def signed(root: Any) -> Signed:
    node = root.find(f"{_S}Signature")
    if node is None:
        return Signed.ABSENT
    try:
        return _prove(root, node)
    except (AttributeError, KeyError, ValueError, binascii.Error):
        return Signed.WRONG  # a part of it is missing or no base64


def _prove(root: Any, node: Any) -> Signed:
    info = node.find(f"{_S}SignedInfo")
    prover = PROVERS.get(info.find(f"{_S}SignatureMethod").get("Algorithm"))
    (reference,) = info.findall(f"{_S}Reference")
    digest = DIGESTS.get(reference.find(f"{_S}DigestMethod").get("Algorithm"))
    if prover is None or digest is None:
        return Signed.UNPROVEN
    transforms = [one.get("Algorithm") for one in reference.iter(f"{_S}Transform")]
    canonical = info.find(f"{_S}CanonicalizationMethod").get("Algorithm")
    if reference.get("URI") != "" or canonical != _C14N or transforms[:1] != [_ENVELOPED]:
        return Signed.WRONG
    stated = _bytes(reference.find(f"{_S}DigestValue"))
    certificate = x509.load_der_x509_certificate(
        _bytes(node.find(f"{_S}KeyInfo/{_S}X509Data/{_S}X509Certificate"))
    )
    # In text and back: a part of a tree alone would lose the namespaces declared around it.
    info = etree.fromstring(etree.tostring(info, with_tail=False))
    fits = digest(_canonical(_without_signature(root))) == stated and prover(
        certificate, _canonical(info), _bytes(node.find(f"{_S}SignatureValue"))
    )
    return Signed.VALID if fits else Signed.WRONG


def _without_signature(root: Any) -> Any:
    """A copy; the text behind the signature stays."""
    bare = copy.deepcopy(root)
    node = bare.find(f"{_S}Signature")
    before = node.getprevious()
    if node.tail:
        if before is None:
            bare.text = (bare.text or "") + node.tail
        else:
            before.tail = (before.tail or "") + node.tail
    bare.remove(node)
    return bare


def _canonical(node: Any) -> bytes:
    return bytes(etree.tostring(node, method="c14n", with_comments=False))


def _bytes(node: Any) -> bytes:
    return base64.b64decode("".join(node.text.split()), validate=True)
