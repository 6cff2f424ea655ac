"""The work of the pickers in the database: planned into walks, given to people, scanned, found short, corrected."""
