"""Verifies a package of evidence about a declaration. Needs Python 3.9 or later and nothing else:

    python verify.py                      the package in the folder of this file
    python verify.py evidence.zip         a package that was not unpacked, or another folder
    python verify.py … --head 1234:9f…    the block that was noted earlier (number:hash)

Says what was checked, one line each. Exit status: 0 no fault, 1 faults, 2 no package.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
import zlib
from base64 import b64decode
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from services.customs.domain.evidence.verifier.signatures import (
    NotPlain,
    is_digest,
    is_signed,
    signature_parts,
)

# A JSON object; each check names the members that it needs.
Members = Any
FORMAT = "airlane-evidence/1"
MANIFEST = "manifest.json"
CHAIN = "chain.json"
NAME = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")
BROKEN = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
BROKEN_ZIP = (OSError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error)


class Report:
    """Prints a line for each check, and counts."""

    def __init__(self) -> None:
        self.checks = 0
        self.faults = 0

    def say(self, mark: str, text: str) -> None:
        sys.stdout.write(f"{mark:<6} {text}\n")

    def check(self, is_right: bool, good: str, bad: str) -> bool:
        self.checks += 1
        self.faults += not is_right
        self.say("ok" if is_right else "FAULT", good if is_right else bad)
        return is_right

    def fault(self, text: str) -> None:
        self.check(False, "", text)


# Hashes: SHA-256, Merkle trees as in RFC 6962.


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def block_hash(header: Any) -> str:
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"\x02" + text.encode()).hexdigest()


def root_by_path(leaf: bytes, place: int, leaves: int, path: list[str]) -> str:
    """In hex digits; empty if it is no path of a tree of so many leaves."""
    if not 0 <= place < leaves:
        return ""
    found, beside = leaf, [bytes.fromhex(one) for one in reversed(path)]
    while leaves > 1:
        if place ^ 1 < leaves:
            if not beside:
                return ""
            other = beside.pop()
            found = node_hash(other, found) if place % 2 else node_hash(found, other)
        place, leaves = place // 2, (leaves + 1) // 2
    return "" if beside else found.hex()


# The package.


def read_package(place: Path) -> dict[str, bytes]:
    """Files by name. Raises OSError, ValueError, zipfile.BadZipFile."""
    if place.is_dir():
        files = (path for path in place.rglob("*") if path.is_file())
        return {path.relative_to(place).as_posix(): path.read_bytes() for path in files}
    with zipfile.ZipFile(place) as package:
        names = package.namelist()
        if len(set(names)) != len(names):
            raise ValueError("the zip has two files of one name")
        return {name: package.read(name) for name in names if not name.endswith("/")}


def check_files(report: Report, files: dict[str, bytes], listed: dict[str, str]) -> None:
    before = report.faults
    for name, digest in sorted(listed.items()):
        if not NAME.fullmatch(name) or name not in files:
            report.fault(f"{name}: the manifest lists it, but it is missing")
        elif sha256(files[name]) != digest:
            report.fault(f"{name}: its bytes were changed: not the SHA-256 that the manifest lists")
    for name in sorted(files.keys() - listed.keys() - {MANIFEST}):
        if not name.startswith("__pycache__/"):
            report.fault(f"{name}: it is in the package, but the manifest does not list it")
    if report.faults == before:
        report.check(True, f"the {len(listed)} files are those that the manifest lists", "")


def check_chain(
    report: Report, headers: list[Members], head: Members, noted: str | None
) -> dict[int, Members]:
    """The blocks that are linked with the head, by number."""
    hashes = {header["number"]: block_hash(header) for header in headers}
    linked: dict[int, Members] = {}
    for header in sorted(headers, key=lambda one: -one["number"]):
        number = header["number"]
        if not linked:
            is_linked = number == head["number"] and hashes[number] == head["hash"]
            why = f"block {number}: it is not the head that the manifest names, or was rewritten"
        else:
            above = linked.get(number + 1)
            is_linked = above is not None and above["previous"] == hashes[number]
            for upper, one in linked.items():
                if upper & (upper - 1) == number:
                    is_linked = is_linked or one["skip"] == hashes[number]
            why = f"block {number}: no block above it has its hash: it was rewritten or inserted"
        if is_linked:
            linked[number] = header
        else:
            report.fault(f"{CHAIN}: {why}")
            if not linked:
                return linked
    text = f"the chain from its head, block {head['number']} ({head['hash']}): {len(linked)} blocks"
    report.check(len(linked) == len(headers), text, f"{CHAIN}: some blocks do not belong to it")
    if noted is not None:
        number, _, digest = noted.partition(":")
        is_noted = number.isdigit() and int(number) in linked
        is_noted = is_noted and hashes[int(number)] == digest.lower()
        good = f"block {number} is the one that was noted earlier"
        report.check(is_noted, good, f"{CHAIN}: block {number} is not the one that was noted")
    else:
        report.say("note", "compare the head with one that you noted earlier: --head number:hash")
    return linked


def check_entry(
    report: Report, files: dict[str, bytes], listed: Members, blocks: dict[int, Members]
) -> Any:
    """The entry, or None if it is not proven."""
    name, number, place = listed["file"], listed["block"], listed["place"]
    content = files[name]
    header = blocks.get(number)
    if header is None:
        report.fault(f"{name}: block {number}, in which it was sealed, is not in the chain")
        return None
    root = root_by_path(leaf_hash(content), place, header["entries"], listed["path"])
    where = f"entry {place + 1} of {header['entries']} in block {number}"
    if root != header["root"]:
        report.fault(f"{name}: it is not {where}: the entry, its place or its path was changed")
        return None
    entry = json.loads(content)
    what = f"{entry['kind']} {entry['at']}"
    report.check(True, f"{name}: {what}, {where}, sealed {header['sealed_at']}", "")
    return entry


def check_message(
    report: Report, files: dict[str, bytes], listed: Members, entry: Any
) -> bytes | None:
    """The bytes that are proven, or None."""
    message = listed["message"]
    if "file" not in message:
        report.say("note", f"message {entry['sha256']} is sealed, but not shown: {message['why']}")
        return None
    name, raw = message["file"], files[message["file"]]
    if "pieces" not in message:
        is_whole = sha256(raw) == entry["sha256"]
        good = f"{name}: the whole message, {len(raw)} bytes, SHA-256 {entry['sha256']}"
        bad = f"{name}: it is not the message that was sealed (SHA-256 {entry['sha256']})"
        return raw if report.check(is_whole, good, bad) else None
    at = 0
    for piece in message["pieces"]:
        end = at + piece["bytes"]
        leaf = leaf_hash(bytes.fromhex(piece["salt"]) + raw[at:end])
        root = root_by_path(leaf, piece["place"], entry["pieces"], piece["path"])
        if root != entry["pieces_root"]:
            report.fault(f"{name}, bytes {at} to {end}: not piece {piece['place']} of the message")
            return None
        at = end
    good = (
        f"{name}: {len(message['pieces'])} of the {entry['pieces']} pieces of a message of "
        f"{entry['bytes']} bytes, SHA-256 {entry['sha256']}; the others are not shown"
    )
    bad = f"{name}: there is more in it than the pieces of the message"
    return raw if report.check(at == len(raw), good, bad) else None


# What the messages say.


def parsed(raw: bytes) -> Any:
    """XML as elements, JSON as it is. Raises ValueError, ParseError."""
    if raw.lstrip()[:1] in (b"{", b"["):
        return json.loads(raw)
    declared = re.match(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=[\"']([\w.-]+)", raw)
    encoding = declared[1].decode() if declared else "utf-8-sig"
    encoding = "gb18030" if encoding.lower() in ("gb2312", "gbk") else encoding
    text = raw.decode("utf-8-sig" if encoding.lower() == "utf-8" else encoding)
    if "<!DOCTYPE" in text:
        raise ValueError("it has a document type declaration")
    text = re.sub(r"^\s*<\?xml.*?\?>", "", text, count=1, flags=re.DOTALL)
    root = ET.fromstring(text)  # noqa: S314 - without a document type nothing can be expanded
    if local(root) != "DxpMsg":
        return root
    inside = next(one.text or "" for one in root if local(one) == "Data")
    return parsed(b64decode("".join(inside.split())))


def local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def fields_of(document: Any) -> list[dict[str, str]]:
    """Every element that has children, and every JSON object, as its fields."""
    if isinstance(document, dict):
        below = [one for value in document.values() for one in fields_of(value)]
        words = {k.replace("_", "").lower(): str(v) for k, v in document.items()}
        return [words, *below]
    if isinstance(document, list):
        return [one for value in document for one in fields_of(value)]
    if not isinstance(document, ET.Element):
        return []
    return [
        {local(child).lower(): (child.text or "").strip() for child in element}
        for element in document.iter()
    ]


CHINA = timezone(timedelta(hours=8))


def instant(text: str) -> datetime | None:
    """yyyyMMddHHmmssfff of China's clock, or an ISO instant. None: of another form."""
    try:
        if re.fullmatch(r"[0-9]{14}(?:[0-9]{3})?", text):
            return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(
                microsecond=int(text[14:] or 0) * 1000, tzinfo=CHINA
            )
        # Python 3.9 knows no Z.
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))  # noqa: FURB162
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def says(fields: dict[str, str], claim: dict[str, str]) -> bool:
    """Whether it is the receipt: its document's number, its code, customs' time. One that refuses a
    whole message has that inside, and the number is its guid.
    """
    number = claim["number"].upper()
    refused = fields.get("oribizmessage", "").upper()
    is_about = number in refused or number in (value.upper() for value in fields.values())
    at = instant(fields.get("returntime", ""))
    return (
        is_about
        and fields.get("returnstatus") == claim["return_status"]
        and at in (None, instant(claim["return_time"]))
    )


def check_claims(report: Report, listed: Members, raw: bytes) -> None:
    name = listed["message"]["file"]
    found = fields_of(parsed(raw))
    for claim in listed.get("documents", []):
        element, number = claim["element"], claim["number"]
        is_there = any(one.get(element.lower()) == number for one in found)
        what = f"{name}: document {number} ({element})"
        report.check(is_there, f"{what} is in it", f"{what} is not in it")
    for claim in listed.get("receipts", []):
        is_there = any("returnstatus" in one and says(one, claim) for one in found)
        what = f"receipt {claim['return_status']} of {claim['return_time']} for {claim['number']}"
        report.check(is_there, f"{name}: {what} is in it", f"{name}: {what} is not in it")


def check_signature(report: Report, listed: Members, entry: Any, raw: bytes) -> None:
    name = listed["message"]["file"]
    sealed = entry.get("signature")
    if sealed is None:
        report.check(b"Signature>" not in raw, f"{name}: it is unsigned", f"{name}: not unsigned")
        return
    is_whole = "pieces" not in listed["message"]
    try:
        parts = signature_parts(raw.decode())
    except NotPlain as error:
        report.say("note", f"{name}: its signature was not checked: {error}")
        return
    is_key = sha256(parts.certificate) == sealed["certificate_sha256"]
    good = f"{name}: the certificate {sealed['key_name']}, SHA-256 {sealed['certificate_sha256']}"
    report.check(is_key, good, f"{name}: the certificate is not the one that was sealed")
    report.check(
        is_signed(parts),
        f"{name}: the key of the certificate made the signature ({parts.method})",
        f"{name}: the key of the certificate did not make the signature",
    )
    if is_whole:
        good = f"{name}: the message is the one that was signed"
        report.check(is_digest(parts), good, f"{name}: it was changed after it was signed")
    else:
        report.say("note", f"{name}: that the whole was signed needs the whole message")


def verify(files: dict[str, bytes], noted: str | None, report: Report) -> None:
    manifest = json.loads(files[MANIFEST])
    if manifest["format"] != FORMAT:
        raise ValueError(f"the format {manifest['format']} is not known to this verifier")
    report.say("", f"evidence about declaration {manifest['declaration_id']}")
    check_files(report, files, manifest["files"])
    headers = json.loads(files[CHAIN])
    blocks = check_chain(report, headers, manifest["head"], noted) if headers else {}
    for listed in manifest["entries"]:
        try:
            entry = check_entry(report, files, listed, blocks)
            if entry is None or entry["kind"] == "act":
                continue
            message = listed.get("message")
            if message is None or ("file" not in message and manifest["view"] == "whole"):
                report.fault(f"{listed['file']}: the message that was sealed is not there any more")
                continue
            raw = check_message(report, files, listed, entry)
            if raw is not None:
                check_claims(report, listed, raw)
                if entry["kind"] == "delivered":
                    check_signature(report, listed, entry, raw)
        except (*BROKEN, ET.ParseError) as error:
            report.fault(f"{listed.get('file')}: what belongs to it cannot be read: {error!r}")
    if manifest["pending"]:
        report.say("note", f"{manifest['pending']} facts are left out: not sealed yet")
    report.say("note", "timeline.json is what the system shows; the chain does not prove it")


def main(arguments: list[str]) -> int:
    noted = None
    if "--head" in arguments:
        at = arguments.index("--head")
        noted = "".join(arguments[at + 1 : at + 2])
        del arguments[at : at + 2]
    place = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    report = Report()
    try:
        verify(read_package(place), noted, report)
    except (*BROKEN_ZIP, *BROKEN, ET.ParseError) as error:
        sys.stdout.write(f"FAULT  {place} is no package of evidence that can be read: {error!r}\n")
        return 2
    sys.stdout.write(f"\n{report.checks} checks, {report.faults} faults\n")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
