"""Shipments, pick lists, parcels and returns: stages 4 to 7."""
