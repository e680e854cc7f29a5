from pathlib import Path

import pytest

from tests.support.sheets import Opened, sheet_of


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Opens the bytes of a file."""
    return lambda content: sheet_of(tmp_path / "sheet", content)
