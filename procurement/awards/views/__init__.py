"""Pages of those who organise an evaluation, and pages of the panel."""
