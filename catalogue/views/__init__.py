"""Pages of the catalogue: load through scope, show, hand acts to `perform`."""
