"""SM2, SM3, certificates and their holders. Oracles: the standards' own examples, OpenSSL's reading
of certificates, and OpenSSL's SM2 where its command is installed.
"""

import hashlib
import shutil
import subprocess
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.signing import sm2
from services.customs.domain.messages.signing.algorithms import Algorithm
from services.customs.domain.messages.signing.certificate import (
    CertificateNotReadable,
    certificate_of_der,
    certificate_of_pem,
)
from services.customs.domain.messages.signing.holder import holder_differences, strangers
from services.customs.domain.messages.signing.keys import RsaKey, Sm2Key
from tests.support.signing import (
    DECLARANT,
    NOW,
    SM2_CERTIFICATE,
    SM2_KEY,
    STRANGER,
    an_rsa_key,
    an_rsa_pair,
)

OPENSSL = shutil.which("openssl")
# GB/T 32918.5-2017, annex A.2: the signature of "message digest".
POINT = (
    0x09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020,
    0xCCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13,
)
R = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
S = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


def test_sm3_of_the_standards_examples() -> None:
    # GB/T 32905-2016, annex A.
    assert Algorithm.SM2_SM3.digest(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
    assert Algorithm.SM2_SM3.digest(b"abcd" * 16).hex() == (
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


def test_sm2_signature_of_the_standards_example_is_valid_for_nothing_else() -> None:
    signature = bytes.fromhex(R + S)

    assert sm2.is_valid(POINT, b"message digest", signature)
    assert not sm2.is_valid(POINT, b"message digesT", signature)
    assert not sm2.is_valid(POINT, b"message digest", bytes.fromhex(S + R))
    assert not sm2.is_valid(POINT, b"message digest", signature, signer_id=b"ALICE123@YAHOO.COM")
    assert not sm2.is_valid((POINT[0], POINT[1] + 1), b"message digest", signature)


@pytest.mark.parametrize(
    ("r", "s"), [(0, int(S, 16)), (int(R, 16), 0), (N, 1), (1, N), (int(R, 16), N - int(R, 16))]
)
def test_sm2_refuses_numbers_out_of_range(r: int, s: int) -> None:
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")

    assert not sm2.is_valid(POINT, b"message digest", signature)
    assert not sm2.is_valid(POINT, b"message digest", signature[1:])


@pytest.mark.skipif(OPENSSL is None, reason="the command openssl is not installed")
def test_sm2_of_openssl_is_valid(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(SM2_KEY)
    (tmp_path / "text").write_bytes(b"some text")
    made = subprocess.run(
        [*f"{OPENSSL} dgst -sm3 -sign key.pem -sigopt distid:1234567812345678".split(), "text"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("this openssl was built without SM2")
    key = certificate_of_pem(SM2_CERTIFICATE).public_key

    assert key.is_valid(b"some text", _raw(made.stdout))
    assert not key.is_valid(b"some other text", _raw(made.stdout))


def _raw(der: bytes) -> bytes:
    """r and s, 32 bytes each, of an ECDSA-Sig-Value."""
    size = der[3]
    r, s = der[4 : 4 + size], der[6 + size :]
    return b"".join(int.from_bytes(n, "big").to_bytes(32, "big") for n in (r, s))


def test_rsa_signature_is_valid_only_as_a_whole() -> None:
    pair = an_rsa_pair()
    value, key = pair.sign(b"text"), pair.certificate.public_key
    assert isinstance(key, RsaKey)

    assert key.is_valid(b"text", value)
    assert not key.is_valid(b"texT", value)
    assert not key.is_valid(b"text", b"\x00" + value)
    assert not key.is_valid(
        b"text", (key.modulus + int.from_bytes(value, "big")).to_bytes(257, "big")
    )


def test_rsa_padding_with_room_for_a_forgery_is_refused() -> None:
    # Bleichenbacher 2006: what stands behind the digest must be nothing.
    key = an_rsa_key(0).private_numbers()
    info = bytes.fromhex("3021300906052b0e03021a05000414") + hashlib.sha1(b"text").digest()
    padded = b"\x00\x01" + b"\xff" * 8 + b"\x00" + info
    number = int.from_bytes(padded + bytes(256 - len(padded)), "big")
    forged = pow(number, key.d, key.public_numbers.n).to_bytes(256, "big")

    assert not an_rsa_pair().certificate.public_key.is_valid(b"text", forged)


def test_certificate_reads_as_openssl_reads_it() -> None:
    der = an_rsa_pair(number=0x81FF).certificate.der
    ours, theirs = certificate_of_der(der), x509.load_der_x509_certificate(der)

    assert int(ours.number, 16) == theirs.serial_number == 0x81FF
    assert ours.number == "81ff"
    assert ours.valid_from == theirs.not_valid_before_utc
    assert ours.valid_until == theirs.not_valid_after_utc
    assert ours.public_key == RsaKey(an_rsa_key(0).public_key().public_numbers().n, 65537)
    assert (ours.holder_name, ours.holder_code) == (DECLARANT.name, DECLARANT.code)


def test_certificate_of_a_card_reads_although_its_curve_is_unknown_to_the_library() -> None:
    ours = certificate_of_pem(SM2_CERTIFICATE)
    theirs = x509.load_pem_x509_certificate(SM2_CERTIFICATE.encode())

    assert ours.number == "03000000000abc01"
    assert int(ours.number, 16) == theirs.serial_number
    assert ours.valid_until == theirs.not_valid_after_utc
    assert isinstance(ours.public_key, Sm2Key)
    # The subject's common name is a person.
    assert (ours.holder_name, ours.holder_code) == (DECLARANT.name, DECLARANT.code[8:17])


@given(at=st.integers(min_value=0), byte=st.integers(0, 255), end=st.integers(min_value=0))
def test_damaged_certificate_is_read_or_refused(at: int, byte: int, end: int) -> None:
    der = bytearray(b64decode("".join(SM2_CERTIFICATE.splitlines()[1:-1])))
    der[at % len(der)] = byte
    for damaged in (bytes(der), bytes(der[: end % len(der)])):
        try:
            certificate_of_der(damaged)
        except CertificateNotReadable:
            continue


@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----", SM2_KEY])
def test_file_without_a_certificate_is_refused(text: str) -> None:
    with pytest.raises(CertificateNotReadable):
        certificate_of_pem(text)


def test_validity_ends_with_its_last_second_and_alarms_30_days_before() -> None:
    until = datetime(2027, 1, 31, 12, tzinfo=UTC)
    certificate = an_rsa_pair(valid_until=until).certificate

    assert certificate.is_valid_at(until)
    assert not certificate.is_valid_at(until + timedelta(seconds=1))
    assert not certificate.is_valid_at(NOW - timedelta(days=11))
    assert not certificate.expires_soon_at(until - timedelta(days=30))
    assert certificate.expires_soon_at(until - timedelta(days=30) + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("party", "different"),
    [
        (DECLARANT, ()),
        (Party(DECLARANT.code, STRANGER.name), ("name",)),
        (Party(STRANGER.code, DECLARANT.name), ("code",)),
        (STRANGER, ("code", "name")),
        # The customs registration number stands on no card: nothing to compare.
        (Party("4207960001", DECLARANT.name), ()),
        (Party("4207960001", STRANGER.name), ("name",)),
    ],
)
@pytest.mark.parametrize("is_card", [True, False])
def test_party_is_compared_with_the_holder(
    party: Party, different: tuple[str, ...], is_card: bool
) -> None:
    certificate = certificate_of_pem(SM2_CERTIFICATE) if is_card else an_rsa_pair().certificate

    assert tuple(one.field for one in holder_differences(certificate, party)) == different


def test_strangers_of_a_message_are_named_once() -> None:
    certificate = an_rsa_pair().certificate

    assert strangers(certificate, [DECLARANT, STRANGER, DECLARANT, STRANGER]) == (STRANGER,)
    assert strangers(certificate, [DECLARANT]) == ()
