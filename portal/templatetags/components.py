"""The components of the portal as template builtins: no `{% load %}` is needed. Shown on /components/."""
from . import addresses, fields, figures, lists, marks, places  # noqa: F401  (they register themselves)
from .library import register

__all__ = ["register"]
