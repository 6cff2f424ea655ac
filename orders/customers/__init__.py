"""The people who buy: how they paid, how good they are, who is not served, who they are together, and their data."""
