"""A province in bulk, to measure and to look at: projects made by their verbs, copied thousandfold with records of their own.

For throw-away portals only: rows are written past the one door, as copies of what went through it.
"""
