"""What people give with an act of planning; the same forms bind pages and programs."""
