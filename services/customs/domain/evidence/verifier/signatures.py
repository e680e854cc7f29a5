"""Checks the signature of a CEB message by itself: RSA with SHA-1, and SM2 with SM3. A part of
verify.py, in which it is put as it is: needs Python 3.9 and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode


class NotPlain(ValueError):
    """The message is not in the plain form in which its canonical bytes can be seen."""


class SignatureParts:
    """What the signature of a message consists of. `signed`: the canonical message without it;
    `info`: the canonical SignedInfo; `method`: rsa-sha1 or sm2-sm3.
    """

    def __init__(self, signed: bytes, info: bytes, signature: str) -> None:
        self.signed = signed
        self.info = info
        method = re.search(r"<ds:SignatureMethod Algorithm=\"[^\"]*#([\w-]+)\"", signature)
        self.method = method[1] if method else ""
        self.digest, self.value, self.certificate = (
            b64decode("".join(_text(signature, name).split()))
            for name in ("DigestValue", "SignatureValue", "X509Certificate")
        )


def _text(signature: str, name: str) -> str:
    found: list[str] = re.findall(f"<ds:{name}>([^<]*)</ds:{name}>", signature)
    if len(found) != 1:
        raise NotPlain(f"ds:{name} stands in it {len(found)} times")
    return found[0]


def signature_parts(body: str) -> SignatureParts:
    """Canonical XML 1.0 of messages that are written canonically, apart from the first line."""
    root = re.match(r"(?:<\?xml[^>]*\?>)?\s*(<[\w.:-]+(?:\s+[\w:.-]+=\"[^\"<&]*\")*\s*>)", body)
    found = re.findall(r"<ds:Signature[ >].*?</ds:Signature>", body, re.DOTALL)
    if root is None or len(found) != 1:
        raise NotPlain(f"{len(found)} signatures of the form ds:Signature are in it")
    text = body[root.start(1) :].replace(found[0], "").rstrip()
    names = [one[0] for one in re.findall(r"([\w:.-]+)=\"([^\"]*)\"", root[1])]
    ordered = sorted(names, key=lambda name: (not name.startswith("xmlns"), name))
    plain = r"(?:[^<>&\r]+|</?[\w:.-]+>|&(?:amp|lt|gt|#xD);)*"
    if names != ordered or not re.fullmatch(plain, text[len(root[1]) :]):
        raise NotPlain("the message is not written canonically")
    info = re.search(r"<ds:SignedInfo>.*</ds:SignedInfo>", found[0], re.DOTALL)
    if info is None or "xmlns" in info[0]:
        raise NotPlain("SignedInfo has declarations of its own")
    start = found[0][: found[0].index(">")]
    spaces = dict(re.findall(r"\s(xmlns(?::[\w.-]+)?)=\"([^\"]*)\"", root[1] + start))
    declared = "".join(f' {name}="{spaces[name]}"' for name in sorted(spaces))
    canonical = info[0].replace("<ds:SignedInfo>", f"<ds:SignedInfo{declared}>", 1)
    return SignatureParts(text.encode(), canonical.encode(), found[0])


def is_digest(parts: SignatureParts) -> bool:
    rsa = parts.method == "rsa-sha1"
    return parts.digest == (hashlib.sha1(parts.signed).digest() if rsa else sm3(parts.signed))  # noqa: S324 - the specification's


def is_signed(parts: SignatureParts) -> bool:
    key = public_key(parts.certificate)
    if parts.method == "rsa-sha1":
        return is_signed_with_rsa(key, parts.info, parts.value)
    return parts.method == "sm2-sm3" and is_signed_with_sm2(key, parts.info, parts.value)


def der(data: bytes) -> list[tuple[int, bytes]]:
    """The elements that stand one after the other: tag and content."""
    found, at = [], 0
    while at < len(data):
        size, start = data[at + 1], at + 2
        if size >= 0x80:
            start += size & 0x7F
            size = int.from_bytes(data[at + 2 : start], "big")
        if start + size > len(data):
            raise ValueError("the certificate ends too early")
        found.append((data[at], data[start : start + size]))
        at = start + size
    return found


def public_key(certificate: bytes) -> bytes:
    """RSA: the DER of modulus and exponent; SM2: 04, x, y."""
    parts = der(der(der(certificate)[0][1])[0][1])
    info = parts[6 if parts[0][0] == 0xA0 else 5][1]
    return der(info)[1][1][1:]


def is_signed_with_rsa(key: bytes, message: bytes, value: bytes) -> bool:
    """RSASSA-PKCS1-v1_5 with SHA-1."""
    modulus, exponent = (int.from_bytes(one[1], "big") for one in der(der(key)[0][1]))
    size = (modulus.bit_length() + 7) // 8
    digest = hashlib.sha1(message).digest()  # noqa: S324 - the specification's
    info = bytes.fromhex("3021300906052b0e03021a05000414") + digest
    expected = b"\x00\x01" + b"\xff" * (size - len(info) - 3) + b"\x00" + info
    number = pow(int.from_bytes(value, "big"), exponent, modulus)
    return len(value) == size and number.to_bytes(size, "big") == expected


# The curve of SM2 (GB/T 32918.5).
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0


def plus(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    """The sum of two points; None is the point at infinity."""
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, P) if x1 == x2 else (y2 - y1) * pow(x2 - x1, -1, P)
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def times(factor: int, point: tuple[int, int]) -> tuple[int, int] | None:
    total: tuple[int, int] | None = None
    double: tuple[int, int] | None = point
    while factor:
        total = plus(total, double) if factor & 1 else total
        double, factor = plus(double, double), factor >> 1
    return total


def is_signed_with_sm2(key: bytes, message: bytes, value: bytes) -> bool:
    """GB/T 32918.2 §7, with the identity of GM/T 0009. `value`: r and s."""
    x, y = int.from_bytes(key[1:33], "big"), int.from_bytes(key[33:65], "big")
    r, s = int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
    t = (r + s) % N
    is_on_curve = len(key) == 65 and (y * y - x * x * x - A * x - B) % P == 0
    if len(value) != 64 or not is_on_curve or not (0 < r < N and 0 < s < N and t):
        return False
    numbers = b"".join(one.to_bytes(32, "big") for one in (A, B, GX, GY, x, y))
    identity = sm3(b"\x00\x80" + b"1234567812345678" + numbers)
    point = plus(times(s, (GX, GY)), times(t, (x, y)))
    e = int.from_bytes(sm3(identity + message), "big")
    return point is not None and (e + point[0]) % N == r


def sm3(data: bytes) -> bytes:
    if "sm3" in hashlib.algorithms_available:
        return hashlib.new("sm3", data).digest()
    return slow_sm3(data)


def slow_sm3(data: bytes) -> bytes:
    """GB/T 32905, where Python was built without it: 6 s for a megabyte."""
    mask = 0xFFFFFFFF

    def turn(word: int, by: int) -> int:
        by %= 32
        return (word << by | word >> (32 - by)) & mask

    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600]
    state += [0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64) + (8 * len(data)).to_bytes(8, "big")
    for at in range(0, len(padded), 64):
        w = [int.from_bytes(padded[at + n : at + n + 4], "big") for n in range(0, 64, 4)]
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15)
            w.append(x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            early = j < 16
            ss1 = turn((turn(a, 12) + e + turn(0x79CC4519 if early else 0x7A879D8A, j)) & mask, 7)
            ff = a ^ b ^ c if early else a & b | a & c | b & c
            gg = e ^ f ^ g if early else e & f | ~e & g
            tt1 = (ff + d + (ss1 ^ turn(a, 12)) + (w[j] ^ w[j + 4])) & mask
            tt2 = (gg + h + ss1 + w[j]) & mask
            a, b, c, d = tt1, a, turn(b, 9), c
            e, f, g, h = tt2 ^ turn(tt2, 9) ^ turn(tt2, 17), e, turn(f, 19), g
        state = [one ^ other for one, other in zip(state, (a, b, c, d, e, f, g, h))]  # noqa: B905
    return b"".join(word.to_bytes(4, "big") for word in state)
