"""Orders that do not move and should: why, since when, and the ways out."""
