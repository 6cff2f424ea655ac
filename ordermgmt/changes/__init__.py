"""Pages on which people change, trim, split and merge orders."""
