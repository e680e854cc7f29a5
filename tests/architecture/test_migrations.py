"""Each service's migrations form one line of revisions: two with the same parent cannot be run."""

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from shared.contracts.topics import SERVICES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_are_one_line(service: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))
    script = ScriptDirectory.from_config(config)

    files = [p for p in Path(script.versions).glob("*.py") if not p.name.startswith("_")]
    assert len(script.get_heads()) == 1
    assert len(list(script.walk_revisions())) == len(files)
    assert len(script.get_heads()) == 1
