"""What stands against the acts on contracts, delivery and acceptance, each with its rule."""
