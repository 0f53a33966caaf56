"""What is given with the acts of the catalogue."""
from .version import SearchForm, Start

__all__ = ["SearchForm", "Start"]
