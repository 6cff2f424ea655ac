"""The one timeline of an order: what people and the system did, what was told to whom, and what changes changed."""
