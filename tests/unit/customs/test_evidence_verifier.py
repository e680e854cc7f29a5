"""The verifier runs without anything of ours, says what it checked, and finds every change."""

import ast
import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.customs.domain.evidence.archive import Archive
from services.customs.domain.evidence.entries import ActKind
from services.customs.domain.evidence.package import MANIFEST, ReceiptClaim, verifier_source
from services.customs.domain.evidence.pieces import OwnNumber
from services.customs.domain.evidence.verifier import verify as verifier
from tests.support.evidence import Ledger, a_departure, a_list_message, a_receipt_message

Files = dict[str, bytes]
LIST, DEPARTURE = "GUID-1", "GUID-2"
OWN = (OwnNumber("copNo", "B2"), OwnNumber("logisticsNo", "W2"))
ANSWERED = datetime(2026, 11, 22, 8, 30, 0, 123000, tzinfo=UTC)


def a_ledger() -> tuple[Ledger, str]:
    ledger = Ledger()
    ledger.strangers(5)
    ledger.deliver(a_list_message("A1", "B2", "C3"), LIST)
    ledger.act("dec_1", ActKind.RESEND)
    ledger.seal()
    ledger.strangers(6)
    ledger.deliver(a_departure("W1", "W2"), DEPARTURE)
    digest = ledger.receive(a_receipt_message(("A1", "120"), ("B2", "800")))
    ledger.seal()
    ledger.strangers(9)
    return ledger, digest


def a_package(*, view: Any = "whole") -> Files:
    ledger, digest = a_ledger()
    claims = [ReceiptClaim(digest, "B2", "800", ANSWERED)]
    return ledger.package(LIST, "dec_1", DEPARTURE, digest, view=view, numbers=OWN, receipts=claims)


def relisted(files: Files) -> Files:
    """As a forger would do it: the manifest fits the files again."""
    manifest = json.loads(files[MANIFEST])
    manifest["files"] = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name != MANIFEST
    }
    return {**files, MANIFEST: json.dumps(manifest).encode()}


def run(files: Files, folder: Path, *more: str) -> tuple[int, str]:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), *more]
    done = subprocess.run(command, capture_output=True, check=False, cwd="/")
    assert done.stderr == b"", done.stderr.decode()
    return done.returncode, done.stdout.decode()


def faults(files: Files, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """In this process, which is quicker."""
    report = verifier.Report()
    verifier.verify(files, None, report)
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAULT")]


@pytest.mark.parametrize("view", ["whole", "extract"])
def test_a_package_is_verified_by_python_alone(view: str, tmp_path: Path) -> None:
    status, said = run(a_package(view=view), tmp_path)

    assert status == 0, said
    assert "receipt 800 of 2026-11-22T08:30:00.123000Z for B2 is in it" in said
    assert "document B2 (copNo) is in it" in said
    assert "document W2 (logisticsNo) is in it" in said
    assert said.rstrip().endswith(" 0 faults")


def test_the_zip_is_verified_as_it_is(tmp_path: Path) -> None:
    archive = Archive()
    parts = [archive.add(name, content) for name, content in a_package().items()]
    (tmp_path / "evidence.zip").write_bytes(b"".join([*parts, archive.close()]))
    (tmp_path / "verify.py").write_bytes(verifier_source())

    status, said = run({}, tmp_path, str(tmp_path / "evidence.zip"))

    assert status == 0, said


def test_the_verifier_needs_python_3_9_only() -> None:
    tree = ast.parse(verifier_source(), feature_version=(3, 9))

    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names


def test_an_extract_has_nothing_of_others() -> None:
    files = a_package(view="extract")

    everything = b"".join(files.values())
    assert b">B2<" in everything
    for foreign in (b">A1<", b">C3<", b">W1<"):
        assert foreign not in everything


@pytest.mark.parametrize("view", ["whole", "extract"])
def test_any_changed_file_is_named(view: str, tmp_path: Path) -> None:
    files = a_package(view=view)
    for name in set(files) - {MANIFEST, "verify.py"}:
        changed = {**files, name: files[name] + b" "}
        report = verifier.Report()
        verifier.verify(changed, None, report)
        assert report.faults, name
    status, said = run({**files, "timeline.json": b"{}"}, tmp_path)
    assert status == 1
    assert "FAULT  timeline.json: its bytes were changed" in said


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["whole", "extract"]), st.data())
def test_any_changed_byte_of_a_message_or_an_entry_is_found(view: str, data: st.DataObject) -> None:
    files = PACKAGES[view]
    names = [name for name in sorted(files) if name.startswith(("messages/", "entries/"))]
    name = data.draw(st.sampled_from(names))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != files[name][at]))
    changed = files[name][:at] + bytes([byte]) + files[name][at + 1 :]

    report = verifier.Report()
    verifier.verify(relisted({**files, name: changed}), None, report)

    assert report.faults


PACKAGES = {view: a_package(view=view) for view in ("whole", "extract")}


def edit(change: Callable[[Any], None], name: str = MANIFEST) -> Callable[[Files], Files]:
    def edited(files: Files) -> Files:
        document = json.loads(files[name])
        change(document)
        return {**files, name: json.dumps(document).encode()}

    return edited


def _swap(manifest: Any) -> None:
    one, other = manifest["entries"][:2]
    one["place"], other["place"] = other["place"], one["place"]


def _claim_an_entry_twice(manifest: Any) -> None:
    manifest["entries"][0] = {**manifest["entries"][0], "place": 1}


def _name_a_document(manifest: Any) -> None:
    manifest["entries"][0]["documents"] = [{"element": "copNo", "number": "Z9"}]


def _name_a_receipt(manifest: Any) -> None:
    manifest["entries"][3]["receipts"][0]["return_status"] = "120"


def _another_time(manifest: Any) -> None:
    manifest["entries"][3]["receipts"][0]["return_time"] = "2026-11-23T08:30:00Z"


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (edit(_swap), "it is not entry 2 of 2 in block 6"),
        (edit(_claim_an_entry_twice), "it is not entry 2 of 2 in block 6"),
        (edit(_name_a_document), "document Z9 (copNo) is not in it"),
        (edit(_name_a_receipt), "receipt 120 of 2026-11-22T08:30:00.123000Z for B2 is not in it"),
        (edit(_another_time), "receipt 800 of 2026-11-23T08:30:00Z for B2 is not in it"),
        (edit(lambda one: one[0].update(entries=9), "chain.json"), "it is not the head"),
        (edit(lambda one: one[1].update(sealed_at="2020"), "chain.json"), "has its hash"),
        (edit(lambda one: one[-1].update(root="0" * 64), "chain.json"), "has its hash"),
        (edit(lambda one: one.insert(1, one[-1] | {"number": 3}), "chain.json"), "block 3: no"),
        (edit(lambda one: one.pop(1), "chain.json"), "has its hash"),
        (edit(lambda one: one["head"].update(hash="0" * 64)), "it is not the head"),
        (edit(lambda one: one["entries"][0]["path"].clear()), "its place or its path was changed"),
        (edit(lambda one: one["entries"][0].update(block=7)), "it is not entry 1 of"),
    ],
)
def test_a_forgery_is_found_and_named(
    forge: Callable[[Files], Files], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = faults(relisted(forge(PACKAGES["whole"])), capsys)

    assert any(said in line for line in found), found


def _refusal() -> bytes:
    inside = a_list_message("A1", "B2").decode()
    return (
        '<CEB900Message guid="G" version="1.0"><MessageReturn><returnStatus>-621016</returnStatus>'
        "<returnTime>2026-11-22T16:30:00.123</returnTime>"
        f"<oriBizMessage><![CDATA[{inside}]]></oriBizMessage></MessageReturn></CEB900Message>"
    ).encode()


def _in_an_envelope() -> bytes:
    inside = base64.b64encode(a_receipt_message(("B2", "-621016"))).decode()
    return (
        '<d:DxpMsg xmlns:d="http://www.chinaport.gov.cn/dxp" ver="1.0"><d:TransInfo/>'
        f"<d:Data>{inside}</d:Data></d:DxpMsg>"
    ).encode()


def _as_json() -> bytes:
    at = "2026-11-22T08:30:00.123Z"
    receipt = {"cop_no": "B2", "return_status": "-621016", "return_time": at}
    return json.dumps({"items": [receipt]}).encode()


def _as_gbk() -> bytes:
    text = a_receipt_message(("B2", "-621016")).decode()
    return text.replace("UTF-8", "gb2312").replace("?>\n", "?>\n<!--中-->").encode("gb18030")


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (_refusal(), "0193AAAA-0000-7000-8000-000000000001"),
        (_in_an_envelope(), "B2"),
        (_as_json(), "B2"),
        (_as_gbk(), "B2"),
    ],
    ids=["refusal of a message", "envelope", "json", "gbk"],
)
def test_a_receipt_is_found_however_it_came(
    raw: bytes, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = Ledger()
    digest = ledger.receive(raw)
    ledger.seal()

    def claimed(status: str) -> Files:
        claims = [ReceiptClaim(digest, number, status, ANSWERED)]
        return ledger.package(digest, receipts=claims)

    assert faults(claimed("-621016"), capsys) == []
    assert len(faults(claimed("120"), capsys)) == 1


def test_what_is_added_to_an_extract_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    files = PACKAGES["extract"]
    name = next(name for name in files if name.endswith(".extract.xml"))

    found = faults(relisted({**files, name: files[name] + b"<!-- more -->"}), capsys)

    assert found == [f"FAULT  {name}: there is more in it than the pieces of the message"]


@pytest.mark.parametrize("view", ["whole", "extract"])
@pytest.mark.parametrize("kept", [None, a_list_message("B2")])
def test_a_message_that_is_kept_no_more_or_was_changed_is_found(
    view: Any, kept: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger, _ = a_ledger()
    if kept is None:
        del ledger.raw[LIST]
    else:
        ledger.raw[LIST] = kept

    found = faults(ledger.package(LIST, view=view, numbers=OWN), capsys)

    assert len(found) == 1
    assert "the message that was sealed" in found[0] or "it is not the message" in found[0]


def test_an_extract_is_not_made_by_other_rules_than_those_of_the_entry(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ledger, _ = a_ledger()
    ledger.sealed[LIST] = replace(ledger.sealed[LIST], secret=b"another")

    files = ledger.package(LIST, view="extract", numbers=OWN)

    assert faults(files, capsys) == []
    assert not any(name.startswith("messages/") for name in files)


def test_a_file_more_and_a_file_less_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    files = PACKAGES["whole"]
    less = {name: content for name, content in files.items() if name != "timeline.json"}

    assert "timeline.json: the manifest lists it" in faults(less, capsys)[0]
    assert "more.txt: it is in the package" in faults({**files, "more.txt": b""}, capsys)[0]


def test_a_chain_that_was_built_anew_is_not_the_one_that_was_noted(tmp_path: Path) -> None:
    ledger, _ = a_ledger()
    noted = f"9:{ledger.blocks[9].hash.hex()}"
    forged, _ = a_ledger()  # the same facts, other ids: another chain

    true = ledger.package(LIST, head=9)
    false = forged.package(LIST, head=9)

    (tmp_path / "true").mkdir()
    (tmp_path / "false").mkdir()
    assert run(true, tmp_path / "true", "--head", noted)[0] == 0
    status, said = run(false, tmp_path / "false", "--head", noted)
    assert status == 1
    assert "block 9 is not the one that was noted" in said


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b'{"format": "other"}', b"\xff"])
def test_what_is_no_package_is_refused(content: bytes, tmp_path: Path) -> None:
    status, said = run({"verify.py": verifier_source(), MANIFEST: content}, tmp_path)

    assert status == 2
    assert said.startswith("FAULT")
