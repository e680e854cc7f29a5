"""The rights of partners, as catalog said last."""

from typing import Final

from shared.db import PartnerRights

RIGHTS: Final = PartnerRights("routing")
