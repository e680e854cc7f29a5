"""What heads every document that is uploaded."""

from datetime import datetime
from typing import Final

from services.customs.domain.messages.values import compact_time

NEW: Final = "1"
_DECLARED: Final = "2"


def upload_values(guid: str, app_time: datetime, *, app_type: str = NEW) -> dict[str, str | None]:
    """`guid`: 36 upper-case characters; `app_time`: when it is submitted; `app_type`: 1 new, 2
    change, 3 delete. The status is always written: left empty, some documents would stay at the
    port undeclared.
    """
    return {
        "guid": guid,
        "appType": app_type,
        "appTime": compact_time(app_time),
        "appStatus": _DECLARED,
    }
