"""Commands that only routing has: `python -m services.routing warm`."""

from services.routing.domain.itineraries.warming import warm
from shared.kernel.clock import monotonic_s


def warm_search() -> str:
    """Compiles the search, so that no process has to when it starts."""
    began_s = monotonic_s()
    warm()
    return f"the search is compiled ({monotonic_s() - began_s:.1f} s)"
