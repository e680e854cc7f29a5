"""Checking SM2 signatures (GB/T 32918.2-2016) on the recommended curve (GB/T 32918.5-2017).

Only public values are computed with here, so it does not matter that Python's integers take
different times. Signing is left to a library in C.
"""

import hashlib
from typing import Final

# GM/T 0009-2012 §10: the identity of a signer for whom no other was agreed.
SIGNER_ID: Final = b"1234567812345678"
_P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A: Final = _P - 3
_B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G: Final = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
SIZE: Final = 32
_INFINITY: Final = (0, 1, 0)
# Jacobian coordinates: x = X/Z², y = Y/Z³; Z = 0 is the point at infinity.
_Point = tuple[int, int, int]


def is_on_curve(x: int, y: int) -> bool:
    return x < _P and y < _P and (y * y - (x * x + _A) * x - _B) % _P == 0


def is_valid(
    point: tuple[int, int], message: bytes, signature: bytes, *, signer_id: bytes = SIGNER_ID
) -> bool:
    """`point`: the public key; `signature`: r and s, 32 bytes each (GB/T 32918.2 §7)."""
    if len(signature) != 2 * SIZE or not is_on_curve(*point):
        return False
    r, s = int.from_bytes(signature[:SIZE], "big"), int.from_bytes(signature[SIZE:], "big")
    t = (r + s) % _N
    if not (0 < r < _N and 0 < s < _N) or t == 0:
        return False
    x, _, z = _sum_of_products(s, t, point)
    if z == 0:
        return False
    e = int.from_bytes(_sm3(_identity(point, signer_id) + message), "big")
    return (e + x * pow(z * z, -1, _P) % _P) % _N == r


def _identity(point: tuple[int, int], signer_id: bytes) -> bytes:
    """Z of GB/T 32918.2 §5.5: binds the signature to signer, curve and key."""
    numbers = b"".join(n.to_bytes(SIZE, "big") for n in (_A, _B, *_G, *point))
    return _sm3((8 * len(signer_id)).to_bytes(2, "big") + signer_id + numbers)


def _sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def _sum_of_products(s: int, t: int, point: tuple[int, int]) -> _Point:
    """s·G + t·point, both at once (Shamir's trick)."""
    g, p = (*_G, 1), (*point, 1)
    both = _add(g, p)
    total: _Point = _INFINITY
    for bit in range(max(s.bit_length(), t.bit_length()) - 1, -1, -1):
        total = _double(total)
        which = (s >> bit & 1, t >> bit & 1)
        if which == (1, 1):
            total = _add(total, both)
        elif which == (1, 0):
            total = _add(total, g)
        elif which == (0, 1):
            total = _add(total, p)
    return total


def _double(point: _Point) -> _Point:
    x, y, z = point
    if z == 0 or y == 0:
        return _INFINITY
    yy = y * y % _P
    s = 4 * x * yy % _P
    zz = z * z % _P
    m = 3 * (x - zz) * (x + zz) % _P  # a = -3
    x3 = (m * m - 2 * s) % _P
    return x3, (m * (s - x3) - 8 * yy * yy) % _P, 2 * y * z % _P


def _add(one: _Point, other: _Point) -> _Point:
    x1, y1, z1 = one
    x2, y2, z2 = other
    if z1 == 0:
        return other
    if z2 == 0:
        return one
    zz1, zz2 = z1 * z1 % _P, z2 * z2 % _P
    u1, u2 = x1 * zz2 % _P, x2 * zz1 % _P
    s1, s2 = y1 * zz2 * z2 % _P, y2 * zz1 * z1 % _P
    h, r = (u2 - u1) % _P, (s2 - s1) % _P
    if h == 0:
        return _double(one) if r == 0 else _INFINITY
    hh = h * h % _P
    hhh, v = h * hh % _P, u1 * hh % _P
    x3 = (r * r - hhh - 2 * v) % _P
    return x3, (r * (v - x3) - s1 * hhh) % _P, h * z1 * z2 % _P
