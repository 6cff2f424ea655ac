"""The way back: what units are worth, and how their money returns to the customer."""
