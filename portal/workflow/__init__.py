"""The heart: transition tables, one door through which states change, due events, and what is read from the tables."""

_exports = {
    "Duty": "table", "Hold": "table", "Lifecycle": "table", "Transition": "table", "Who": "table", "Due": "table",
    "starts": "table", "stops": "table", "voids": "table", "lifecycle": "table", "lifecycle_of": "table",
    "all_lifecycles": "table", "Refusal": "refusals", "refuse": "refusals", "Refused": "refusals",
    "WrongState": "refusals", "NotYours": "refusals", "Staged": "models", "perform": "engine", "Act": "engine",
    "consequence": "engine", "registered_guard": "engine", "doers_of": "standing_in", "had_a_hand": "standing_in",
    "available_actions": "actions", "creating_actions": "actions", "Action": "actions",
    "calls_for": "beginnings", "begun_from": "beginnings",
}
__all__ = list(_exports)


def __getattr__(name: str):
    """Load on first use: models may only be imported after Django has started."""
    if name in _exports:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_exports[name]}"), name)
    raise AttributeError(name)
