"""Public keys of certificates, and whether a signature is theirs."""

import hmac
from dataclasses import dataclass
from typing import Final

from services.customs.domain.messages.signing import sm2
from services.customs.domain.messages.signing.algorithms import Algorithm

_RSA_BITS_MIN: Final = 1024  # what older cards have
_RSA_BITS_MAX: Final = 8192
# DigestInfo of SHA-1 (RFC 8017 §9.2).
_SHA1_INFO: Final = bytes.fromhex("3021300906052b0e03021a05000414")


@dataclass(frozen=True, slots=True)
class RsaKey:
    modulus: int
    exponent: int

    @property
    def algorithm(self) -> Algorithm:
        return Algorithm.RSA_SHA1

    def is_valid(self, message: bytes, signature: bytes) -> bool:
        """RSASSA-PKCS1-v1_5 with SHA-1 (RFC 8017 §8.2.2): the padding is compared whole."""
        bits = self.modulus.bit_length()
        size = (bits + 7) // 8
        number = int.from_bytes(signature, "big")
        if not _RSA_BITS_MIN <= bits <= _RSA_BITS_MAX or len(signature) != size:
            return False
        if number >= self.modulus or not 3 <= self.exponent < 1 << 64:
            return False
        info = _SHA1_INFO + self.algorithm.digest(message)
        expected = b"\x00\x01" + b"\xff" * (size - len(info) - 3) + b"\x00" + info
        found = pow(number, self.exponent, self.modulus).to_bytes(size, "big")
        return hmac.compare_digest(found, expected)


@dataclass(frozen=True, slots=True)
class Sm2Key:
    x: int
    y: int

    @property
    def algorithm(self) -> Algorithm:
        return Algorithm.SM2_SM3

    def is_valid(self, message: bytes, signature: bytes) -> bool:
        """`signature` is r and s, 32 bytes each: what cards of China's e-port put out."""
        return sm2.is_valid((self.x, self.y), message, signature)


PublicKey = RsaKey | Sm2Key
