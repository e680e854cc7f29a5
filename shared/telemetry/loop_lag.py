"""How late the event loop of this process runs: what one slow piece of code costs the others."""

import asyncio
from typing import Final

from shared.kernel.clock import monotonic_s
from shared.telemetry import metrics

_EVERY_S: Final = 0.25


async def measure_loop_lag() -> None:
    """Until cancelled."""
    while True:
        due_at_s = monotonic_s() + _EVERY_S
        await asyncio.sleep(_EVERY_S)
        metrics.EVENT_LOOP_LAG.observe(max(monotonic_s() - due_at_s, 0.0))
