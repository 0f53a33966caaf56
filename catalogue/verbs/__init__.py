"""What people do with the catalogue, and what tests and reference data call."""
from .version import REFERENCE_FILE, changes_of, load_reference_catalogue

__all__ = ["REFERENCE_FILE", "changes_of", "load_reference_catalogue"]
