"""Changing an order that was placed: proposals, their preview, applying them, calling units off, splitting, merging."""
