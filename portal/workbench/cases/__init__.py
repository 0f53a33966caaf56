"""Worked cases of the past, loaded with the dates and figures that are known of them."""
