"""Working days and legal clocks: one calendar, three counting functions, one way a deadline is computed.

What "within N" means is said once, in `deadline`: the day of the start event is not counted, the period ends at 24:00 of
its last day, which is the first moment that is too late; in time is `moment < ends_at` (R00-01, R00-08, G4).
"""

_exports = {
    "UnknownYear": "counting", "is_working_day": "counting", "add_working_days": "counting",
    "working_days_between": "counting", "working_day_before": "counting", "forget_calendars": "counting",
    "Deadline": "deadlines", "Unit": "deadlines", "deadline": "deadlines", "lead_kept": "deadlines",
    "latest_day_before": "deadlines", "midnight_after": "deadlines",
    "start_clock": "verbs", "stop_clock": "verbs", "void_clocks": "verbs", "pause": "verbs", "resume": "verbs",
    "move": "verbs", "clocks_of": "verbs",
}
__all__ = list(_exports)


def __getattr__(name: str):
    """Load on first use: models may only be imported after Django has started."""
    if name in _exports:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_exports[name]}"), name)
    raise AttributeError(name)
