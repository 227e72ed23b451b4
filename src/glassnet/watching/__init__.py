"""What happens inside a network while it trains: signals, slopes, units and weights, layer by layer."""

from .measuring import MEASURED_ROWS, measure, stuck_units
from .watch import Watch
from .watched import WATCHABLE, Watched

__all__ = ["MEASURED_ROWS", "WATCHABLE", "Watch", "Watched", "measure", "stuck_units"]
