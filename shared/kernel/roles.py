"""The names of a service's two database roles, for the code that creates them and for the code that
logs in with them.
"""

import re
from typing import Final

_NAME: Final = re.compile(r"[a-z][a-z_]{0,30}")


def owner_role(service: str) -> str:
    return f"airlane_{checked_name(service)}_owner"


def app_role(service: str) -> str:
    return f"airlane_{checked_name(service)}_app"


def checked_name(name: str) -> str:
    """Checked, because names of services and databases go into SQL unquoted."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a name of a service or a database")
    return name
