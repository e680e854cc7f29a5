"""The certificate of a signing key: who holds it, its number, how long it is valid, its public key.

Cards of China's e-port name the enterprise in extensions of their own (arc 1.3.6.1.4.1.5315.100.5):
.1 its name, .11 its organisation code, which is characters 9 to 17 of its social credit code. The
subject's common name is the person the card was issued to.
"""

import hashlib
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.customs.domain.messages.parties import is_party_code
from services.customs.domain.messages.signing import sm2
from services.customs.domain.messages.signing.der import (
    BIT_STRING,
    OCTET_STRING,
    SEQUENCE,
    DerNotReadable,
    Element,
    element,
)
from services.customs.domain.messages.signing.keys import PublicKey, RsaKey, Sm2Key

EXPIRES_SOON: Final = timedelta(days=30)
ENTERPRISE_NAME: Final = "1.3.6.1.4.1.5315.100.5.1"
ORGANISATION_CODE: Final = "1.3.6.1.4.1.5315.100.5.11"
_COMMON_NAME: Final = "2.5.4.3"
_ORGANISATION: Final = "2.5.4.10"
_UNIT: Final = "2.5.4.11"
_SERIAL_NUMBER: Final = "2.5.4.5"
_RSA: Final = "1.2.840.113549.1.1.1"
_EC: Final = "1.2.840.10045.2.1"
_SM2_CURVE: Final = "1.2.156.10197.1.301"
_VERSION_TAG: Final = 0xA0
_EXTENSIONS_TAG: Final = 0xA3
_POINT_SIZE: Final = 1 + 2 * sm2.SIZE
_ORGANISATION_PART: Final = slice(8, 17)
_CODE_SIZE: Final = 18


class CertificateNotReadable(ValueError):
    """The bytes are not an X.509 certificate with an RSA or SM2 key."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """`number` is the serial number in small hexadecimal digits, as KeyName has it. `holder_code`
    is a credit code (18), an organisation code (9), or None if the certificate names neither.
    """

    der: bytes = field(repr=False)
    number: str
    holder_name: str
    holder_code: str | None
    valid_from: datetime
    valid_until: datetime
    public_key: PublicKey

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.der).hexdigest()

    def is_valid_at(self, at: datetime) -> bool:
        return self.valid_from <= at <= self.valid_until

    def expires_soon_at(self, at: datetime) -> bool:
        return at > self.valid_until - EXPIRES_SOON

    def is_code_of_holder(self, code: str) -> bool | None:
        """None: it cannot be told. Cards do not name the customs registration number (10)."""
        if self.holder_code is None:
            return None
        if len(code) == _CODE_SIZE:
            return self.holder_code in (code, code[_ORGANISATION_PART])
        return True if self.holder_code == code else None


def certificate_of_pem(text: str) -> Certificate:
    """The first certificate of a PEM file. Raises CertificateNotReadable."""
    _, begin, rest = text.partition("-----BEGIN CERTIFICATE-----")
    body, end, _ = rest.partition("-----END CERTIFICATE-----")
    if not begin or not end:
        raise CertificateNotReadable("there is no certificate in the file")
    try:
        der = b64decode("".join(body.split()), validate=True)
    except ValueError as error:
        raise CertificateNotReadable("its base64 cannot be read") from error
    return certificate_of_der(der)


def certificate_of_der(der: bytes) -> Certificate:
    """Raises CertificateNotReadable."""
    try:
        return _read(der)
    except (DerNotReadable, IndexError, ValueError) as error:
        raise CertificateNotReadable(str(error)) from error


def _read(der: bytes) -> Certificate:
    # RFC 5280 §4.1: version?, serialNumber, signature, issuer, validity, subject, publicKey, …
    parts = element(der).expect(SEQUENCE).children()[0].expect(SEQUENCE).children()
    if parts[0].tag == _VERSION_TAG:
        del parts[0]
    begins, ends = (one.instant() for one in parts[3].children())
    subject = _subject(parts[4])
    extensions = _extensions(parts[6:])
    name = extensions.get(ENTERPRISE_NAME) or _first(subject, _ORGANISATION, _UNIT, _COMMON_NAME)
    number = subject.get(_SERIAL_NUMBER, "")  # of a person in some certificates
    code = extensions.get(ORGANISATION_CODE) or (number if is_party_code(number) else None)
    return Certificate(
        der=der,
        number=_number(parts[0]),
        holder_name=name or "",
        holder_code=code,
        valid_from=begins,
        valid_until=ends,
        public_key=_public_key(parts[5]),
    )


def _number(serial: Element) -> str:
    """All bytes of the number, with their leading zeros: 03000000000cde6f."""
    content = serial.content
    if len(content) > 1 and content[0] == 0 and content[1] >= 0x80:
        content = content[1:]  # the sign
    return content.hex()


def _subject(name: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in name.expect(SEQUENCE).children():
        for attribute in part.children():
            kind, value = attribute.children()
            found.setdefault(kind.oid(), value.text().strip())
    return found


def _first(subject: dict[str, str], *kinds: str) -> str | None:
    return next((subject[kind] for kind in kinds if subject.get(kind)), None)


def _extensions(rest: list[Element]) -> dict[str, str]:
    """The texts of the enterprise's extensions; others are not looked into."""
    found: dict[str, str] = {}
    for part in rest:
        if part.tag != _EXTENSIONS_TAG:
            continue
        for extension in element(part.content).expect(SEQUENCE).children():
            fields = extension.children()
            kind = fields[0].oid()
            if kind in (ENTERPRISE_NAME, ORGANISATION_CODE):
                found[kind] = element(fields[-1].expect(OCTET_STRING).content).text().strip()
    return found


def _public_key(info: Element) -> PublicKey:
    algorithm, bits = info.expect(SEQUENCE).children()
    kind, *parameters = algorithm.children()
    content = bits.expect(BIT_STRING).content[1:]
    if kind.oid() == _RSA:
        modulus, exponent = element(content).expect(SEQUENCE).children()
        return RsaKey(modulus.integer(), exponent.integer())
    if kind.oid() != _EC or parameters[0].oid() != _SM2_CURVE:
        raise CertificateNotReadable("its key is neither RSA nor SM2")
    point = int.from_bytes(content[1 : 1 + sm2.SIZE], "big"), int.from_bytes(content[33:], "big")
    if len(content) != _POINT_SIZE or content[0] != 0x04 or not sm2.is_on_curve(*point):
        raise CertificateNotReadable("its SM2 key is not an uncompressed point of the curve")
    return Sm2Key(*point)
