"""Private keys of our own: RSA by OpenSSL (`cryptography`), SM2 by GmSSL, and one made for tests.

SM2 needs the package gmssl-pyx, which there is for x86-64 machines only. It draws the secret number
of each signature from the system's random source and computes in C. The package gmssl, which is
Python throughout, does not do: its secret numbers come from a predictable generator.
"""

import secrets
from base64 import b64decode
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from services.customs.clients.signers.keys import SignBytes, SoftwareKey
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.signing import sm2
from services.customs.domain.messages.signing.certificate import (
    Certificate,
    CertificateNotReadable,
    certificate_of_der,
    certificate_of_pem,
)
from services.customs.domain.messages.signing.der import (
    OCTET_STRING,
    SEQUENCE,
    DerNotReadable,
    element,
)
from services.customs.domain.messages.signing.keys import RsaKey, Sm2Key

TEST_NAME: Final = "Airlane test key, not for customs"
# So that the number of a test certificate is known at sight.
_TEST_NUMBER: Final = "7e57"
_TEST_DAYS: Final = 365
_PKCS8_FIELDS: Final = 3


class KeyNotUsable(ValueError):
    """The files do not make a signing key, and why."""


def certificate_in(file: Path) -> Certificate:
    """Raises KeyNotUsable."""
    try:
        return certificate_of_pem(file.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError, CertificateNotReadable) as error:
        raise KeyNotUsable(f"{file}: {error}") from error


def rsa_key_in(key_file: Path, certificate_file: Path) -> SoftwareKey:
    """Raises KeyNotUsable."""
    certificate = certificate_in(certificate_file)
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyNotUsable(f"{key_file}: {error}") from error
    if not isinstance(key, rsa.RSAPrivateKey) or not isinstance(certificate.public_key, RsaKey):
        raise KeyNotUsable(f"{key_file} and {certificate_file} are not both RSA")
    return _checked(SoftwareKey(certificate, _rsa(key)), key_file)


def sm2_key_in(key_file: Path, certificate_file: Path) -> SoftwareKey:
    """PKCS #8 or SEC 1 in PEM, without a password. Raises KeyNotUsable."""
    certificate = certificate_in(certificate_file)
    public = certificate.public_key
    if not isinstance(public, Sm2Key):
        raise KeyNotUsable(f"{certificate_file} is not of an SM2 key")
    try:
        private = _sm2_number(key_file.read_text(encoding="ascii"))
    except (OSError, ValueError, IndexError) as error:
        raise KeyNotUsable(f"{key_file}: {error}") from error
    return _checked(SoftwareKey(certificate, _sm2(private, public)), key_file)


def make_test_key(party: Party, *, now: datetime) -> SoftwareKey:
    """A new RSA key with a certificate for the party that it signed itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, party.name),
            x509.NameAttribute(NameOID.COMMON_NAME, TEST_NAME),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, party.code),
        ]
    )
    builder = x509.CertificateBuilder(issuer_name=name, subject_name=name)
    certificate = (
        builder.public_key(key.public_key())
        .serial_number(int(_TEST_NUMBER + secrets.token_hex(6), 16))
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_TEST_DAYS))
        .sign(key, hashes.SHA256())
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    return SoftwareKey(certificate_of_der(der), _rsa(key), is_test=True)


def _rsa(key: rsa.RSAPrivateKey) -> SignBytes:
    def sign(text: bytes, /) -> bytes:
        return key.sign(text, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the specification's

    return sign


def _sm2(private: bytes, public: Sm2Key) -> SignBytes:
    try:
        import gmssl_pyx  # noqa: PLC0415 - not there for every machine
    except ImportError as error:
        raise KeyNotUsable(
            "SM2 needs the package gmssl-pyx, which this machine does not have; use a remote key"
        ) from error
    point = public.x.to_bytes(sm2.SIZE, "big") + public.y.to_bytes(sm2.SIZE, "big")

    def sign(text: bytes, /) -> bytes:
        der = gmssl_pyx.sm2_sign(private, point, text, sm2.SIGNER_ID)
        numbers = (part.integer() for part in element(der).children())
        return b"".join(number.to_bytes(sm2.SIZE, "big") for number in numbers)

    return sign


def _sm2_number(pem: str) -> bytes:
    """The private number, 32 bytes. Raises ValueError or IndexError."""
    for label in ("PRIVATE KEY", "EC PRIVATE KEY"):
        _, begin, rest = pem.partition(f"-----BEGIN {label}-----")
        if begin:
            body = rest.partition(f"-----END {label}-----")[0]
            fields = element(b64decode("".join(body.split()), validate=True)).children()
            break
    else:
        raise ValueError("there is no private key without a password in the file")
    if len(fields) >= _PKCS8_FIELDS and fields[1].tag == SEQUENCE:
        fields = element(fields[2].expect(OCTET_STRING).content).children()
    number = fields[1].expect(OCTET_STRING).content
    if len(number) != sm2.SIZE:
        raise DerNotReadable("the private key does not have 32 bytes")
    return number


def _checked(key: SoftwareKey, key_file: Path) -> SoftwareKey:
    probe = b"Airlane"
    if not key.certificate.public_key.is_valid(probe, key.sign_bytes(probe)):
        raise KeyNotUsable(f"{key_file} is not the key of its certificate")
    return key
