"""Carriers: what they charge, the labels they sell, what they tell of a parcel."""
