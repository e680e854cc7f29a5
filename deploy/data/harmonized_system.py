"""`hs2022.csv` and `hs2022-sections.csv`: the data package `datasets/harmonized-system`."""

from collections import Counter
from pathlib import Path

from deploy.data.csv_files import read_rows

CODES_BY_DIGITS = {2: 97, 4: 1_229, 6: 5_613}
SECTIONS = 21


class NotHarmonizedSystem(Exception):
    """The source is not HS 2022; the message says what is wrong with it."""


def build_codes(source: Path) -> bytes:
    """`source`: `data/harmonized-system.csv` of the package. Raises NotHarmonizedSystem."""
    rows = [row for row in read_rows(source) if row["hscode"] != "TOTAL"]
    counts = Counter(len(row["hscode"]) for row in rows)
    if counts != CODES_BY_DIGITS:
        raise NotHarmonizedSystem(f"{source} has {dict(counts)} codes by number of digits")
    return source.read_bytes()


def build_sections(source: Path) -> bytes:
    """`source`: `data/sections.csv` of the package. Raises NotHarmonizedSystem."""
    if (count := len(read_rows(source))) != SECTIONS:
        raise NotHarmonizedSystem(f"{source} has {count} sections")
    return source.read_bytes()
