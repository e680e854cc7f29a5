"""The two signature algorithms that the Single Window accepts (edition 202205), and their digests.

SM2-SM3 is the preferred one. RSA-SHA1 is what older cards can do: SHA-1 is too weak for anything
else, and is here because the specification names it.
"""

import hashlib
from enum import StrEnum
from typing import Final

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
_CHINAPORT: Final = "http://www.chinaport.gov.cn/2022/04/xmldsig#"
C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED: Final = f"{DS}enveloped-signature"


class Algorithm(StrEnum):
    RSA_SHA1 = "rsa-sha1"
    SM2_SM3 = "sm2-sm3"

    @property
    def signature_uri(self) -> str:
        return (DS if self is Algorithm.RSA_SHA1 else _CHINAPORT) + self.value

    @property
    def digest_uri(self) -> str:
        return f"{DS}sha1" if self is Algorithm.RSA_SHA1 else f"{_CHINAPORT}sm3"

    def digest(self, data: bytes) -> bytes:
        """20 bytes of SHA-1, or 32 bytes of SM3.

        Raises ValueError where the machine's OpenSSL was built without SM3.
        """
        return hashlib.new("sha1" if self is Algorithm.RSA_SHA1 else "sm3", data).digest()


ALGORITHMS: Final = {algorithm.signature_uri: algorithm for algorithm in Algorithm}
