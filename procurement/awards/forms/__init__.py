"""What people give with the acts of evaluation and award: the same forms for pages and programs."""
