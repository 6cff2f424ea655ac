"""The dock: parcels are scanned onto a carrier's manifest, and the manifest is closed when the carrier takes them."""
