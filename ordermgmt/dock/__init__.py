"""The dock on screen: parcels are scanned for a carrier, manifests closed and printed."""
