"""What people give with the acts on contracts, delivery and acceptance."""
