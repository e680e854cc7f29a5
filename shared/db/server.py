"""Which PostgreSQL servers are supported: checked at every start, before migrations, and by
`make doctor`.
"""

from typing import Final

from shared.settings import SettingsError

# UNIQUE NULLS NOT DISTINCT came with 15. Nothing here needs more; tested with 15 and 18.
POSTGRES_NEEDED: Final = 15


class ServerTooOld(SettingsError):
    """One line that says which version was found and which is needed."""

    def __init__(self, major: int) -> None:
        there = f"the database server is PostgreSQL {major}"
        needed = f"Airlane needs {POSTGRES_NEEDED} or newer"
        super().__init__([f"{there}; {needed}: upgrade it, or point the database URL elsewhere"])


def refuse_old_server(major: int) -> None:
    """Raises ServerTooOld."""
    if major < POSTGRES_NEEDED:
        raise ServerTooOld(major)
