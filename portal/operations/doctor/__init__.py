"""What is wrong with this installation, in a sentence each: `manage.py doctor`."""
from .findings import Finding, Level, examine

__all__ = ["Finding", "Level", "examine"]
