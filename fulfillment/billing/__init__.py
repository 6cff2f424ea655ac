"""Carriers' invoices: read from a file, and each parcel compared with what was quoted for it."""
