"""Signatures that the office proves. They are made here with OpenSSL's primitives, step by step as
XML Signature says."""

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from deploy.sandbox.customs_office.inbound.papers import Signed
from deploy.sandbox.customs_office.inbound.reading import read_upload
from tests.support import uploads as ceb

DSIG = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "示例报关")])
    since = datetime(2026, 1, 1)  # noqa: DTZ001 - certificates are in UTC
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=900))
        .sign(key, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


def canonical(xml: bytes) -> bytes:
    return bytes(etree.tostring(etree.fromstring(xml), method="c14n"))


def signed_info(digest: str, method: str) -> str:
    return (
        f'<ds:CanonicalizationMethod Algorithm="{C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{method}"></ds:SignatureMethod>'
        f'<ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="{DSIG}enveloped-signature">'
        f'</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="{DSIG}sha1"></ds:DigestMethod>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
    )


def sign(raw: bytes, key: Any, certificate: str, method: str = f"{DSIG}rsa-sha1") -> bytes:
    digest = base64.b64encode(hashlib.sha1(canonical(raw), usedforsecurity=False).digest()).decode()
    info = signed_info(digest, method)
    # In canonical form the part has the namespaces that are declared around it.
    to_sign = f'<ds:SignedInfo xmlns:ceb="{ceb.NS}" xmlns:ds="{DSIG}">{info}</ds:SignedInfo>'
    value = key.sign(canonical(to_sign.encode()), padding.PKCS1v15(), hashes.SHA1())
    signature = (
        f'<ds:Signature xmlns:ds="{DSIG}"><ds:SignedInfo>{info}</ds:SignedInfo>'
        f"<ds:SignatureValue>{base64.b64encode(value).decode()}</ds:SignatureValue><ds:KeyInfo>"
        f"<ds:KeyName>1</ds:KeyName><ds:X509Data><ds:X509Certificate>{certificate}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    ).encode()
    end = raw.rindex(b"</ceb:")
    return raw[:end] + signature + raw[end:]


RAW = ceb.message("CEB603", ceb.a_list(), note=None)


def test_a_signature_that_fits_is_valid(key: rsa.RSAPrivateKey, certificate: str) -> None:
    assert read_upload(sign(RAW, key, certificate), "x").signed is Signed.VALID


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"<ceb:qty>4<", b"<ceb:qty>5<"),
        (f'{DSIG}sha1"'.encode(), f'{DSIG}sha1" Id="x"'.encode()),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>*"),
        (b"X509Data>", b"X509Other>"),
        (b'URI=""', b'URI="#x"'),
    ],
)
def test_a_changed_message_has_a_wrong_signature(
    key: rsa.RSAPrivateKey, certificate: str, was: bytes, becomes: bytes
) -> None:
    signed = sign(RAW, key, certificate)
    changed = signed.replace(was, becomes)

    assert changed != signed
    assert read_upload(changed, "x").signed is Signed.WRONG


def test_sm2_is_seen_and_not_proven(key: rsa.RSAPrivateKey, certificate: str) -> None:
    method = "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3"

    assert read_upload(sign(RAW, key, certificate, method), "x").signed is Signed.UNPROVEN
