"""What people do with contracts and under them; and what floors above ask and call."""
from .gates import complete_if_ready, confirmed_logs, gate_refusals

__all__ = ["complete_if_ready", "confirmed_logs", "gate_refusals"]
