"""Copies of everything the portal must not lose: taken while it runs, proved when they are put back."""
