"""Content-Security-Policy. Data may do nothing in a browser. Pages may run the scripts they were
sent with and connect to this origin only, whatever text from outside ends up in them.
"""

import base64
import hashlib
import re
from functools import lru_cache
from typing import Final

OF_DATA: Final = b"default-src 'none'; frame-ancestors 'none'"
_OF_PAGES: Final = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
    # Swagger UI draws with data: images; ReDoc searches in a worker that it creates from a blob.
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_INLINE_SCRIPT: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


@lru_cache(maxsize=8)
def of_page(html: bytes) -> bytes:
    """Allows the page's own inline scripts, by their digests."""
    digests = (hashlib.sha256(script).digest() for script in _INLINE_SCRIPT.findall(html))
    named = (f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return _OF_PAGES.format(scripts=" ".join(named)).encode()
