"""Column types that every service's tables share."""

from typing import Final

from sqlalchemy import Text

# Text that identifies or is indexed. Its order is that of its bytes whatever the locale of the
# database: pages, bounds of partitions and sentinels such as "~" rely on that.
Key: Final = Text(collation="C")
