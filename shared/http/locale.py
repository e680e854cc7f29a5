"""The language of an error, by Accept-Language (RFC 9110 §12.5.4); English if in doubt. Codes and
field names are never translated.
"""

from functools import lru_cache
from typing import Final

from shared.kernel.errors import DEFAULT_LOCALE, Locale

_BY_PRIMARY_TAG: Final[dict[str, Locale]] = {"en": "en", "zh": "zh-CN", "*": DEFAULT_LOCALE}


@lru_cache(maxsize=256)
def negotiate(accept_language: str) -> Locale:
    """The best of the supported languages; a malformed header counts as absent."""
    best, best_quality = DEFAULT_LOCALE, 0.0
    for part in accept_language.split(","):
        tag, _, parameters = part.strip().partition(";")
        locale = _BY_PRIMARY_TAG.get(tag.strip().lower().partition("-")[0])
        quality = _quality(parameters)
        if locale is not None and quality > best_quality:
            best, best_quality = locale, quality
    return best


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0
