"""Pages of planning: load through scope, show, hand acts to `perform`."""
