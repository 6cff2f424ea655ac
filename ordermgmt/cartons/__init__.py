"""The page of the cartons: what is left of each, what it bears, and what a person changes about it."""
