"""structlog, imported without `rich`. Where rich is installed (the local park), structlog loads it
for coloured tracebacks that we do not use: a quarter of a second in each of ten processes.
"""

import sys
from typing import Any

_modules: dict[str, Any] = sys.modules
_absent = "rich" not in _modules
if _absent:
    _modules["rich"] = None  # importing it now raises ImportError, as if it were not installed
try:
    import structlog
finally:
    if _absent:
        del _modules["rich"]

__all__ = ["structlog"]
