"""Keys in files, the key made for tests, and what the worker makes of its settings."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from services.customs.clients.signers.software import (
    KeyNotUsable,
    make_test_key,
    rsa_key_in,
    sm2_key_in,
)
from services.customs.commands import verify_file
from services.customs.domain.messages.envelope import Envelope, write_envelope
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.signing.algorithms import Algorithm
from services.customs.domain.messages.signing.checking import Verified, verify
from services.customs.domain.messages.signing.signature import signed
from services.customs.settings import Settings
from services.customs.worker import signer_of
from shared.settings import SettingsError, load
from tests.support.signing import (
    DECLARANT,
    NOW,
    SM2_CERTIFICATE,
    SM2_KEY,
    STRANGER,
    a_message,
    a_signed_message,
    an_rsa_pair,
)

ROOT = Path(__file__).resolve().parents[3]
BODY = a_message().body
Environment = Callable[..., None]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Sets variables of the signer."""
    monkeypatch.setenv("CUSTOMS_DATABASE_URL", "postgresql://nowhere/none")

    def set_to(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"CUSTOMS_SIGNER_{name.upper()}", str(value))

    return set_to


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """rsa.key, rsa.pem, sm2.key, sm2.pem: keys and certificates."""
    key, certificate = an_rsa_pair().pem()
    (tmp_path / "rsa.key").write_text(key)
    (tmp_path / "rsa.pem").write_text(certificate)
    (tmp_path / "sm2.key").write_text(SM2_KEY)
    (tmp_path / "sm2.pem").write_text(SM2_CERTIFICATE)
    return tmp_path


@pytest.mark.parametrize("kind", ["rsa", "sm2"])
async def test_message_is_signed_with_a_key_in_a_file(
    kind: str, files: Path, environment: Environment
) -> None:
    if kind == "sm2":
        pytest.importorskip("gmssl_pyx", reason="no GmSSL for this machine")
    environment(kind=kind, key_file=files / f"{kind}.key", certificate_file=files / f"{kind}.pem")
    signer = signer_of(load(Settings))
    assert signer is not None
    signature = await signer.sign(BODY, holder=DECLARANT)
    found = verify(signed(BODY, signature))

    assert isinstance(found, Verified)
    assert found.algorithm is (Algorithm.RSA_SHA1 if kind == "rsa" else Algorithm.SM2_SM3)
    assert not signature.is_test


def test_sm2_signatures_are_openssls_too(tmp_path: Path, files: Path) -> None:
    pytest.importorskip("gmssl_pyx", reason="no GmSSL for this machine")
    raw = sm2_key_in(files / "sm2.key", files / "sm2.pem").sign_bytes(b"some text")
    numbers = b"".join(map(_integer, (raw[:32], raw[32:])))
    (tmp_path / "text").write_bytes(b"some text")
    (tmp_path / "value").write_bytes(b"\x30" + bytes([len(numbers)]) + numbers)
    try:
        subprocess.run(
            ["openssl", "x509", "-in", "sm2.pem", "-pubkey", "-noout", "-out", "public"],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("there is no openssl with SM2")
    command = "openssl dgst -sm3 -verify public -signature value -sigopt distid:1234567812345678"
    checked = subprocess.run(
        [*command.split(), "text"], cwd=tmp_path, check=False, capture_output=True
    )

    assert checked.returncode == 0, checked


def _integer(number: bytes) -> bytes:
    """In DER."""
    value = int.from_bytes(number, "big")
    content = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return b"\x02" + bytes([len(content)]) + content


async def test_test_key_names_the_declarant_and_is_known_at_sight(environment: Environment) -> None:
    environment(kind="test")
    settings = load(Settings)
    signer = signer_of(settings)
    assert signer is not None
    declarant = Party(settings.declarant_code, settings.declarant_name)
    signature = await signer.sign(BODY, holder=declarant)
    found = verify(signed(BODY, signature))

    assert isinstance(found, Verified)
    assert signature.is_test
    assert signature.key_name.startswith("7e57")
    assert b"Airlane test key, not for customs" in found.certificate.der


def test_every_process_makes_a_test_key_of_its_own() -> None:
    one, other = (make_test_key(DECLARANT, now=NOW).certificate for _ in range(2))

    assert one.public_key != other.public_key
    assert one.number != other.number
    assert one.is_valid_at(NOW)


def test_nobody_signs_where_that_is_wanted(environment: Environment) -> None:
    environment(kind="none")

    assert signer_of(load(Settings)) is None
    assert signed(BODY, None) == BODY


def test_remote_keys_are_read_from_the_settings(files: Path, environment: Environment) -> None:
    one = f'{{"url": "http://127.0.0.1:1", "certificate_file": "{files}/sm2.pem"}}'
    other = f'{{"url": "http://127.0.0.1:2", "certificate_file": "{files}/rsa.pem"}}'
    environment(kind="remote", remote_keys=f"[{one}, {other}]")
    signer = signer_of(load(Settings))
    assert signer is not None

    assert [key.key_name for key in signer.health()] == ["03000000000abc01", "01691fe9"]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"kind": "rsa"}, "CUSTOMS_SIGNER_KEY_FILE"),
        ({"kind": "sm2", "key_file": "a"}, "CUSTOMS_SIGNER_CERTIFICATE_FILE"),
        ({"kind": "remote"}, "CUSTOMS_SIGNER_REMOTE_KEYS"),
        ({"kind": "remote", "remote_keys": "[]"}, "CUSTOMS_SIGNER_REMOTE_KEYS"),
        ({"kind": "card"}, "CUSTOMS_SIGNER_KIND"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    values: dict[str, str], named: str, environment: Environment
) -> None:
    environment(**values)

    with pytest.raises(SettingsError, match=named):
        load(Settings)


def test_production_does_not_start_with_a_test_key(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(kind="test")
    monkeypatch.setenv("AIRLANE_ENV", "production")

    with pytest.raises(SettingsError, match="CUSTOMS_SIGNER_KIND"):
        load(Settings)


def test_files_that_are_no_pair_are_refused(files: Path, environment: Environment) -> None:
    key, _ = an_rsa_pair(STRANGER, key=1).pem()
    (files / "other.key").write_text(key)
    environment(kind="rsa", key_file=files / "other.key", certificate_file=files / "rsa.pem")

    with pytest.raises(SettingsError, match="not the key of its certificate"):
        signer_of(load(Settings))


@pytest.mark.parametrize(
    ("read", "key", "certificate"),
    [
        (rsa_key_in, "rsa.key", "sm2.pem"),
        (rsa_key_in, "sm2.key", "rsa.pem"),
        (rsa_key_in, "missing", "rsa.pem"),
        (rsa_key_in, "rsa.pem", "rsa.pem"),
        (rsa_key_in, "rsa.key", "rsa.key"),
        (sm2_key_in, "sm2.key", "rsa.pem"),
        (sm2_key_in, "rsa.key", "sm2.pem"),
        (sm2_key_in, "sm2.pem", "sm2.pem"),
        (sm2_key_in, "missing", "sm2.pem"),
    ],
)
def test_files_of_another_kind_are_refused(
    read: Callable[[Path, Path], object], key: str, certificate: str, files: Path
) -> None:
    with pytest.raises(KeyNotUsable):
        read(files / key, files / certificate)


def test_command_says_who_signed_the_message_in_an_envelope(tmp_path: Path) -> None:
    good = a_signed_message()
    for name, text in (("good", good), ("bad", good.replace(">HW1<", ">HW2<"))):
        envelope = Envelope("G", "DXPENT1", ("DXPEDC1",), NOW, "CEB603", text.encode())
        (tmp_path / name).write_text(write_envelope(envelope), encoding="utf-8")

    assert f"{DECLARANT.name} ({DECLARANT.code})" in verify_file(str(tmp_path / "good"))
    with pytest.raises(SettingsError, match="digest"):
        verify_file(str(tmp_path / "bad"))


def test_command_says_who_signed_a_file_and_refuses_one_that_was_changed(tmp_path: Path) -> None:
    good = a_signed_message()
    (tmp_path / "good.xml").write_text("\ufeff" + good, encoding="utf-8", newline="")
    (tmp_path / "bad.xml").write_text(good.replace(">HW1<", ">HW2<"), encoding="utf-8", newline="")

    line = verify_file(str(tmp_path / "good.xml"))
    assert f"{DECLARANT.name} ({DECLARANT.code})" in line
    assert "certificate 01691fe9" in line
    with pytest.raises(SettingsError, match="missing"):
        verify_file(str(tmp_path / "missing.xml"))
    command = [sys.executable, "-m", "services.customs", "verify", str(tmp_path / "bad.xml")]
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("customs: verify failed:")
    assert "digest: the message was changed" in refused.stderr
