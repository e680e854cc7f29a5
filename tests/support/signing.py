"""Keys, certificates and messages for tests of signing. All of it is made up, and public."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from services.customs.domain.messages.document import Document
from services.customs.domain.messages.kinds.movements import CEB509
from services.customs.domain.messages.message import OutgoingMessage, compose, transfer_of
from services.customs.domain.messages.numbering import new_guid
from services.customs.domain.messages.parties import Parties, Party
from services.customs.domain.messages.senders import Sender
from services.customs.domain.messages.signing.algorithms import Algorithm
from services.customs.domain.messages.signing.certificate import Certificate, certificate_of_der
from services.customs.domain.messages.signing.signature import (
    Signature,
    prepare,
    signature_of,
    signed,
)

DECLARANT = Party("91420700MAA1RL001K", "示例报关有限公司")
STRANGER = Party("91420700MAA1RL002N", "示例跨境电商有限公司")
NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)

# Made with openssl for this file: a key nobody uses. Its certificate names DECLARANT the way cards
# of China's e-port do, has the number 03000000000abc01, and is valid until 2126.
SM2_KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgsRXFe7xZIzBESVX6
rulSeudxGQLgd/3TXJilKKvZ+RChRANCAATksYXw1xccqQpX5XBTbNp1TkJh88i8
QfkQNN6YUzXo67wWnhyLRK9AoSh8hebjqZ9LiyLU3rTGBH6zDbRDhHlq
-----END PRIVATE KEY-----
"""
SM2_CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIB7zCCAZagAwIBAgIIAwAAAAAKvAEwCgYIKoEcz1UBg3UwQTELMAkGA1UEBhMC
Q04xITAfBgNVBAsMGOekuuS+i+aKpeWFs+aciemZkOWFrOWPuDEPMA0GA1UEAwwG
5rWL6K+VMCAXDTI2MTEyNzIwMDYxNVoYDzIxMjYxMTAzMjAwNjE1WjBBMQswCQYD
VQQGEwJDTjEhMB8GA1UECwwY56S65L6L5oql5YWz5pyJ6ZmQ5YWs5Y+4MQ8wDQYD
VQQDDAbmtYvor5UwWTATBgcqhkjOPQIBBggqgRzPVQGCLQNCAATksYXw1xccqQpX
5XBTbNp1TkJh88i8QfkQNN6YUzXo67wWnhyLRK9AoSh8hebjqZ9LiyLU3rTGBH6z
DbRDhHlqo3YwdDAOBgNVHQ8BAf8EBAMCBsAwKAYKKwYBBAGpQ2QFAQQaDBjnpLrk
vovmiqXlhbPmnInpmZDlhazlj7gwGQYKKwYBBAGpQ2QFCwQLDAlNQUExUkwwMDEw
HQYDVR0OBBYEFDtdkrP03cLBrjeqWd1m71axvOH6MAoGCCqBHM9VAYN1A0cAMEQC
IDTBAnHrsBDbZhtlfgbt65eR1SA0qEuR05n2cAfuqo3jAiAFSbMEQ5IyBrUxKYpw
yQ8zRbmY465Hy6YOJueawBFKtg==
-----END CERTIFICATE-----
"""


@dataclass(frozen=True)
class RsaPair:
    key: rsa.RSAPrivateKey
    certificate: Certificate

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA1())

    def pem(self) -> tuple[str, str]:
        """Key and certificate."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        certificate = x509.load_der_x509_certificate(self.certificate.der)
        return key.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


@cache
def an_rsa_key(number: int) -> rsa.RSAPrivateKey:
    """The same one for the same number: making them takes long."""
    assert number >= 0
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def an_rsa_pair(
    party: Party = DECLARANT,
    *,
    number: int = 0x01691FE9,
    valid_from: datetime = NOW - timedelta(days=10),
    valid_until: datetime = NOW + timedelta(days=3650),
    key: int = 0,
) -> RsaPair:
    private = an_rsa_key(key)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, party.name),
            x509.NameAttribute(NameOID.COMMON_NAME, "测试人员"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, party.code),
        ]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(number)
        .not_valid_before(valid_from)
        .not_valid_after(valid_until)
        .sign(private, hashes.SHA256())
    )
    der = made.public_bytes(serialization.Encoding.DER)
    return RsaPair(private, certificate_of_der(der))


def a_message(documents: int = 1) -> OutgoingMessage:
    """A CEB509 with text that XML has to escape."""
    head: dict[str, str | None] = {
        "guid": "01900000-0000-7000-8000-000000000000",
        "appType": "1",
        "logisticsName": "示例 & <国际> 物流",
        "note": "\ta \"note\" of 'two'\r\nlines",
    }
    lines: tuple[dict[str, str | None], ...] = ({"gnum": "1", "logisticsNo": "HW1"},)
    parties = Parties(
        declarant=DECLARANT,
        merchant=STRANGER,
        platform=STRANGER,
        carrier=STRANGER,
        dxp_id="DXPENT0000000000",
        customs_code="4700",
        port_code="4700",
    )
    return compose(
        CEB509,
        [Document(head, lines)] * documents,
        guid=new_guid(),
        declaration_ids=["dec_1"],
        transfer=transfer_of(Sender.of_declarant(parties)),
    )


def a_signature(body: str, pair: RsaPair | None = None) -> Signature:
    pair = pair or an_rsa_pair()
    to_sign = prepare(body, Algorithm.RSA_SHA1)
    return signature_of(
        to_sign,
        pair.sign(to_sign.signed_info),
        certificate=pair.certificate,
        at=NOW,
        is_test=True,
    )


def a_signed_message(pair: RsaPair | None = None) -> str:
    body = a_message().body
    return signed(body, a_signature(body, pair))
