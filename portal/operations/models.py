"""No rows of its own; here so that the tables are guarded after every migration (portal/operations/keeping.py)."""
