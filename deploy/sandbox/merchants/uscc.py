"""Unified social credit codes that pass their own check (GB 32100-2015)."""

from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714-1997


def uscc(division: str, serial: int) -> str:
    """A code with right check characters: `91` a company at market supervision, then the place,
    the organisation's eight characters and check (GB 11714), and the check of the whole.
    """
    organisation = ""
    for _ in range(8):
        serial, digit = divmod(serial, 31)
        organisation = _ALPHABET[digit] + organisation
    # Letters count 10 … 35 there, although I, O, S, V and Z are never used.
    total = sum(int(c, 36) * w for c, w in zip(organisation, _ORGANISATION_WEIGHTS, strict=True))
    body = f"91{division}{organisation}{'0123456789X0'[(11 - total % 11) % 11]}"
    at = sum(_ALPHABET.index(c) * w for c, w in zip(body, _WEIGHTS, strict=True))
    return body + _ALPHABET[(31 - at % 31) % 31]
